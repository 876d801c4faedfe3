"""What an earlier start compiled answers clicks without torch; damaged or of another version, it is made again."""

import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
import torch

from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.engines import graph_cache
from napari_simpleclick.inference.engines.device import choose_device, gpu_possible, surely_cpu
from napari_simpleclick.inference.engines.network import TOLERANCES
from napari_simpleclick.inference.engines.openvino_network import OpenVinoNetwork
from napari_simpleclick.inference.loading import load_predictor
from napari_simpleclick.inference.predictor_settings import PredictorSettings
from napari_simpleclick.model.checkpoint import save_checkpoint
from napari_simpleclick.model.simpleclick import SimpleClick, SimpleClickConfig

openvino = pytest.importorskip("openvino", reason='needs the extra: pip install "napari-simpleclick[openvino]"')

SIZE = 64
IMAGE = np.random.default_rng(0).integers(0, 256, (80, 100, 3), np.uint8)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """The user's cache, empty."""
    monkeypatch.setattr(graph_cache, "user_cache_path", lambda *_names, **_settings: tmp_path / "user")
    return tmp_path / "user" / "openvino"


@pytest.fixture(scope="module")
def earlier_start(tmp_path_factory):
    """A model, and a cache that a start left."""
    folder = tmp_path_factory.mktemp("earlier")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(graph_cache, "user_cache_path", lambda *_names, **_settings: folder)
        load_predictor(checkpoint(folder / "model.safetensors"), device="cpu", size=SIZE)
    return folder


@pytest.fixture
def used_cache(earlier_start, cache):
    """The user's cache as an earlier start left it."""
    shutil.copytree(earlier_start / "openvino", cache)
    return cache


def checkpoint(path, seed=3):
    """A file with random weights."""
    torch.manual_seed(seed)
    config = SimpleClickConfig(16, 32, 4, 2, (8, 8, 16, 16), 8, image_size=SIZE)
    save_checkpoint(path, SimpleClick(config))
    return str(path)


@pytest.fixture
def model(tmp_path):
    return checkpoint(tmp_path / "model.safetensors")


def ready(model):
    return PredictorSettings(model=model, device="cpu", size=SIZE).create_cached()


def test_nothing_is_ready_before_a_first_start(cache, model):
    assert ready(model) is None
    assert not cache.exists()


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("flip", [False, True])
def test_what_is_ready_answers_like_torch_and_says_what_it_is(model, flip):
    settings = {"device": "cpu", "flip": flip, "size": SIZE}
    plain = load_predictor(model, engine="torch", **settings)
    first = load_predictor(model, **settings)
    again = load_predictor(model, **settings)
    assert isinstance(again.network, OpenVinoNetwork)
    assert again.network.kept
    assert again.facts == first.facts
    maps = [each.predict(IMAGE, [Click(30, 40)]).network_map for each in (plain, first, again)]
    np.testing.assert_array_equal(maps[1], maps[2])
    assert np.abs(maps[0] - maps[2]).mean() < TOLERANCES["bf16"]
    assert PredictorSettings(model=model, device="cpu", flip=not flip, size=SIZE).create_cached() is None


