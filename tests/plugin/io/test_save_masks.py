"""Masks are saved in the format of the name, with the place of their image."""

from pathlib import Path

import imageio.v3 as iio
import nibabel
import numpy as np
import pytest
import tifffile
from napari.layers import Labels

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.io import read_volume
from napari_simpleclick.data.samples import sample_volume
from napari_simpleclick.plugin.display.layers import create_labels
from napari_simpleclick.plugin.io.readers import image_layer
from napari_simpleclick.plugin.io.save_masks import save_masks, suggested_path

MASK = np.zeros((3, 20, 30), np.uint8)
MASK[1, 4:9, 5:12] = 7


def saved(path, layer):
    data, meta, _ = layer.as_layer_data_tuple()
    return save_masks(path, data, meta)


def test_tiff_keeps_the_size_of_the_pixels(tmp_path):
    layer = Labels(MASK, scale=(0.05, 0.004, 0.004), units=("um",) * 3, axis_labels=("z", "y", "x"))
    path = saved(tmp_path / "a.tif", layer)
    with tifffile.TiffFile(path) as file:
        np.testing.assert_array_equal(file.asarray(), MASK)
        assert file.imagej_metadata["spacing"] == pytest.approx(0.05)
        assert file.pages[0].resolution == pytest.approx((250, 250))


def test_nifti_of_a_nifti_image_lies_on_its_grid(tmp_path):
    from napari.layers import Image

    volume, truth = sample_volume("ms-lesion")
    data, settings, _ = image_layer(volume)
    labels = create_labels(Image(data, **settings))
    labels.data[...] = truth
    path = saved(tmp_path / "a.nii.gz", labels)
    source = Path(__import__("napari_simpleclick").__file__).parent / "samples" / "ms_lesion.nii.gz"
    assert np.array_equal(nibabel.load(path).affine, nibabel.load(source).affine)
    assert nibabel.load(path).shape == nibabel.load(source).shape


def test_ome_zarr_has_scale_units_and_place_and_replaces_an_older_one(tmp_path):
    zarr = pytest.importorskip("zarr", reason="needs the extra zarr")
    from napari_simpleclick.data.ome_zarr.read import read_ome_zarr

    layer = Labels(MASK, scale=(5, 2, 2), translate=(10, 0, 4), units=("nm",) * 3, axis_labels=("z", "y", "x"))
    for _ in range(2):
        path = saved(tmp_path / "a.zarr", layer)
    volume = read_ome_zarr(path)
    np.testing.assert_array_equal(np.asarray(volume.data), MASK)
    assert (volume.spacing, volume.origin, volume.unit) == ((5, 2, 2), (10, 0, 4), "nm")
    assert "image-label" in zarr.open(path, mode="r").attrs["ome"]
    assert [each.name for each in tmp_path.iterdir()] == ["a.zarr"]


def test_png_holds_one_slice_and_refuses_a_stack(tmp_path):
    path = saved(tmp_path / "a.png", Labels(MASK[1].astype(np.uint16) * 100))
    np.testing.assert_array_equal(iio.imread(path), MASK[1].astype(int) * 100)
    with pytest.raises(VolumeError, match=r"Save as \.tif"):
        saved(tmp_path / "b.png", Labels(MASK))
    assert not (tmp_path / "b.png").exists()


def test_a_name_without_a_known_ending_becomes_a_tiff(tmp_path):
    assert saved(tmp_path / "masks.v2", Labels(MASK)).name == "masks.v2.tif"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("/d/a.nii", "a_masks.nii.gz"),
        ("/d/a.nii.gz", "a_masks.nii.gz"),
        ("/d/a.ome.tif", "a_masks.tif"),
        ("/d/a.ome.zarr", "a_masks.zarr"),
        ("/d/a.png", "a_masks.png"),
        ("/d/a.b.jpg", "a.b_masks.tif"),
    ],
)
def test_masks_are_suggested_beside_the_image_in_its_format(source, name):
    assert suggested_path("layer", source) == Path("/d") / name
    assert suggested_path("of/unknown", None) == Path.home() / "of_unknown_masks.tif"


@pytest.fixture
def told(monkeypatch):
    """What napari would show."""
    shown = []
    monkeypatch.setattr("napari.utils.notifications.show_warning", shown.append)
    return shown


@pytest.mark.parametrize("name", ["a.nii.gz", "a.tif", "a.zarr", "a.png"])
def test_negative_labels_are_background_and_told(tmp_path, told, name):
    labels = MASK[1] if name == "a.png" else MASK
    path = saved(tmp_path / name, Labels(np.where(labels == 7, 7, -1)))
    np.testing.assert_array_equal(np.unique(read_volume(path, labels=True).data), [0, 7])
    assert told == ["Negative labels, such as -1, are saved as 0, which is background."]


@pytest.mark.parametrize("name", ["a.nii.gz", "a.tif", "a.zarr"])
def test_masks_without_an_object_open_again_without_a_notice(tmp_path, name):
    volume = read_volume(saved(tmp_path / name, Labels(MASK * 0)), labels=True)
    assert (np.asarray(volume.data).shape, volume.notices) == (MASK.shape, ())


@pytest.mark.parametrize("name", ["a.nii.gz", "a.tif", "a.zarr", "a.png"])
def test_layer_without_a_pixel_is_not_saved(tmp_path, name):
    with pytest.raises(VolumeError, match=r"shape \(0, 4, 5\) and no pixel"):
        saved(tmp_path / name, Labels(np.zeros((0, 4, 5), np.uint8)))


def test_turn_that_zarr_cannot_hold_is_told(tmp_path, told):
    saved(tmp_path / "a.zarr", Labels(MASK, rotate=30))
    assert "a.zarr cannot hold that the layer is turned" in told[0]
