"""Whatever is written as TIFF is read again, by us and by tifffile alone."""

from math import prod

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.tiff.read import read_tiff
from napari_simpleclick.data.tiff.write import write_tiff
from napari_simpleclick.data.units import UNITS
from napari_simpleclick.data.volume import Volume

AXES = st.sets(st.sampled_from("TZC")).flatmap(lambda more: st.permutations([*more, "Y", "X"])).map("".join)
TYPES = ("u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", "f8", "bool")
SIZES = st.floats(1e-7, 1e7)


@settings(max_examples=60, deadline=None)
@given(axes=AXES, dtype=st.sampled_from(TYPES), sizes=st.tuples(SIZES, SIZES, SIZES), data=st.data())
def test_array_axes_sizes_and_unit_survive(tmp_path_factory, axes, dtype, sizes, data):
    shape = tuple(data.draw(st.integers(2, 5)) for _ in axes)
    unit = data.draw(st.sampled_from([*UNITS, None]))
    spacing = tuple(dict(zip("ZYX", sizes, strict=True)).get(axis, 1.0) for axis in axes)
    pixels = np.random.default_rng(0).integers(0, 2, prod(shape)).reshape(shape).astype(dtype)
    path = tmp_path_factory.mktemp("tiff") / "a.tif"
    write_tiff(path, pixels, Volume(pixels, spacing, unit, axes=axes))
    again = read_tiff(path)
    np.testing.assert_array_equal(again.data, pixels)
    assert (again.data.dtype, again.axes, again.unit) == (pixels.dtype, axes, unit)
    assert again.spacing == pytest.approx(spacing, rel=1e-6)
    np.testing.assert_array_equal(tifffile.imread(path, squeeze=False).reshape(shape), pixels)


def test_axes_of_one_entry_are_left_out(tmp_path):
    pixels = np.arange(12, dtype=np.uint8).reshape(1, 3, 4)
    write_tiff(tmp_path / "a.tif", pixels, Volume(pixels, (9.0, 2.0, 2.0), "um", axes="ZYX"))
    again = read_tiff(tmp_path / "a.tif")
    assert (again.axes, again.shape, again.spacing) == ("YX", (3, 4), (2, 2))


@pytest.mark.parametrize("ndim", [2, 3, 4, 5, 6, 7])
def test_arrays_of_any_number_of_axes_are_written(tmp_path, ndim):
    pixels = np.arange(2**ndim, dtype=np.uint8).reshape((2,) * ndim)
    write_tiff(tmp_path / "a.tif", pixels, None)
    np.testing.assert_array_equal(read_tiff(tmp_path / "a.tif").data, pixels)


def test_ids_of_64_bits_are_written(tmp_path):
    pixels = np.array([[0, 2**40], [2**63, 1]], np.uint64)
    write_tiff(tmp_path / "a.tif", pixels, None)
    np.testing.assert_array_equal(tifffile.imread(tmp_path / "a.tif"), pixels)


def test_mirrored_axes_and_sizes_that_are_none_are_written_as_sizes(tmp_path):
    like = Volume(np.zeros((2, 3, 4)), (float("nan"), -2.0, 0.0), "um", axes="ZYX")
    write_tiff(tmp_path / "a.tif", np.ones((2, 3, 4), np.uint8), like)
    assert read_tiff(tmp_path / "a.tif").spacing == (1, 2, 1)


@pytest.mark.parametrize("dtype", [np.uint16, np.uint32, np.uint64])
def test_pixels_without_a_unit_do_not_become_micrometres(tmp_path, dtype):
    write_tiff(tmp_path / "a.tif", np.ones((3, 4), dtype), Volume(np.ones((3, 4)), (1.0, 1.0), axes="YX"))
    assert read_tiff(tmp_path / "a.tif").unit is None


@pytest.mark.parametrize(
    ("dtype", "axes", "form"),
    [
        ("u2", "TZCYX", "imagej"),
        ("u4", "ZYX", "ome"),
        ("u2", "CZYX", "ome"),
        ("u2", "XYZ", "shaped"),
        ("u8", "YX", "shaped"),
    ],
)
def test_form_is_the_first_that_can_hold_the_array(tmp_path, dtype, axes, form):
    pixels = np.ones((2,) * len(axes), dtype)
    write_tiff(tmp_path / "a.tif", pixels, Volume(pixels, (1.0,) * len(axes), "um", axes=axes))
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        assert getattr(file, f"is_{form}")


@pytest.mark.parametrize("pixels", [np.zeros((0, 3)), np.zeros(3), np.zeros((2, 2), complex)])
def test_what_no_picture_is_is_refused(tmp_path, pixels):
    with pytest.raises(VolumeError, match="expected real numbers with two axes or more"):
        write_tiff(tmp_path / "a.tif", pixels, None)
    assert not list(tmp_path.iterdir())
