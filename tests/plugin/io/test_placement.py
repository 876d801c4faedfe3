"""Layers keep their place, size and unit on their way into files, and what we wrote opens as what it was."""

import nibabel
import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from napari.layers import Image, Labels, Layer

from napari_simpleclick.plugin.display.layers import create_labels
from napari_simpleclick.plugin.io.readers import get_reader
from napari_simpleclick.plugin.io.tiff_reader import get_tiff_reader
from napari_simpleclick.plugin.io.writers import write_labels

DATA = np.zeros((6, 8, 9), np.uint8)
DATA[1, 2, 3] = 7


@pytest.fixture
def told(monkeypatch):
    """What napari would show as a warning."""
    shown = []
    monkeypatch.setattr("napari.utils.notifications.show_warning", shown.append)
    return shown


def saved(layer, path):
    (written,) = write_labels(str(path), *layer.as_layer_data_tuple()[:2])
    return written


def opened(path):
    reader = get_reader(str(path)) or get_tiff_reader(str(path))
    (data,) = reader(str(path))
    return Layer.create(*data)


def mirrored_lps(position):
    """A position (z, y, x) of the window as nibabel's (x, y, z)."""
    return np.array(position)[::-1] * (-1, -1, 1)


@pytest.mark.parametrize(
    ("settings", "factor", "unit"),
    [
        ({"rotate": (30, 0, 0)}, 1, "unknown"),
        ({"affine": np.diag([3, 2, 2, 1.0]), "units": ("mm",) * 3}, 1, "mm"),
        ({"shear": (0.2, 0, 0.1), "scale": (3, 2, 1), "translate": (5, 6, 7), "units": ("um",) * 3}, 1, "micron"),
        ({"scale": (0.1, 0.02, 0.02), "units": ("cm",) * 3}, 10, "mm"),
        ({"scale": (10,) * 3, "units": ("angstrom",) * 3}, 1e-4, "micron"),
        ({"scale": (1, -1, 1)}, 1, "unknown"),
        ({"scale": (1e-6,) * 3, "units": ("m",) * 3}, 1, "meter"),
    ],
)
def test_file_lies_where_the_layer_lies(tmp_path, told, settings, factor, unit):
    layer = Labels(DATA, **settings)
    image = nibabel.load(saved(layer, tmp_path / "a.nii.gz"))
    assert image.header.get_xyzt_units()[0] == unit
    for corner in np.ndindex(2, 2, 2):
        index = np.array(corner) * (5, 7, 8)
        expected = mirrored_lps(layer.data_to_world(index)) * factor
        np.testing.assert_allclose((image.affine @ (*index[::-1], 1))[:3], expected, rtol=1e-5, atol=1e-5 * factor)
    np.testing.assert_array_equal(np.asarray(image.dataobj), DATA.T)


def test_units_of_each_axis_count(tmp_path):
    layer = Labels(DATA, scale=(0.05, 4, 4), units=("um", "nm", "nm"))
    image = nibabel.load(saved(layer, tmp_path / "a.nii.gz"))
    np.testing.assert_allclose(image.header.get_zooms(), (0.004, 0.004, 0.05), rtol=1e-6)
    assert image.header.get_xyzt_units()[0] == "micron"


def test_what_tiff_cannot_hold_is_told(tmp_path, told):
    saved(Labels(DATA, rotate=(30, 0, 0)), tmp_path / "a.tif")
    assert told == ["a.tif cannot hold that the layer is turned, mirrored or sheared. Save it as .nii.gz."]


@pytest.mark.parametrize(
    "labels",
    [
        Labels(DATA, axis_labels=("x", "y", "z")),
        Labels(np.broadcast_to(DATA, (2, 2, 2, 6, 8, 9)).copy()),
        Labels(DATA.astype(np.uint64) * 2**40),
        Labels(DATA, scale=(1, -1, 1)),
        Labels(DATA, scale=(10, 5, 5), units=("angstrom",) * 3),
        Labels(DATA.astype(np.int32) - 1),
    ],
)
@pytest.mark.parametrize("name", ["a.tif", "a.nii.gz"])
def test_every_layer_of_labels_reaches_a_file(tmp_path, told, labels, name):
    written = saved(labels, tmp_path / name)
    voxels = tifffile.imread(written) if written.endswith(".tif") else np.asarray(nibabel.load(written).dataobj).T
    np.testing.assert_array_equal(voxels.squeeze(), np.maximum(labels.data, 0).squeeze())


