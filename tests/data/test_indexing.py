"""Parts of arrays: the same whatever the way of reading."""

import numpy as np
import pytest

from napari_simpleclick.data.indexing import picked


@pytest.mark.parametrize("shape", [(90, 70), (90, 9000), (90, 70, 3), (90, 9000, 3)])
@pytest.mark.parametrize("view", [np.s_[:], np.s_[:, 3:-5], np.s_[::2, ::-1]])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_picked_rows_and_columns_are_those_of_an_index(shape, view, dtype):
    pixels = np.random.default_rng(0).integers(0, 256, shape).astype(dtype)[view]
    rows, cols = (np.unique(np.linspace(1, size - 1, 40).astype(int)) for size in pixels.shape[:2])
    np.testing.assert_array_equal(picked(pixels, rows, cols), pixels[np.ix_(rows, cols)])
    assert picked(pixels, rows, cols).dtype == dtype
