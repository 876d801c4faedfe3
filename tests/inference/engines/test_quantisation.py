"""int8 computes nearly the same, and is taken by itself only where it was measured to be as good and faster."""

import numpy as np
import pytest
import torch

from napari_simpleclick.inference.engines import graph_cache
from napari_simpleclick.inference.engines.graph_cache import int8_offered
from napari_simpleclick.inference.engines.network import TOLERANCES, disagreement, fixed_input, trial_answer
from napari_simpleclick.inference.engines.openvino_graphs import graph_folder
from napari_simpleclick.inference.engines.quantisation import Int8Result, Recorder, keep_result, quantise
from napari_simpleclick.inference.engines.selection import select_network
from napari_simpleclick.inference.engines.torch_network import TorchNetwork
from napari_simpleclick.model.simpleclick import SimpleClick, SimpleClickConfig

pytest.importorskip("nncf", reason='needs the extra: pip install "napari-simpleclick[int8]"')

GOOD = Int8Result(miou_float32=87.0, miou_int8=86.9, objects=40, clicks=10, other_ms=150, int8_ms=100)


def test_int8_is_offered_when_it_loses_little_and_is_faster():
    assert GOOD.offered
    assert not Int8Result(87.0, 86.6, 40, 10, 150, 100).offered
    assert not Int8Result(87.0, 87.0, 40, 10, 100, 100).offered


def test_quantised_network_agrees_and_is_chosen_once_it_is_offered(tmp_path, monkeypatch):
    monkeypatch.setattr(graph_cache, "user_cache_path", lambda *_names, **_settings: tmp_path)
    torch.manual_seed(3)
    config = SimpleClickConfig(
        patch_size=16, dim=32, depth=4, heads=2, pyramid_channels=(8, 8, 16, 16), head_channels=8, image_size=64
    )
    model = SimpleClick(config).eval()
    recorder = Recorder(model)
    image, guidance = fixed_input(size=64, batch=1)
    for shift in range(4):
        recorder.decode(recorder.encode(np.roll(image, shift, -1)), guidance)
    folder = quantise(model, recorder.inputs, size=64)
    assert folder == graph_folder(model, size=64, batch=1)
    chosen = select_network(model, precision="int8", size=64)
    assert chosen.engine == "OpenVINO int8"
    assert 0 < disagreement(trial_answer(TorchNetwork(model), size=64, batch=1), chosen.network) < TOLERANCES["int8"]
    assert select_network(model, size=64).engine != "OpenVINO int8"
    keep_result(folder, GOOD)
    assert select_network(model, size=64).engine == "OpenVINO int8"
    quantise(model, recorder.inputs, size=64)
    assert not int8_offered(folder), "a new graph has to be measured anew"


@pytest.mark.parametrize("content", ["damaged", "[]", "{}"])
def test_damaged_result_offers_nothing(tmp_path, content):
    (tmp_path / "int8.xml").write_text("a graph")
    (tmp_path / "int8.json").write_text(content)
    assert not int8_offered(tmp_path)
