"""Objects clicked in lock-step give what they give one after the other."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from napari_simpleclick.data.datasets.base import Sample
from napari_simpleclick.evaluation.evaluate import evaluate_pictures, in_order
from napari_simpleclick.evaluation.predictors import find_factory
from napari_simpleclick.evaluation.protocol import EvaluationProtocol
from napari_simpleclick.inference.engines.torch_network import TorchNetwork
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.inference.recipe import PUBLISHED
from napari_simpleclick.model.weights import load_model


class Squares:
    """Two pictures with squares of different brightness."""

    name = "squares"

    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: int) -> Sample:
        labels = np.zeros((90 + 20 * index, 120), np.int32)
        for number, corner in enumerate([(8, 10), (40, 60), (60, 5)][: 2 + index], start=1):
            labels[corner[0] : corner[0] + 12 * number, corner[1] : corner[1] + 22] = number
        noise = np.random.default_rng(index).integers(0, 40, (*labels.shape, 3))
        image = (40 + 45 * labels[..., None] + noise).astype(np.uint8)
        return Sample(f"picture {index}", image, labels, tuple(range(1, 3 + index)))


@pytest.fixture(scope="module")
def network():
    torch.set_num_threads(1)
    return load_model()


class Counting(Predictor):
    """Counts the calls of the network and the crops that it encoded."""

    recipe, fixed_batch, coarse = PUBLISHED, False, False

    def __init__(self, network, **settings) -> None:
        super().__init__(self, **settings)
        self.inner, self.decoded, self.encoded = TorchNetwork(network), [], 0

    def encode(self, image):
        self.encoded += image.shape[0]
        return self.inner.encode(image)

    def decode(self, features, guidance):
        self.decoded.append(guidance.shape[0])
        return self.inner.decode(features, guidance)


def run(predictor, protocol, batch, skip=()):
    return list(evaluate_pictures(predictor, Squares(), protocol, range(2), batch=batch, skip=skip))


@pytest.mark.parametrize("flip", [False, True])
def test_clicks_and_masks_do_not_depend_on_the_batch(network, flip):
    protocol = EvaluationProtocol(max_clicks=3)
    one, four = (Counting(network, flip=flip, size=224) for _ in range(2))
    expected, found = in_order(run(one, protocol, 1)), in_order(run(four, protocol, 4))
    crops = 2 if flip else 1
    assert one.decoded == [crops] * 15
    assert four.decoded == [4 * crops] * 3 + [crops] * 3
    for ours, theirs in zip(found, expected, strict=True):
        assert (ours.sample, ours.object_id, ours.clicks) == (theirs.sample, theirs.object_id, theirs.clicks)
        # Sums of float32 in another order differ in the last digits, so a pixel on the rim may fall otherwise.
        assert ours.ious == pytest.approx(theirs.ious, abs=2e-3)
        assert len(ours.seconds) == 3


def test_objects_that_look_at_one_region_share_its_features(network):
    predictor = Counting(network, size=224)
    run(predictor, EvaluationProtocol(max_clicks=1), 5)
    assert predictor.encoded == 2
    assert predictor.decoded == [5]


def test_object_that_is_good_early_makes_room_for_another():
    protocol = EvaluationProtocol(max_clicks=6, stop_at=0.5)
    predictor = find_factory("flood-fill")()
    together, alone = (run(predictor, protocol, batch) for batch in (3, 1))
    without_times = [tuple(replace(each, seconds=()) for each in in_order(placed)) for placed in (together, alone)]
    assert without_times[0] == without_times[1]
    assert {entry.objects for entry in together if entry.picture == 1} == {3}


def test_results_that_are_there_are_left_out_of_batches():
    placed = run(find_factory("disks")(), EvaluationProtocol(max_clicks=1), 4, skip=[(0, 1, 0), (1, 3, 0)])
    assert [(entry.picture, entry.result.object_id) for entry in placed] == [(0, 2), (1, 1), (1, 2)]
