"""Planes through arrays of any kind: lazy reading, mapping of points, pasting of masks."""

import itertools

import dask.array as da
import numpy as np
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_simpleclick.arrays import Box
from napari_simpleclick.data.intensity import to_rgb
from napari_simpleclick.data.plane import SliceView, picked
from napari_simpleclick.data.volume import Volume

ARRAY = np.random.default_rng(0).integers(0, 60000, (2, 6, 7, 8)).astype(np.uint16)
PAIRS = list(itertools.permutations(range(4), 2))


class Recorder:
    """An array that counts the pixels that are read from it."""

    def __init__(self, data):
        self.data, self.read = data, 0
        self.shape, self.dtype, self.ndim = data.shape, data.dtype, data.ndim

    def __getitem__(self, index):
        part = self.data[index]
        self.read += part.size
        return part


@pytest.mark.parametrize("axes", PAIRS)
def test_plane_of_any_two_axes_in_any_order(axes):
    point = (1, 2, 3, 4)
    plane = SliceView(ARRAY, point, axes)
    lead = [0 if axis in axes else place for axis, place in enumerate(point)]
    expected = np.empty(plane.shape, np.uint16)
    for row, col in np.ndindex(plane.shape):
        place = list(lead)
        place[axes[0]], place[axes[1]] = row, col
        expected[row, col] = ARRAY[tuple(place)]
    np.testing.assert_array_equal(plane.read(slice(None), slice(None)), expected)
    np.testing.assert_array_equal(np.asarray(plane.image((0, 60000))), to_rgb(expected, (0, 60000)))


@given(axes=st.sampled_from(PAIRS), row=st.floats(0, 5), col=st.floats(0, 7))
def test_point_of_the_plane_and_of_the_volume_are_inverse(axes, row, col):
    plane = SliceView(ARRAY, (1, 2, 3, 4), axes)
    assert plane.to_plane(plane.to_volume(row, col)) == (row, col)


@pytest.mark.parametrize("axes", PAIRS)
def test_pasted_mask_is_found_where_the_plane_shows_it(axes):
    plane = SliceView(ARRAY, (1, 2, 3, 4), axes)
    labels = np.zeros(ARRAY.shape, np.uint16)
    height, width = plane.shape
    box = Box(0, height, 1, width)
    mask = np.random.default_rng(1).random(box.shape) > 0.5
    plane.paste(mask, box, labels, 7)
    shown = plane.labels(labels)
    np.testing.assert_array_equal(shown[box.slices] == 7, mask)
    assert labels.astype(bool).sum() == mask.sum()


def test_pasting_leaves_other_objects_and_other_pixels_alone():
    labels = np.full((3, 4, 5), 9, np.uint8)
    Volume(ARRAY[0, :3, :4, :5], (1, 1, 1)).plane(1).paste(np.eye(2, dtype=bool), Box(0, 2, 0, 2), labels, 1)
    assert (labels == 1).sum() == 2
    assert (labels == 9).sum() == labels.size - 2


SOURCES = {
    "numpy": lambda array: array,
    "dask": lambda array: da.from_array(array, chunks=(1, 3, 3, 3)),
    "zarr": lambda array: zarr.array(array, chunks=(1, 3, 3, 3)),
}


@pytest.mark.parametrize("source", SOURCES)
@settings(deadline=None)
@given(data=st.data(), axes=st.sampled_from([(2, 3), (3, 2), (1, 3), (3, 0)]))
def test_indexed_parts_equal_the_parts_of_the_whole(source, data, axes):
    image = SliceView(SOURCES[source](ARRAY), (1, 2, 3, 4), axes).image((100, 50000))
    whole = np.asarray(image)
    assert image.shape == whole.shape
    rows, cols = (
        np.array(sorted(data.draw(st.sets(st.integers(0, size - 1), min_size=1)))) for size in whole.shape[:2]
    )
    np.testing.assert_array_equal(image[np.ix_(rows, cols)], whole[np.ix_(rows, cols)])
    part = slice(rows[0], rows[-1] + 1), slice(cols[0], cols[-1] + 1)
    np.testing.assert_array_equal(image[part], whole[part])


def test_only_the_region_asked_for_is_read():
    source = Recorder(np.zeros((4, 8192, 8192), np.uint8))
    image = Volume(source, (1, 1, 1)).plane(2).image()
    assert image[100:300, 50:350].shape == (200, 300, 3)
    assert source.read == 200 * 300


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_color_planes_keep_their_channels(dtype):
    white = 255 if dtype == np.uint8 else 1
    colors = (np.random.default_rng(0).random((4, 5, 6, 3)) * white).astype(dtype)
    volume = Volume(colors, (1, 1, 1), rgb=True)
    assert volume.shape == (4, 5, 6)
    shown = np.asarray(volume.plane(2, axis=1).image())
    np.testing.assert_allclose(shown, colors[:, 2] * (255 / white), atol=0.501)


def test_labels_of_a_plane_are_a_view_that_can_be_painted():
    labels = np.zeros(ARRAY.shape, np.uint8)
    SliceView(ARRAY, (1, 2, 3, 4), (3, 1)).labels(labels)[5, 2] = 1
    assert np.argwhere(labels).tolist() == [[1, 2, 3, 5]]


def test_picture_has_one_plane():
    assert Volume(ARRAY[0, 0], (1, 1)).plane(0).shape == (7, 8)


def test_all_parts_of_a_16_bit_plane_are_shown_alike():
    plane = Volume(ARRAY[0], (1, 1, 1)).plane(0)
    np.testing.assert_array_equal(plane.image()[2:4, 2:4], np.asarray(plane.image())[2:4, 2:4])


@pytest.mark.parametrize("shape", [(90, 70), (90, 9000), (90, 70, 3), (90, 9000, 3)])
@pytest.mark.parametrize("view", [np.s_[:], np.s_[:, 3:-5], np.s_[::2, ::-1]])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_picked_rows_and_columns_are_those_of_an_index(shape, view, dtype):
    pixels = np.random.default_rng(0).integers(0, 256, shape).astype(dtype)[view]
    rows, cols = (np.unique(np.linspace(1, size - 1, 40).astype(int)) for size in pixels.shape[:2])
    np.testing.assert_array_equal(picked(pixels, rows, cols), pixels[np.ix_(rows, cols)])
    assert picked(pixels, rows, cols).dtype == dtype
