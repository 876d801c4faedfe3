"""Axes of a TIFF, and the size of its pixels in every unit."""

import numpy as np
import pytest
import tifffile

from napari_simpleclick.data.tiff.read import read_tiff

STACK = np.zeros((6, 8, 10), np.uint8)


def opened(path, data=STACK, **settings):
    tifffile.imwrite(path / "a.tif", data, photometric="minisblack", **settings)
    return read_tiff(path / "a.tif")


def ome(path, **sizes):
    told = {f"PhysicalSize{key}": value for key, value in sizes.items()}
    return opened(path, ome=True, metadata={"axes": "ZYX", **told})


@pytest.mark.parametrize(
    ("unit", "size", "ours"),
    [
        ("µm", 0.3, "um"),
        ("nm", 0.3, "nm"),
        ("mm", 0.3, "mm"),
        ("m", 0.3, "m"),
        ("cm", 3.0, "mm"),
        ("dm", 30.0, "mm"),
        ("in", 7.62, "mm"),
        ("ft", 91.44, "mm"),
        ("km", 300.0, "m"),
        ("pm", 0.0003, "nm"),
        ("Å", 0.03, "nm"),
        ("thou", 7.62, "um"),
    ],
)
def test_units_of_ome_are_brought_to_ours(tmp_path, unit, size, ours):
    volume = ome(tmp_path, X=0.3, XUnit=unit, Y=0.3, YUnit=unit, Z=0.3, ZUnit=unit)
    assert volume.spacing == pytest.approx((size,) * 3)
    assert (volume.unit, volume.notices) == (ours, ())


@pytest.mark.parametrize(
    ("x", "z", "spacing", "unit"),
    [((0.3, "µm"), (1e-5, "dm"), 1.0, "um"), ((4, "nm"), (0.05, "µm"), 50.0, "nm"), ((2, "cm"), (1, "in"), 25.4, "mm")],
)
def test_depth_is_brought_to_the_unit_of_the_columns(tmp_path, x, z, spacing, unit):
    volume = ome(tmp_path, X=x[0], XUnit=x[1], Y=x[0], YUnit=x[1], Z=z[0], ZUnit=z[1])
    assert volume.spacing[0] == pytest.approx(spacing)
    assert volume.unit == unit


def test_ome_without_a_unit_means_micrometres(tmp_path):
    assert (ome(tmp_path, X=0.3, Y=0.4).spacing, ome(tmp_path, X=0.3).unit) == ((0.3, 0.4, 0.3), "um")


@pytest.mark.parametrize("unit", ["pixel", "reference frame"])
def test_pixels_are_no_unit_of_length(tmp_path, unit):
    volume = ome(tmp_path, X=2, XUnit=unit, Y=2, YUnit=unit)
    assert (volume.spacing, volume.unit, volume.notices) == ((1, 2, 2), None, ())


def test_unknown_units_are_told(tmp_path):
    volume = opened(
        tmp_path, imagej=True, resolution=(2, 2), metadata={"axes": "ZYX", "spacing": 3.0, "unit": "furlong"}
    )
    assert (volume.spacing, volume.unit) == ((3, 0.5, 0.5), None)
    assert "'furlong'" in volume.notices[0]


@pytest.mark.parametrize("size", [0.0, -1.0, float("nan"), float("inf"), "wide"])
def test_size_that_is_none_is_told_and_not_used(tmp_path, size):
    volume = ome(tmp_path, X=0.5, Y=0.5, Z=size)
    assert volume.spacing == (0.5, 0.5, 0.5)
    assert "The size of Z" in volume.notices[0]


def test_size_along_an_axis_that_is_not_told_is_that_of_the_columns_and_told(tmp_path):
    volume = ome(tmp_path, X=0.5, Y=0.5)
    assert (volume.spacing, volume.unit) == ((0.5, 0.5, 0.5), "um")
    (notice,) = volume.notices
    assert "tells no size of pixels along Z; 0.5 um is taken" in notice


@pytest.mark.parametrize(
    ("unit", "size", "ours"),
    [
        ("micron", 0.5, "um"),
        ("microns", 0.5, "um"),
        ("um", 0.5, "um"),
        ("\\u00B5m", 0.5, "um"),
        ("Micrometers", 0.5, "um"),
        ("nm", 0.5, "nm"),
        ("cm", 5.0, "mm"),
        ("inch", 12.7, "mm"),
        ("pixel", 0.5, None),
        ("", 0.5, None),
    ],
)
def test_units_of_imagej(tmp_path, unit, size, ours):
    volume = opened(tmp_path, imagej=True, resolution=(2, 2), metadata={"axes": "ZYX", "spacing": 0.5, "unit": unit})
    assert volume.spacing == pytest.approx((size,) * 3)
    assert (volume.unit, volume.notices) == (ours, ())


def test_imagej_has_a_unit_for_each_axis(tmp_path):
    metadata = {"axes": "ZYX", "spacing": 0.05, "unit": "nm", "zunit": "um"}
    assert opened(tmp_path, imagej=True, resolution=(0.25, 0.25), metadata=metadata).spacing == (50, 4, 4)


def test_negative_spacing_of_imagej_is_a_size(tmp_path):
    metadata = {"axes": "ZYX", "spacing": -2.0, "unit": "um"}
    assert opened(tmp_path, imagej=True, metadata=metadata).spacing[0] == 2


@pytest.mark.parametrize(("resolution", "spacing"), [((20000, 10000), (1.0, 0.5)), ((1, 1), (1, 1)), ((0, 5), None)])
def test_resolution_per_centimetre(tmp_path, resolution, spacing):
    volume = opened(tmp_path, STACK[0], resolution=resolution, resolutionunit="CENTIMETER", metadata=None)
    if spacing:
        assert volume.spacing == spacing
    assert all(size > 0 for size in volume.spacing)


def test_hyperstack_keeps_time_depth_and_channels(tmp_path):
    data = np.arange(2 * 3 * 4 * 8 * 10, dtype=np.uint16).reshape(2, 3, 4, 8, 10)
    metadata = {"axes": "TZCYX", "spacing": 2.0, "unit": "um"}
    volume = opened(tmp_path, data, imagej=True, resolution=(5, 5), metadata=metadata)
    assert (volume.axes, volume.spacing, volume.unit) == ("TZCYX", (1, 2, 1, 0.2, 0.2), "um")
    np.testing.assert_array_equal(volume.data, data)


@pytest.mark.parametrize(
    ("stored", "ours"),
    [("QYX", "ZYX"), ("IYX", "ZYX"), ("CQYX", "CZYX"), ("XYZ", "XYZ"), ("YXZ", "YXZ"), ("RTYX", "ZTYX")],
)
def test_axes_come_in_the_order_of_the_file(tmp_path, stored, ours):
    data = np.zeros(tuple(range(5, 5 + len(stored))), np.uint8)
    volume = opened(tmp_path, data, metadata={"axes": stored})
    assert (volume.axes, volume.shape) == (ours, data.shape)
