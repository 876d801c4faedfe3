"""The compiled network computes what torch computes, is kept between runs, and is refused when it does not agree."""

import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
import torch

from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.engines import graph_cache
from napari_simpleclick.inference.engines import selection as networks
from napari_simpleclick.inference.engines.graph_cache import KEPT, kept_graphs, prune, stem_of
from napari_simpleclick.inference.engines.network import TOLERANCES, Network, disagreement, trial_answer
from napari_simpleclick.inference.engines.openvino_graphs import compiled_network, weights_hash
from napari_simpleclick.inference.engines.selection import select_network
from napari_simpleclick.inference.engines.torch_network import TorchNetwork
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.inference.recipe import recipe_for
from napari_simpleclick.model.checkpoint import load_checkpoint, save_checkpoint
from napari_simpleclick.model.simpleclick import SimpleClick, SimpleClickConfig

openvino = pytest.importorskip("openvino", reason='needs the extra: pip install "napari-simpleclick[openvino]"')


SIZE = 64


@pytest.fixture(scope="module")
def graphs(tmp_path_factory):
    """A cache that the tests share: making a graph takes seconds."""
    return tmp_path_factory.mktemp("user")


@pytest.fixture(autouse=True)
def own_cache(graphs, monkeypatch):
    monkeypatch.setattr(graph_cache, "user_cache_path", lambda *_names, **_settings: graphs)


@pytest.fixture
def model():
    return create("patch")


@pytest.fixture(params=["patch", "efficientnet_lite0"])
def any_model(request):
    return create(request.param)


def create(stem):
    torch.manual_seed(3)
    config = SimpleClickConfig(
        patch_size=16,
        dim=32,
        depth=4,
        heads=2,
        pyramid_channels=(8, 8, 16, 16),
        head_channels=8,
        image_size=SIZE,
        stem=stem,
    )
    return SimpleClick(config).eval()


def difference(model: SimpleClick, network: Network, batch: int = 1) -> float:
    """Of the probabilities of a network from those of its model in torch."""
    return disagreement(trial_answer(TorchNetwork(model), size=SIZE, batch=batch), network)


@pytest.mark.parametrize("batch", [1, 2])
def test_compiled_network_agrees_with_torch_and_gives_predictors_the_same_masks(any_model, graphs, batch):
    made, kept = (compiled_network(any_model, size=SIZE, batch=batch) for _ in range(2))
    assert made.recipe == kept.recipe == TorchNetwork(any_model).recipe == recipe_for(any_model.config.stem)
    assert any(stem_of(kept_graphs(path.parent)[0]) == any_model.config.stem for path in graphs.rglob("encoder.xml"))
    compiled = kept
    assert difference(any_model, compiled, batch) < TOLERANCES["bf16"]
    if batch == 2:
        return
    image = np.random.default_rng(0).integers(0, 256, (200, 200, 3), np.uint8)
    maps = [Predictor(net, size=SIZE).predict(image, [Click(90, 90)]).network_map for net in (any_model, compiled)]
    assert np.abs(maps[0] - maps[1]).mean() < TOLERANCES["bf16"]


def test_name_in_the_cache_is_the_same_in_every_process(tmp_path):
    path = tmp_path / "model.safetensors"
    save_checkpoint(path, create("efficientnet_lite0"))
    script = (
        "from pathlib import Path; from napari_simpleclick.inference.engines.openvino_graphs import weights_hash; "
        "from napari_simpleclick.model.checkpoint import load_checkpoint; "
        f"print(weights_hash(load_checkpoint(Path({str(path)!r})), 'facts'))"
    )
    there = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert there == f"{weights_hash(load_checkpoint(path), 'facts')}\n"


def test_damaged_cache_is_made_again(model, graphs, tmp_path):
    compiled_network(model, size=SIZE)
    shutil.copytree(graphs / "openvino", tmp_path, dirs_exist_ok=True)
    for path in tmp_path.rglob("*.xml"):
        path.write_text("damaged")
    again = compiled_network(model, size=SIZE, cache=tmp_path)
    assert difference(model, again) < TOLERANCES["bf16"]


def test_cache_that_cannot_be_written_is_done_without(model, tmp_path):
    (tmp_path / "file").write_text("no folder")
    compiled = compiled_network(model, size=SIZE, cache=tmp_path / "file")
    assert difference(model, compiled) < TOLERANCES["bf16"]


def test_graphs_are_not_written_over_those_that_another_process_has_in_memory(model, tmp_path):
    """A file that gets shorter under a mapping of it ends the process that mapped it."""
    compiled_network(model, size=SIZE, cache=tmp_path)
    before = {path: path.stat().st_ino for path in tmp_path.rglob("*.bin")}
    open_ones = [path.open("rb") for path in before]  # so that their places on the disk are not given away
    compiled_network(model, size=SIZE, cache=tmp_path, anew=True)
    assert before
    assert all(path.stat().st_ino != place for path, place in before.items())
    assert not list(tmp_path.rglob(".writing-*"))
    for file in open_ones:
        file.close()


