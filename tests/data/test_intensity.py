"""From stored intensities to what the network sees."""

import dask.array as da
import numpy as np
import pytest

from napari_simpleclick.data.intensity import default_limits, percentile_limits, to_rgb


def test_8_bit_pixels_stay_as_they_are():
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16)
    np.testing.assert_array_equal(to_rgb(grey), np.repeat(grey[..., None], 3, axis=-1))
    assert default_limits(grey) is None


@pytest.mark.parametrize("dtype", [np.uint16, np.int16, np.float32, np.float64, bool])
def test_any_number_type_spans_black_to_white(dtype):
    pixels = np.array([[0, 1], [1, 0]], dtype)
    np.testing.assert_array_equal(to_rgb(pixels)[..., 0], [[0, 255], [255, 0]])


def test_not_a_number_is_black_and_infinities_are_the_ends():
    pixels = np.array([np.nan, -np.inf, 0.5, np.inf])
    assert to_rgb(pixels, (0, 1))[:, 0].tolist() == [0, 0, 128, 255]


def test_limits_ignore_what_is_not_finite():
    data = np.r_[np.linspace(0, 100, 101), np.nan, np.inf, -np.inf]
    assert percentile_limits(data) == (1.0, 99.0)


@pytest.mark.parametrize("data", [np.full(9, 7.0), np.full((3, 3), np.nan), np.zeros((0, 3))])
def test_constant_or_empty_data_still_has_a_range(data):
    black, white = percentile_limits(data)
    assert white == black + 1
    assert to_rgb(data, (black, white)).max(initial=0) == 0


def test_huge_lazy_volume_is_sampled_not_read():
    planes = []

    def plane(block_info=None):
        (index, *_), *_ = block_info[None]["array-location"]
        planes.append(index)
        return np.full((1, 64, 64), index, np.float32)

    volume = da.map_blocks(plane, chunks=((1,) * 600, (64,), (64,)), dtype=np.float32, meta=np.empty((0, 0, 0), "f4"))
    low, high = percentile_limits(volume)
    assert len(planes) <= 4
    assert 0 <= low < high <= 600


def test_alpha_is_left_out():
    rgba = np.zeros((2, 2, 4), np.uint8)
    rgba[..., 3] = 255
    assert to_rgb(rgba, rgb=True).shape == (2, 2, 3)
    assert to_rgb(rgba, rgb=True).max() == 0
