"""The bundled model is compiled for coarse looks, too, and found again without torch."""

import shutil

import pytest

from napari_simpleclick.inference.engines import graph_cache
from napari_simpleclick.inference.engines.graph_cache import folder_of_file
from napari_simpleclick.inference.engines.network import TOLERANCES, disagreement, trial_answer
from napari_simpleclick.inference.engines.torch_network import TorchNetwork
from napari_simpleclick.inference.engines.two_sizes import TwoSizes
from napari_simpleclick.inference.predictor_settings import PredictorSettings
from napari_simpleclick.inference.recipe import COARSE_SIZE
from napari_simpleclick.model.weights import load_model

openvino = pytest.importorskip("openvino", reason='needs the extra: pip install "napari-simpleclick[openvino]"')


def test_an_earlier_start_leaves_both_sizes_and_without_the_coarse_one_both_are_made_again(tmp_path, monkeypatch):
    monkeypatch.setattr(graph_cache, "user_cache_path", lambda *_names, **_settings: tmp_path)
    settings = PredictorSettings(device="cpu")
    settings.create()
    cached = settings.create_cached()
    assert isinstance(cached.network, TwoSizes)
    assert (cached.coarse_size, cached.size) == (COARSE_SIZE, 448)
    exact = TorchNetwork(load_model())
    for size in (COARSE_SIZE, 448):
        assert disagreement(trial_answer(exact, size=size, batch=1), cached.network) <= TOLERANCES["bf16"]
    shutil.rmtree(folder_of_file(settings.checkpoint, size=COARSE_SIZE, batch=1))
    assert settings.create_cached() is None


def test_a_draft_is_compiled_for_one_size_only(tmp_path, monkeypatch):
    monkeypatch.setattr(graph_cache, "user_cache_path", lambda *_names, **_settings: tmp_path)
    draft = PredictorSettings(device="cpu", size=COARSE_SIZE).create()
    assert not isinstance(draft.network, TwoSizes)
    assert draft.coarse_size == draft.size