def test_network_that_disagrees_is_refused_with_a_notice(model, monkeypatch):
    monkeypatch.setattr(networks, "disagreement", lambda *_, **__: 0.2)
    chosen = select_network(model, size=SIZE)
    assert chosen.network.model is model
    assert "differs from torch by 0.200" in chosen.notice


def test_float32_of_the_same_engine_is_taken_where_half_the_precision_disagrees(model, monkeypatch):
    found = iter([0.2, 0.2, 0.0])  # as it is kept, made anew, in float32
    monkeypatch.setattr(networks, "disagreement", lambda *_, **__: next(found))
    compiled = compiled_network(model, size=SIZE)
    if compiled.precision == "f32":
        pytest.skip("this processor computes in float32 anyway")
    chosen = select_network(model, size=SIZE)
    assert chosen.engine == "OpenVINO f32"
    assert f"OpenVINO {compiled.precision} differs from torch by 0.200" in chosen.notice
    assert "OpenVINO f32 is used instead" in chosen.notice


def test_torch_can_be_asked_for(model):
    assert select_network(model, engine="torch").network.model is model


def test_missing_openvino_names_its_cure(model, monkeypatch):
    def missing(*_args, **_settings):
        raise ModuleNotFoundError("openvino")

    monkeypatch.setattr(networks, "compiled_network", missing)
    with pytest.raises(ModuleNotFoundError, match=r'pip install "napari-simpleclick\[openvino\]"'):
        select_network(model, engine="openvino")
    chosen = select_network(model)
    assert chosen.network.model is model
    assert 'pip install "napari-simpleclick[openvino]"' in chosen.notice


@pytest.mark.parametrize("precision", ["f32", "bf16"])
def test_precision_that_is_asked_for_is_taken_and_named(model, precision):
    if precision == "bf16" and "BF16" not in graph_cache.core().get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        pytest.skip("this processor has no bfloat16")
    chosen = select_network(model, engine="openvino", precision=precision, size=SIZE)
    assert chosen.engine == f"OpenVINO {precision}"
    assert difference(model, chosen.network) < TOLERANCES[precision]


def test_torch_computes_in_bfloat16_where_asked(model):
    chosen = select_network(model, engine="torch", precision="bf16", size=SIZE)
    assert chosen.engine == "torch bfloat16 on cpu"
    assert 0 < difference(model, chosen.network) < TOLERANCES["bf16"]


@pytest.mark.parametrize(
    ("engine", "precision", "message"),
    [
        ("torch", "int8", "int8 is for OpenVINO on the processor, got engine torch on cpu"),
        ("openvino", "f16", "OpenVINO has no precision f16 here. Choose one of: auto, f32, bf16, int8"),
    ],
)
def test_precision_that_an_engine_lacks_is_refused(model, engine, precision, message):
    with pytest.raises(ValueError, match=message):
        select_network(model, engine=engine, precision=precision, size=SIZE)


def test_int8_before_quantising_names_the_command(model):
    with pytest.raises(FileNotFoundError, match="napari-simpleclick quantise"):
        select_network(model, precision="int8", size=SIZE)


def test_cache_keeps_the_models_that_were_used_last(tmp_path):
    for number in range(KEPT + 3):
        (tmp_path / str(number)).mkdir()
        os.utime(tmp_path / str(number), (number, number))
    prune(tmp_path, used=tmp_path / "0")
    assert {path.name for path in tmp_path.iterdir()} == {"0", *(str(number) for number in range(4, KEPT + 3))}


SIGNAL_AFTER_NETWORKS = """
import gc, os, signal, torch
from napari_simpleclick.inference.engines.openvino_graphs import compiled_network
from napari_simpleclick.model.simpleclick import SimpleClick, SimpleClickConfig

config = SimpleClickConfig(16, 32, 4, 2, (8, 8, 16, 16), 8, image_size=64)
model = SimpleClick(config).eval()
first = compiled_network(model, size=64)
second = compiled_network(model, size=64)
del first
gc.collect()
del second
gc.collect()
came = []
signal.signal(signal.SIGUSR1, lambda *_: came.append(True))
os.kill(os.getpid(), signal.SIGUSR1)
print("came", came)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no such signals")
def test_a_signal_after_networks_came_and_went_does_no_harm(tmp_path):
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", SIGNAL_AFTER_NETWORKS], capture_output=True, text=True, env=environment, check=False
    )
    assert (done.returncode, done.stdout) == (0, "came [True]\n"), done.stderr
