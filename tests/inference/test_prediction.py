"""Predictions kept small give the same masks as whole planes would."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_simpleclick.arrays import Box, bounding_box
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.resample import enlarge, regrid, resample_at


def random_prediction(seed: int, *, size: int = 24) -> Prediction:
    """A prediction of a few soft blobs in a random region of a random plane."""
    rng = np.random.default_rng(seed)
    height, width = rng.integers(1, 90, 2)
    top, left = rng.integers(0, height), rng.integers(0, width)
    roi = Box(int(top), int(rng.integers(top + 1, height + 1)), int(left), int(rng.integers(left + 1, width + 1)))
    rows, cols = np.mgrid[:size, :size]
    centre = rng.uniform(0, size, 2)
    blob = 1 / (1 + np.exp((np.hypot(rows - centre[0], cols - centre[1]) - rng.uniform(0, 12)) / 2))
    return Prediction(blob.astype(np.float32), roi, (int(height), int(width)))


@given(st.integers(0, 10_000), st.sampled_from([0.3, 0.49, 0.5, 0.9]))
@settings(max_examples=60, deadline=None)
def test_object_mask_is_the_whole_plane_thresholded(seed, threshold):
    prediction = random_prediction(seed)
    whole = prediction.probability > threshold
    np.testing.assert_array_equal(prediction.mask(threshold), whole)
    found = prediction.object_mask(threshold)
    assert (found[0] if found else None) == bounding_box(whole)


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_probability_is_the_map_resized_and_pasted(seed):
    prediction = random_prediction(seed)
    expected = np.zeros(prediction.plane_shape, np.float32)
    small = torch.from_numpy(prediction.network_map)[None, None]
    resized = F.interpolate(small, size=prediction.roi.shape, mode="bilinear", align_corners=True)
    expected[prediction.roi.slices] = resized[0, 0].numpy()
    np.testing.assert_allclose(prediction.probability, expected, atol=1e-5)


def test_nothing_above_the_threshold_gives_an_empty_mask():
    prediction = Prediction(np.full((8, 8), 0.2, np.float32), Box(0, 20, 0, 30), (20, 30))
    assert prediction.object_mask() is None
    assert not prediction.mask().any()


@pytest.mark.parametrize("shape", [(30, 40), (300, 40)])
def test_mask_given_as_prediction_comes_back_nearly_unchanged(shape):
    mask = np.zeros(shape, bool)
    mask[5:20, 10:30] = True
    back = Prediction.from_mask(mask, Box(0, 30, 0, 40), size=448).mask(0.5)
    assert (back ^ mask).sum() <= 0.05 * mask.sum()


BOXES = [
    (Box(0, 512, 0, 512), Box(0, 512, 0, 512)),
    (Box(0, 4000, 0, 3000), Box(0, 4000, 0, 3000)),
    (Box(50, 300, 20, 411), Box(0, 340, 100, 500)),
    (Box(10, 11, 0, 9), Box(0, 30, 0, 30)),
    (Box(0, 5, 0, 5), Box(10, 30, 10, 30)),
]


@pytest.mark.parametrize(("box", "onto"), BOXES)
def test_map_seen_in_another_region_is_the_enlarged_map_resized(box, onto):
    small = np.random.default_rng(0).random((64, 64), np.float32)
    expected = resample_at(lambda rows, cols: enlarge(small, box, rows, cols), onto, 48)
    np.testing.assert_allclose(regrid(small, box, onto, 48), expected, atol=1e-6)
