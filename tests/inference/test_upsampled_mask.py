"""Masks of enlarged maps: what they cost depends on the outline, what they are does not depend on the way."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from napari_simpleclick.arrays import Box, bounding_box
from napari_simpleclick.inference import upsampled_mask as module
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.resample import enlarge
from napari_simpleclick.inference.upsampled_mask import enlarged_box, enlarged_mask


def blobs(seed: int, size: int = 48) -> np.ndarray:
    noise = gaussian_filter(np.random.default_rng(seed).standard_normal((size, size)), 3)
    return (1 / (1 + np.exp(-60 * noise))).astype(np.float32)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("covered", [Box(0, 900, 0, 700), Box(13, 400, 5, 1003), Box(2, 60, 3, 90), Box(0, 48, 0, 99)])
@pytest.mark.parametrize("threshold", [0.49, 0.5, 0.03])
@pytest.mark.parametrize("fewest", [0, 1 << 17])
def test_mask_is_that_of_the_enlarged_map_to_the_pixel(seed, covered, threshold, fewest, monkeypatch):
    monkeypatch.setattr(module, "FEWEST_PIXELS", fewest)
    small = blobs(seed)
    part = Box(covered.row_start + 3, covered.row_stop - 7, covered.col_start, covered.col_stop - 1)
    expected = enlarge(small, covered, np.arange(*part[:2]), np.arange(*part[2:])) > threshold
    assert expected.any()
    assert not expected.all()
    np.testing.assert_array_equal(enlarged_mask(small, covered, part, threshold), expected)
    whole = Prediction(small, covered, (1100, 1100))
    np.testing.assert_array_equal(whole.mask(threshold), whole.probability > threshold)
    assert whole.object_box(threshold) == bounding_box(whole.probability > threshold)
    assert enlarged_box(small, covered, part, threshold) == bounding_box(expected)


@pytest.mark.parametrize("place", [(0, 0), (20, 47), (47, 3), (30, 30)])
@pytest.mark.parametrize("value", [0.5001, 0.7])
def test_box_of_an_object_without_plain_inside_is_that_of_its_mask(place, value):
    small = np.zeros((48, 48), np.float32)
    small[place] = value
    prediction = Prediction(small, Box(7, 2000, 0, 1900), (2000, 2000))
    assert prediction.object_box(0.5) == bounding_box(prediction.mask(0.5))
    assert prediction.object_box(0.8) is None


def test_box_leaves_out_what_belongs_to_others():
    small = np.ones((48, 48), np.float32)
    whole = Prediction(small, Box(0, 900, 0, 900), (900, 900))
    others = Box(0, 900, 0, 300), np.ones((900, 300), bool)
    assert replace(whole, without=others).object_box(0.5) == Box(0, 900, 300, 900)
    assert Prediction.from_boxed(others, (900, 900)).object_box(0.5) == others[0]


def test_values_at_the_threshold_are_interpolated(monkeypatch):
    monkeypatch.setattr(module, "FEWEST_PIXELS", 0)
    small = np.full((8, 8), 0.5, np.float32)
    small[3, 4] = np.nextafter(np.float32(0.5), np.float32(1))
    covered = Box(0, 100, 0, 100)
    expected = enlarge(small, covered, np.arange(100), np.arange(100)) > 0.5
    np.testing.assert_array_equal(enlarged_mask(small, covered, covered, 0.5), expected)


def test_only_the_outline_is_interpolated(monkeypatch):
    small = np.zeros((48, 48), np.float32)
    small[8:40, 8:40] = 1
    cells = []
    write_tiles = module.write_tiles
    monkeypatch.setattr(module, "write_tiles", lambda *a: cells.append(len(a[1])) or write_tiles(*a))
    found = enlarged_mask(small, Box(0, 4800, 0, 4800), Box(0, 4800, 0, 4800), 0.5)
    assert found.sum() > 3000**2
    assert sum(cells) == 33**2 - 31**2  # the cells that the outline crosses
