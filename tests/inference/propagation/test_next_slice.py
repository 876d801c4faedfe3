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
    """Answers with a disk around the newest click, whatever there is."""

    def predict(self, image, clicks, previous=None, *, view=None):
        rows, cols = np.mgrid[: SHAPE[0], : SHAPE[1]]
        mask = np.hypot(rows - clicks[-1].row, cols - clicks[-1].col) < 9
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


class Copying:
    """Sticks to the mask that it is given; without one it finds what is bright, or all of the picture."""

    def __init__(self, *, sees_all=False):
        self.sees_all = sees_all

    def predict(self, image, clicks, previous=None, *, view=None):
        found = previous.mask() if previous else np.asarray(image[..., 0] > (0 if self.sees_all else 130))
        return Prediction.from_mask(found.astype(np.float32), Box(0, 60, 0, 80), size=128)


def shrunk():
    """A picture on which the object is smaller, and less sharp: grey values do not tell its outline."""
    small = np.hypot(*(np.mgrid[:60, :80] - np.array([30, 40])[:, None, None])) < 7
    return np.where(small, 200, np.where(DISK, 128, 60)).astype(np.uint8)[..., None].repeat(3, axis=2), small


def test_outline_is_that_of_a_click_without_a_mask_where_both_find_the_same_object():
    image, small = shrunk()
    found = step(Copying(), picture(200), image)
    assert found.lost is None
    mask = found.prediction.mask()
    assert (mask & small).sum() / (mask | small).sum() > 0.95


def test_outline_stays_near_the_expected_one_where_a_click_finds_something_else():
    image, _ = shrunk()
    found = step(Copying(sees_all=True), picture(200), image).prediction.mask()
    assert (found & DISK).sum() / (found | DISK).sum() > 0.7


def test_what_looks_like_the_surroundings_is_the_end_whatever_the_network_says():
    found = step(Stubborn(), picture(200), picture(60))
    assert found.confidence < 0.4
    assert "the object seems to end" in found.lost


def test_what_another_click_does_not_find_is_less_certain():
    before, image = picture(200), picture(200)
    image[:, :] = np.where(DISK[..., None], 150, image)
    once, twice = step(Copying(sees_all=True), before, image), step(Stubborn(), before, image)
    assert 1 - once.confidence > 3 * (1 - twice.confidence)


@pytest.mark.parametrize("there", [0, 2, 4])
def test_propagation_ends_with_the_object(there):
    images = [picture(200)] * there + [picture(60)] * 3
    assert len(list(propagate(Stubborn(), picture(200), known(), images))) == there
