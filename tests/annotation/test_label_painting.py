"""Label painting: labels of any integer type take the numbers of objects, whatever type these have."""

import numpy as np
import pytest

from napari_simpleclick.annotation.label_painting import fill
from napari_simpleclick.arrays import Box


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32, np.uint64])
@pytest.mark.parametrize("number", [int, np.int64, np.uint32])
def test_labels_take_numbers_of_any_type_and_others_keep_their_pixels(dtype, number):
    labels = np.zeros((4, 6), dtype)
    labels[1, 2] = 9
    fill(labels, [(number(7), (Box(1, 3, 2, 4), np.array([[True, True], [False, True]])))])
    expected = np.zeros((4, 6), int)
    expected[1, 2], expected[1, 3], expected[2, 3] = 9, 7, 7
    np.testing.assert_array_equal(labels, expected)
    assert labels.dtype == dtype
