"""On a CUDA GPU the network answers as in float32 torch, for every picture and click, however often it is asked."""

from copy import deepcopy

import numpy as np
import pytest
import torch

from napari_simpleclick.clicks import Click
from napari_simpleclick.data.samples import sample_volume
from napari_simpleclick.inference.engines.cuda_network import CudaNetwork
from napari_simpleclick.inference.engines.network import TOLERANCES
from napari_simpleclick.inference.engines.selection import select_network
from napari_simpleclick.inference.engines.torch_network import TorchNetwork
from napari_simpleclick.inference.logits import sigmoid
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.model.registry import create_model
from napari_simpleclick.model.weights import load_model

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")


@pytest.fixture(scope="module", params=["bundled", "vit_xtiny_late_448"])
def model(request):
    torch.manual_seed(0)
    return load_model() if request.param == "bundled" else create_model(request.param)


def question(seed: int, *, size: int = 448, batch: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """A random picture and a click on it."""
    rng = np.random.default_rng(seed)
    image = rng.random((batch, 3, size, size), np.float32)
    guidance = np.zeros_like(image)
    row, col = rng.integers(20, size - 20, 2)
    guidance[:, 1, row - 4 : row + 5, col - 4 : col + 5] = 1
    return image, guidance


@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_answers_are_those_of_float32(model, dtype, batch):
    plain = TorchNetwork(deepcopy(model), "cuda")
    network = CudaNetwork(model, "cuda", dtype, size=448, batch=batch)
    for seed in range(3):
        image, guidance = question(seed, batch=batch)
        expected, found = (net.decode(net.encode(image), guidance) for net in (plain, network))
        assert np.abs(sigmoid(expected) - sigmoid(found)).mean() < TOLERANCES["f16"]


def test_features_are_kept_between_pictures(model):
    """Two regions are clicked in turn: each answer is that of its own features."""
    network = CudaNetwork(model, "cuda", torch.float16, size=448, batch=1)
    (first, click), (second, other) = question(1), question(2)
    features = [network.encode(image) for image in (first, second)]
    alone = [network.decode(network.encode(image), guidance) for image, guidance in ((first, click), (second, other))]
    for _ in range(2):
        for kept, guidance, expected in zip(features, (click, other), alone, strict=True):
            np.testing.assert_array_equal(network.decode(kept, guidance), expected)
            np.testing.assert_array_equal(network.decode(kept, guidance), expected)


@pytest.mark.parametrize(("size", "batch"), [(224, 1), (448, 3)])
def test_other_shapes_are_computed_without_a_recording(model, size, batch):
    plain = TorchNetwork(deepcopy(model), "cuda")
    network = CudaNetwork(model, "cuda", torch.float16, size=448, batch=1)
    image, guidance = question(4, size=size, batch=batch)
    expected, found = (net.decode(net.encode(image), guidance) for net in (plain, network))
    assert np.abs(sigmoid(expected) - sigmoid(found)).mean() < TOLERANCES["f16"]


def test_gpu_is_chosen_in_half_the_precision_and_gives_the_same_mask(model):
    chosen = select_network(model, device="cuda")
    assert (chosen.engine, chosen.notice) == ("torch float16 on cuda", "")
    assert isinstance(chosen.network, CudaNetwork)
    plane = sample_volume("em-like")[0].plane(5).image()
    masks = [Predictor(net).predict(plane, [Click(97, 136)]).mask() for net in (load_model(), chosen.network)]
    assert masks[0].any()
    assert (masks[0] != masks[1]).mean() < 0.001


def test_a_gpu_with_too_little_memory_leaves_the_answer_to_float32(model, monkeypatch):
    from napari_simpleclick.inference.engines import selection as networks

    def full(*_arguments, **_settings):
        raise torch.cuda.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(networks, "CudaNetwork", full)
    chosen = select_network(load_model(), device="cuda")
    assert chosen.engine == "torch float32 on cuda"
    assert "CUDA out of memory" in chosen.notice
