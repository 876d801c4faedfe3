"""Files by their ending: pictures, folders, OME-Zarr, and what is refused."""

import builtins

import imageio.v3 as iio
import numpy as np
import pytest
import zarr
from PIL import Image

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.io import read_volume, write_mask
from napari_simpleclick.data.ome_zarr.chunks import ChunkedArray
from napari_simpleclick.data.pictures import read_marks, read_picture, read_rgb
from napari_simpleclick.data.volume import Volume

GREY = np.arange(12, dtype=np.uint8).reshape(3, 4)


def write_ome_zarr(path, *, version):
    """A two-level image (c, z, y, x) of OME-Zarr 0.4 or 0.5."""
    group = zarr.open_group(path, mode="w", zarr_format=2 if version == "0.4" else 3)
    finest = np.arange(2 * 3 * 8 * 6, dtype=np.uint16).reshape(2, 3, 8, 6)
    group.create_array("0", data=finest, chunks=(1, 1, 4, 4))
    group.create_array("1", data=finest[..., ::2, ::2])
    axes = [{"name": "c", "type": "channel"}, *({"name": n, "type": "space", "unit": "micrometer"} for n in "zyx")]
    scales = [[1, 2.0, 0.5, 0.5], [1, 2.0, 1.0, 1.0]]
    levels = [
        {"path": str(i), "coordinateTransformations": [{"type": "scale", "scale": scale}]}
        for i, scale in enumerate(scales)
    ]
    told = {"multiscales": [{"axes": axes, "datasets": levels}]}
    group.attrs.update(told if version == "0.4" else {"ome": {"version": "0.5", **told}})
    return finest


@pytest.mark.parametrize("version", ["0.4", "0.5"])
def test_ome_zarr_is_opened_at_its_finest_level_without_loading(tmp_path, version):
    finest = write_ome_zarr(tmp_path / "cells.ome.zarr", version=version)
    volume = read_volume(tmp_path / "cells.ome.zarr")
    assert isinstance(volume.data, ChunkedArray)
    assert (volume.name, volume.axis_labels, volume.unit) == ("cells", ("c", "z", "y", "x"), "um")
    assert volume.spacing == (1, 2, 0.5, 0.5)
    np.testing.assert_array_equal(volume.plane(2, axis=1).read(slice(None), slice(None)), finest[0, 2])


def test_mask_of_an_ome_zarr_is_written_as_tiff(tmp_path):
    write_ome_zarr(tmp_path / "cells.ome.zarr", version="0.4")
    volume = read_volume(tmp_path / "cells.ome.zarr")
    write_mask(tmp_path / "mask.tif", np.ones(volume.shape, np.uint8), volume)
    written = read_volume(tmp_path / "mask.tif")
    assert (written.axes, written.spacing, written.unit) == ("CZYX", volume.spacing, "um")


def test_zarr_group_without_an_image_tells_what_it_holds(tmp_path):
    zarr.open_group(tmp_path / "plate.zarr", mode="w").create_group("well")
    with pytest.raises(VolumeError, match=r"got a group of well. Choose the image inside it"):
        read_volume(tmp_path / "plate.zarr")


def test_empty_folder_called_zarr_is_refused(tmp_path):
    (tmp_path / "empty.zarr").mkdir()
    with pytest.raises(VolumeError, match="cannot be read as Zarr"):
        read_volume(tmp_path / "empty.zarr")


def test_missing_extra_tells_its_cure(tmp_path, monkeypatch):
    write_ome_zarr(tmp_path / "cells.ome.zarr", version="0.4")
    real = builtins.__import__

    def without_zarr(name, *args, **kwargs):
        if name == "zarr":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_zarr)
    with pytest.raises(ImportError, match=r'pip install "napari-simpleclick\[zarr\]"'):
        read_volume(tmp_path / "cells.ome.zarr")


