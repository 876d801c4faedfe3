"""The robot user on errors of a few pixels; the published cases are in test_golden_protocol."""

import numpy as np
import pytest

from napari_simpleclick.clicks import Click
from napari_simpleclick.evaluation.users.robot_user import depth_inside, next_click

NOTHING = np.zeros((12, 14), bool)


def marked(rows, cols):
    mask = NOTHING.copy()
    mask[rows, cols] = True
    return mask


PIXEL = marked(5, 8)
BLOCK = marked(slice(4, 9), slice(6, 11))
"""Five by five pixels; its middle is (6, 8)."""


def test_a_single_pixel_is_error_enough():
    assert next_click(NOTHING, PIXEL) == Click(5, 8)
    assert next_click(PIXEL, NOTHING) == Click(5, 8, positive=False)


def test_where_nothing_is_wrong_the_first_pixel_is_said_to_be_outside():
    assert next_click(BLOCK, BLOCK) == Click(0, 0, positive=False)


def test_where_every_wrong_pixel_was_clicked_the_first_pixel_is_said_to_be_outside():
    assert next_click(NOTHING, PIXEL, [Click(5, 8)]) == Click(0, 0, positive=False)
    assert next_click(PIXEL, NOTHING, [Click(5, 8)]) == Click(0, 0, positive=False)


def test_of_errors_of_one_depth_the_wrong_one_is_clicked():
    assert next_click(marked(1, 1), PIXEL) == Click(1, 1, positive=False)


def test_a_clicked_pixel_is_not_clicked_again():
    assert next_click(NOTHING, BLOCK) == Click(6, 8)
    depth, corner = depth_inside(BLOCK, [Click(6, 8)])
    assert corner == (4, 6)
    assert depth[2, 2] == 0
    assert np.count_nonzero(depth) == 24
    assert next_click(NOTHING, BLOCK, [Click(6, 8)]) == Click(5, 7)


@pytest.mark.parametrize(("row", "col"), [(4, 8), (8, 8), (6, 6), (6, 10), (4, 6)])
def test_the_rim_of_an_error_can_be_clicked(row, col):
    depth, _ = depth_inside(BLOCK, [Click(row, col)])
    assert depth[row - 4, col - 6] == 0
    assert np.count_nonzero(depth) == 24


@pytest.mark.parametrize(("row", "col"), [(3, 8), (9, 8), (6, 5), (6, 11), (0, 0), (11, 13)])
def test_clicks_beside_an_error_change_nothing(row, col):
    np.testing.assert_array_equal(depth_inside(BLOCK, [Click(row, col)])[0], depth_inside(BLOCK, [])[0])


def test_ignored_pixels_are_no_errors():
    assert next_click(NOTHING, BLOCK, ignore=BLOCK) == Click(0, 0, positive=False)
    assert next_click(BLOCK, NOTHING, ignore=marked(slice(None), slice(None, 9))).col == 9


def test_predicted_mask_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"predicted \(3, 4\), target \(12, 14\)\. Resize"):
        next_click(NOTHING[:3, :4], NOTHING)


def test_ignored_mask_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"ignore \(3, 4\)"):
        next_click(NOTHING, NOTHING, ignore=NOTHING[:3, :4])
