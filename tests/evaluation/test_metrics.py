"""Boundary IoU and Dice, besides what the golden files pin."""

import numpy as np
import pytest
from scipy.ndimage import binary_erosion

from napari_simpleclick.evaluation.metrics import boundary, dice, iou


@pytest.mark.parametrize("shape", [(40, 60), (300, 200)])
def test_rim_is_what_erosion_with_a_square_takes_away(shape):
    mask = np.random.default_rng(0).random(shape) > 0.1
    mask[5:30, 5:35] = True
    mask[:12, :9] = True
    pixels = max(1, round(0.02 * np.hypot(*shape)))
    eroded = binary_erosion(mask, np.ones((3, 3)), iterations=pixels, border_value=0)
    np.testing.assert_array_equal(boundary(mask), mask & ~eroded)


def test_empty_mask_has_no_rim():
    assert not boundary(np.zeros((5, 5), bool)).any()


def test_dice_of_masks_follows_from_their_iou():
    first, second = np.random.default_rng(0).random((2, 30, 30)) > 0.5
    expected = 2 * (first & second).sum() / (first.sum() + second.sum())
    assert dice(iou(first, second)) == pytest.approx(expected)
