"""TIFF in and out: axes, size of pixels, lazy reading, damage."""

import numpy as np
import pytest
import tifffile

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.io import read_volume, write_mask, write_volume
from napari_simpleclick.data.volume import Volume

STACK = np.arange(3 * 4 * 5, dtype=np.uint16).reshape(3, 4, 5)


@pytest.mark.parametrize(("dtype", "form"), [(np.uint8, "imagej"), (np.uint16, "imagej"), (np.uint32, "ome")])
def test_size_unit_and_axes_survive_a_round_trip(tmp_path, dtype, form):
    path = tmp_path / "mask.tif"
    labels = np.zeros((3, 4, 5), dtype)
    labels[1, 2, 3] = np.iinfo(dtype).max
    write_mask(path, labels, Volume(STACK, (40.0, 4.0, 5.0), "nm", axes="ZYX"))
    with tifffile.TiffFile(path) as file:
        assert getattr(file, f"is_{form}")
    volume = read_volume(path)
    np.testing.assert_array_equal(volume.data, labels)
    assert volume.data.dtype == dtype
    assert volume.spacing == pytest.approx((40, 4, 5))
    assert (volume.unit, volume.axis_labels) == ("nm", ("z", "y", "x"))


@pytest.mark.parametrize("axes", ["YX", "ZYX", "TZYX", "CZYX", "TZCYX", "TCZYX", "TYX"])
def test_axes_are_kept_in_every_order(tmp_path, axes):
    shape = tuple({"T": 2, "Z": 3, "C": 4, "Y": 5, "X": 6}[axis] for axis in axes)
    source = Volume(np.zeros(shape, np.uint8), (1.0,) * len(axes), axes=axes)
    write_volume(tmp_path / "a.tif", np.ones(shape, np.uint8), source)
    written = read_volume(tmp_path / "a.tif")
    assert (written.axes, written.shape) == (axes, shape)


def test_uncompressed_stack_is_mapped_not_loaded(tmp_path):
    tifffile.imwrite(tmp_path / "stack.tif", STACK, photometric="minisblack", metadata={"axes": "ZYX"})
    assert isinstance(read_volume(tmp_path / "stack.tif").data, np.memmap)


@pytest.mark.parametrize("byteorder", ["<", ">"])
def test_pixels_arrive_in_native_byte_order(tmp_path, byteorder):
    tifffile.imwrite(tmp_path / "stack.tif", STACK, photometric="minisblack", byteorder=byteorder)
    data = read_volume(tmp_path / "stack.tif").data
    assert data.dtype.isnative
    np.testing.assert_array_equal(data, STACK)


def test_resolution_per_centimeter_is_told_in_micrometers_and_per_inch_is_not_trusted(tmp_path):
    tifffile.imwrite(tmp_path / "cm.tif", STACK[0], resolution=(20000, 10000), resolutionunit="CENTIMETER")
    tifffile.imwrite(tmp_path / "inch.tif", STACK[0], resolution=(72, 72), resolutionunit="INCH")
    assert read_volume(tmp_path / "cm.tif").spacing == pytest.approx((1.0, 0.5))
    assert read_volume(tmp_path / "inch.tif").spacing == (1, 1)


@pytest.mark.parametrize("planar", ["contig", "separate"])
def test_colors_come_last(tmp_path, planar):
    shape = (7, 9, 3) if planar == "contig" else (3, 7, 9)
    tifffile.imwrite(tmp_path / "rgb.tif", np.zeros(shape, np.uint8), photometric="rgb", planarconfig=planar)
    volume = read_volume(tmp_path / "rgb.tif")
    assert volume.rgb
    assert (volume.shape, volume.data.shape) == ((7, 9), (7, 9, 3))


def test_truncated_stack_is_named_with_a_cure(tmp_path):
    path = tmp_path / "half.tif"
    tifffile.imwrite(path, np.zeros((20, 64, 64), np.uint8))
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(VolumeError, match=r"half.tif cannot be read as TIFF \(3000 bytes\).*copy or export it again"):
        read_volume(path)


def test_text_with_a_tiff_name_is_refused(tmp_path):
    (tmp_path / "notes.tif").write_text("not a picture")
    with pytest.raises(VolumeError, match="cannot be read as TIFF"):
        read_volume(tmp_path / "notes.tif")


def test_failed_write_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "mask.tif"
    path.write_bytes(b"precious")

    def full_disk(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tifffile, "imwrite", full_disk)
    with pytest.raises(OSError, match=r"mask.tif was not written: the disk is full"):
        write_mask(path, STACK)
    assert path.read_bytes() == b"precious"
    assert [p.name for p in tmp_path.iterdir()] == ["mask.tif"]


@pytest.mark.parametrize("labels", [np.array([[-1, 2]]), np.array([[0.5, 1.0]])])
def test_mask_with_negative_or_fractional_labels_is_refused(tmp_path, labels):
    with pytest.raises(VolumeError, match="whole numbers from 0 up"):
        write_mask(tmp_path / "mask.tif", labels)