SECOND_START = """
import sys
import numpy as np
from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.loading import load_predictor
predictor = load_predictor(sys.argv[1], device="cpu", size=64)
image = np.random.default_rng(0).integers(0, 256, (80, 100, 3), np.uint8)
first = predictor.predict(image, [Click(30, 40)])
second = predictor.predict(image, [Click(30, 40), Click(10, 10, False)], first)
second.mask()
print(predictor.facts["engine"].split()[0], "torch" in sys.modules, "scipy.ndimage" in sys.modules)
np.save(sys.argv[2], first.network_map)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only there the place of the cache can be chosen")
def test_clicks_of_a_second_start_import_no_torch(tmp_path, monkeypatch, model):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    expected = load_predictor(model, device="cpu", size=SIZE).predict(IMAGE, [Click(30, 40)]).network_map
    command = [sys.executable, "-c", SECOND_START, model, str(tmp_path / "map.npy")]
    done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ), check=False)
    assert done.stdout == "OpenVINO False False\n", done.stderr
    np.testing.assert_array_equal(np.load(tmp_path / "map.npy"), expected)


def overwrite(pattern, content):
    """Damage: every file of that kind gets another content."""

    def damage(cache):
        for path in cache.rglob(pattern):
            path.write_bytes(content)

    return damage


def other_answer(cache):
    (path,) = cache.rglob(graph_cache.EXPECTED)
    with np.load(path) as kept:
        np.savez(path, probabilities=1 - kept["probabilities"], asked=kept["asked"])


def answer_to_another_picture(cache):
    (path,) = cache.rglob(graph_cache.EXPECTED)
    with np.load(path) as kept:
        np.savez(path, probabilities=kept["probabilities"], asked=np.array("another"))


def answer_that_is_code(cache):
    (path,) = cache.rglob(graph_cache.EXPECTED)
    np.savez(path, probabilities=np.array([print], object), asked=np.array("code"))


def weights_that_are_zero(cache):
    (path,) = cache.rglob("decoder.bin")
    path.write_bytes(bytes(path.stat().st_size))


@pytest.mark.parametrize(
    "damage",
    [
        overwrite(graph_cache.EXPECTED, b"damaged"),
        overwrite(graph_cache.EXPECTED, b""),
        other_answer,
        answer_to_another_picture,
        answer_that_is_code,
        overwrite("*.txt", b"../../elsewhere"),
        overwrite("*.txt", b"\xff\xfe"),
        overwrite("*.xml", b"damaged"),
        overwrite("*.bin", b""),
        weights_that_are_zero,
    ],
)
def test_damaged_cache_is_not_used_and_made_again(used_cache, model, damage):
    plain = load_predictor(model, engine="torch", device="cpu", size=SIZE).predict(IMAGE, [Click(30, 40)])
    assert ready(model) is not None
    damage(used_cache)
    assert ready(model) is None
    again = load_predictor(model, device="cpu", size=SIZE)
    assert ready(model) is not None
    difference = again.predict(IMAGE, [Click(30, 40)]).network_map - plain.network_map
    assert np.abs(difference).mean() < TOLERANCES["bf16"]


@pytest.mark.usefixtures("used_cache")
def test_file_of_the_same_name_with_other_weights_is_not_taken_for_the_first(model, tmp_path):
    assert ready(model) is not None
    assert ready(checkpoint(tmp_path / "model.safetensors", seed=4)) is None


@pytest.mark.usefixtures("used_cache")
@pytest.mark.parametrize(("owner", "name"), [(openvino, "__version__"), (graph_cache, "FORMAT")])
def test_what_another_version_made_is_not_used(model, monkeypatch, owner, name):
    monkeypatch.setattr(owner, name, "another")
    assert ready(model) is None


@pytest.mark.usefixtures("used_cache")
def test_engine_and_device_that_are_asked_for_are_taken(model, monkeypatch):
    assert load_predictor(model, engine="torch", device="cpu", size=SIZE).facts["engine"].startswith("torch")
    monkeypatch.setattr("napari_simpleclick.inference.engines.device.gpu_possible", lambda: True)
    assert PredictorSettings(model=model, device="auto", size=SIZE).create_cached() is None
    assert ready(model) is not None


def test_device_is_told_without_torch_as_torch_tells_it():
    assert gpu_possible() or choose_device("auto").type == "cpu"
    assert surely_cpu("cpu")
    assert not surely_cpu("cuda")


def test_names_of_checkpoints_go_with_their_graphs(tmp_path):
    notes, graphs = tmp_path / graph_cache.OF_FILES, tmp_path / "used"
    notes.mkdir()
    graphs.mkdir()
    (notes / "there.txt").write_text("used")
    (notes / "gone.txt").write_text("gone")
    graph_cache.prune(tmp_path, used=graphs)
    assert [path.name for path in notes.iterdir()] == ["there.txt"]