def test_folder_of_pictures_is_a_stack_in_the_order_of_names(tmp_path):
    for index in (2, 0, 1):
        iio.imwrite(tmp_path / f"{index}.png", GREY + index)
    (tmp_path / ".DS_Store").write_bytes(b"\0")
    (tmp_path / "notes.txt").write_text("by hand")
    volume = read_volume(tmp_path)
    assert volume.shape == (3, 3, 4)
    assert volume.data[:, 0, 0].tolist() == [0, 1, 2]


def test_pictures_of_different_size_are_no_stack(tmp_path):
    iio.imwrite(tmp_path / "a.png", GREY)
    iio.imwrite(tmp_path / "b.png", GREY[:2])
    with pytest.raises(VolumeError, match=r"must have one size to be a stack; a.png has \(3, 4\), b.png has \(2, 4\)"):
        read_volume(tmp_path)


def test_folder_without_pictures_is_refused(tmp_path):
    with pytest.raises(VolumeError, match="holds no pictures"):
        read_volume(tmp_path)


def test_missing_and_unknown_files_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"No file .*nowhere.nii"):
        read_volume(tmp_path / "nowhere.nii")
    (tmp_path / "table.csv").write_text("1,2")
    with pytest.raises(VolumeError, match=r"table.csv: unknown kind of file. Known endings: .nii, .nii.gz, .tif"):
        read_volume(tmp_path / "table.csv")
    with pytest.raises(VolumeError, match=r"mask.png: .* written as .nii, .nii.gz, .tif"):
        write_mask(tmp_path / "mask.png", GREY)


def test_truncated_picture_is_named_with_a_cure(tmp_path):
    iio.imwrite(tmp_path / "a.png", np.random.default_rng(0).integers(0, 255, (64, 64), dtype=np.uint8))
    (tmp_path / "a.png").write_bytes((tmp_path / "a.png").read_bytes()[:900])
    for read in (read_picture, read_marks):
        with pytest.raises(
            VolumeError, match=r"a.png cannot be read as a picture \(900 bytes\).*copy or unpack it again"
        ):
            read(tmp_path / "a.png")


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "1", "P", "I;16"])
def test_every_kind_of_png_is_read_as_picture(tmp_path, mode):
    source = Image.fromarray(GREY.astype(np.uint16) * 5000) if mode == "I;16" else Image.fromarray(GREY).convert(mode)
    source.save(tmp_path / "a.png")
    assert read_rgb(tmp_path / "a.png").shape == (3, 4, 3)
    assert read_rgb(tmp_path / "a.png").dtype == np.uint8


def test_palette_mask_keeps_its_indices(tmp_path):
    mask = Image.frombytes("P", GREY.shape[::-1], GREY.tobytes())
    mask.putpalette([value for index in range(256) for value in (255 - index, 0, 0)])
    mask.save(tmp_path / "mask.png")
    np.testing.assert_array_equal(read_marks(tmp_path / "mask.png"), GREY)


@pytest.mark.parametrize("shape", [(3, 4, 3), (3, 4, 4)])
def test_mask_in_color_counts_any_channel(tmp_path, shape):
    marks = np.zeros(shape, np.uint8)
    marks[1, 2, 1] = 200
    marks[..., 3:] = 255
    iio.imwrite(tmp_path / "mask.png", marks)
    assert np.argwhere(read_marks(tmp_path / "mask.png")).tolist() == [[1, 2]]


def test_mask_of_16_bits_keeps_large_labels(tmp_path):
    iio.imwrite(tmp_path / "mask.png", np.array([[0, 700]], np.uint16))
    assert read_marks(tmp_path / "mask.png").tolist() == [[0, 700]]


def test_mask_of_another_shape_than_its_image_is_refused(tmp_path):
    with pytest.raises(VolumeError, match=r"must have the shape of its image, \(2, 2\); got \(3, 4\)"):
        write_mask(tmp_path / "mask.tif", GREY, Volume(np.zeros((2, 2)), (1, 1)))
