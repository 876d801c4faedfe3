"""The compiled network computes what torch computes, is kept between runs, and is refused when it does not agree."""

import numpy as np
import pytest
import torch

from napari_simpleclick.clicks import Click
from napari_simpleclick.inference import networks
from napari_simpleclick.inference.networks import OpenVinoNetwork, choose_network, disagreement
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.model.simpleclick import SimpleClick, SimpleClickConfig

openvino = pytest.importorskip("openvino", reason='needs the extra: pip install "napari-simpleclick[openvino]"')


@pytest.fixture(params=["patch", "efficientnet_lite0"])
def model(request):
    torch.manual_seed(3)
    config = SimpleClickConfig(
        patch_size=16,
        dim=32,
        depth=4,
        heads=2,
        pyramid_channels=(8, 8, 16, 16),
        head_channels=8,
        image_size=224,
        stem=request.param,
    )
    return SimpleClick(config).eval()


@pytest.mark.parametrize("batch", [1, 2])
def test_compiled_network_agrees_with_torch(model, tmp_path, batch):
    compiled = OpenVinoNetwork(model, size=224, batch=batch, cache=tmp_path)
    assert disagreement(model, compiled, size=224, batch=batch) < networks.TOLERANCE


def test_predictor_gives_the_same_mask_with_either_network(model, tmp_path):
    image = np.random.default_rng(0).integers(0, 256, (200, 200, 3), np.uint8)
    compiled = OpenVinoNetwork(model, size=224, cache=tmp_path)
    maps = [Predictor(net, size=224).predict(image, [Click(90, 90)]).network_map for net in (model, compiled)]
    assert np.abs(maps[0] - maps[1]).mean() < networks.TOLERANCE


def test_damaged_cache_is_made_again(model, tmp_path):
    OpenVinoNetwork(model, size=224, cache=tmp_path)
    for path in tmp_path.rglob("*.xml"):
        path.write_text("damaged")
    again = OpenVinoNetwork(model, size=224, cache=tmp_path)
    assert disagreement(model, again, size=224, batch=1) < networks.TOLERANCE


def test_cache_that_cannot_be_written_is_done_without(model, tmp_path):
    (tmp_path / "file").write_text("no folder")
    compiled = OpenVinoNetwork(model, size=224, cache=tmp_path / "file")
    assert disagreement(model, compiled, size=224, batch=1) < networks.TOLERANCE


def test_network_that_disagrees_is_refused_with_a_notice(model, monkeypatch):
    monkeypatch.setattr(networks, "disagreement", lambda *_, **__: 0.2)
    chosen = choose_network(model, size=224)
    assert chosen.network is model
    assert "differs from torch by 0.200" in chosen.notice


def test_torch_can_be_asked_for(model):
    assert choose_network(model, engine="torch").network is model


def test_missing_openvino_names_its_cure(model, monkeypatch):
    def missing(*_args, **_settings):
        raise ModuleNotFoundError("openvino")

    monkeypatch.setattr(networks, "OpenVinoNetwork", missing)
    with pytest.raises(ModuleNotFoundError, match=r'pip install "napari-simpleclick\[openvino\]"'):
        choose_network(model, engine="openvino")
    assert choose_network(model).network is model