def test_layer_that_moved_is_saved_where_it_lies_now(tmp_path, told):
    nibabel.save(nibabel.Nifti1Image(DATA.T, np.diag([-1.0, -1, 2, 1])), tmp_path / "i.nii")
    image = opened(tmp_path / "i.nii")
    image.scale = (4, 1, 1)
    written = nibabel.load(saved(create_labels(image), tmp_path / "m.nii"))
    np.testing.assert_allclose(written.header.get_zooms(), (1, 1, 4))
    assert len(told) == 1
    assert "no longer has the place or shape of i" in told[0]


def test_cropped_layer_is_saved_where_it_lies(tmp_path, told):
    nibabel.save(nibabel.Nifti1Image(DATA.T, np.diag([-1.0, -1, 2, 1])), tmp_path / "i.nii")
    image = opened(tmp_path / "i.nii")
    cropped = Image(image.data[2:], **{key: getattr(image, key) for key in ("scale", "units", "axis_labels")})
    cropped.translate, cropped.metadata = (4, 0, 0), image.metadata
    written = nibabel.load(saved(create_labels(cropped), tmp_path / "m.nii"))
    assert written.shape == (9, 8, 4)
    np.testing.assert_allclose(written.affine[2], (0, 0, 2, 4))


@pytest.mark.parametrize(
    "name",
    [
        "stack masks.tif",
        "stack masks.nii.gz",
        "cells.v2_masks.tif",
        "cells.v2 masks.nii",
        "x_mask.NII.GZ",
        "X MASKS.TIF",
        "anything.nii.gz",
        "stack masks",
    ],
)
@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.uint16])
def test_own_masks_open_as_the_labels_they_were(tmp_path, name, dtype):
    layer = Labels(DATA.astype(dtype), scale=(3, 2, 2), units=("um",) * 3)
    again = opened(saved(layer, tmp_path / name))
    assert isinstance(again, Labels)
    np.testing.assert_array_equal(again.data, DATA)
    np.testing.assert_allclose(again.scale, (3, 2, 2), rtol=1e-6)
    assert [f"{unit:~}" for unit in again.units] == ["µm"] * 3


def test_layer_in_pixels_stays_in_pixels(tmp_path):
    for name in ("a masks.tif", "b masks.nii.gz"):
        again = opened(saved(Labels(DATA.astype(np.uint32) * 70000), tmp_path / name))
        assert again.scale.tolist() == [1, 1, 1]
        assert [str(unit) for unit in again.units] == ["pixel"] * 3


@given(
    shape=st.lists(st.integers(1, 4), min_size=2, max_size=5),
    scale=st.floats(1e-3, 1e3),
    unit=st.sampled_from(["pixel", "nm", "um", "mm", "m", "cm", "inch", "angstrom"]),
    dtype=st.sampled_from([np.uint8, np.uint16, np.int32, np.int64, np.uint64]),
    packed=st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_any_layer_comes_back_by_nibabel_alone(tmp_path_factory, shape, scale, unit, dtype, packed):
    folder = tmp_path_factory.mktemp("layers")
    data = np.arange(np.prod(shape), dtype=dtype).reshape(shape)
    space = min(3, len(shape))
    steps = [1.0] * (len(shape) - space) + [scale * (axis + 1) for axis in range(space)]
    layer = Labels(data, scale=steps, units=(*["pixel"] * (len(shape) - space), *[unit] * space))
    image = nibabel.load(saved(layer, folder / ("a.nii.gz" if packed else "a.nii")))
    stored = np.asarray(image.dataobj)
    np.testing.assert_array_equal(stored.reshape(data.T.shape), data.T)
    metres = {"pixel": 1, "nm": 1e-9, "um": 1e-6, "mm": 1e-3, "m": 1, "cm": 1e-2, "inch": 0.0254, "angstrom": 1e-10}
    of_file = {"unknown": 1, "micron": 1e-6, "mm": 1e-3, "meter": 1}[image.header.get_xyzt_units()[0]]
    zooms = np.array(image.header.get_zooms()[:space]) * of_file
    np.testing.assert_allclose(zooms, np.array(steps[::-1][:space]) * metres[unit], rtol=1e-5)
