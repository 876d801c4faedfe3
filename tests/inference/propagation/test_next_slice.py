"""The step of propagation: what is found on the next slice, and whether it is still the object."""

import numpy as np
import pytest

from napari_simpleclick.arrays import Box
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.propagation.intensity_likelihood import learned_likelihood
from napari_simpleclick.inference.propagation.next_slice import find_on_next_slice
from napari_simpleclick.inference.propagation.propagate import propagate

SHAPE = 60, 80
DISK = np.hypot(*(np.mgrid[:60, :80] - np.array([30, 40])[:, None, None])) < 9


def picture(value):
    return np.where(DISK, value, 60).astype(np.uint8)[..., None].repeat(3, axis=2)


class Stubborn:
    """Answers with a disk around the newest click, whatever there is; another one in certain pictures."""

    def __init__(self, elsewhere=()):
        self.elsewhere = elsewhere

    def predict(self, image, clicks, previous=None, *, view=None):
        rows, cols = np.mgrid[: SHAPE[0], : SHAPE[1]]
        away = 40 if any(image is each for each in self.elsewhere) else 0
        mask = np.hypot(rows - clicks[-1].row, cols - clicks[-1].col + away) < 9
        return Prediction.from_mask(mask.astype(np.float32), Box(0, 60, 0, 80), size=128)


def known():
    return Prediction.from_mask(DISK.astype(np.float32), Box(0, 60, 0, 80), size=128)


def step(predictor, before, image):
    likelihood = learned_likelihood(before, known().object_mask())
    return find_on_next_slice(predictor, known(), before, image, likelihood)


def test_object_that_looks_the_same_and_is_found_both_ways_is_there():
    found = step(Stubborn(), picture(200), picture(200))
    assert found.lost is None
    assert found.confidence > 0.9


def test_what_looks_like_the_surroundings_is_the_end_whatever_the_network_says():
    found = step(Stubborn(), picture(200), picture(60))
    assert found.confidence < 0.4
    assert "the object seems to end" in found.lost


def test_what_leads_elsewhere_on_the_way_back_is_less_certain():
    before, image = picture(200), picture(150)
    astray, back = step(Stubborn([before]), before, image), step(Stubborn(), before, image)
    assert 1 - astray.confidence > 4 * (1 - back.confidence)


@pytest.mark.parametrize("there", [0, 2, 4])
def test_propagation_ends_with_the_object(there):
    images = [picture(200)] * there + [picture(60)] * 3
    assert len(list(propagate(Stubborn(), picture(200), known(), images))) == there
