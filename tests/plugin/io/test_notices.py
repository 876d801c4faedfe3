"""What files say of themselves, told in napari's window."""

import nibabel
import numpy as np
import pytest

from napari_simpleclick.data.volume import Hint, Volume
from napari_simpleclick.plugin.io import notices
from napari_simpleclick.plugin.io.folder_readers import read_case, read_zarr
from napari_simpleclick.plugin.io.readers import read


@pytest.fixture
def told(monkeypatch):
    """What napari would show."""
    shown = []
    for name in ("show_info", "show_warning"):
        monkeypatch.setattr(f"napari.utils.notifications.{name}", shown.append)
    monkeypatch.setattr(notices, "_told", set())
    return shown


def test_hints_are_given_once_and_what_is_wrong_each_time(told):
    volume = Volume(np.zeros((2, 2)), (1, 1), notices=(Hint("a.tif holds 3 levels"), "a.tif lacks tiles"))
    other = Volume(np.zeros((2, 2)), (1, 1), notices=(Hint("b.tif holds 3 levels"),))
    notices.tell([volume, volume])
    assert told == ["a.tif holds 3 levels", "a.tif lacks tiles"]
    notices.tell([volume])
    notices.tell([other])
    assert told[2:] == ["a.tif lacks tiles", "b.tif holds 3 levels"]


@pytest.mark.parametrize(
    ("voxels", "number"),
    [
        (np.full((3, 4, 5), np.nan, np.float32), "nan"),
        (np.full((3, 4, 5), -1, np.int16), "-1"),
        (np.full((3, 4, 5), 0.5, np.float32), "0.5"),
    ],
)
def test_labels_that_are_none_are_an_image_and_told(told, tmp_path, voxels, number):
    nibabel.save(nibabel.Nifti1Image(voxels, np.eye(4)), tmp_path / "a_seg.nii.gz")
    for layers in (read(str(tmp_path / "a_seg.nii.gz")), read_case(str(tmp_path))):
        assert [kind for _, _, kind in layers] == ["image"]
        assert told.pop() == f"a_seg is called labels, but holds {number}: it is shown as an image."


def test_label_images_of_zarr_that_are_none_are_images_and_told(told, tmp_path):
    zarr = pytest.importorskip("zarr")
    for name, data, more in (
        ("a.zarr", np.ones((4, 5), np.uint8), {}),
        ("a.zarr/labels/x", np.full((4, 5), -1), {"image-label": {}}),
    ):
        group = zarr.open_group(tmp_path / name, mode="w", zarr_format=2)
        group.create_array("0", data=data)
        axes = [{"name": each, "type": "space"} for each in "yx"]
        group.attrs.update({"multiscales": [{"axes": axes, "datasets": [{"path": "0"}]}], **more})
    zarr.open_group(tmp_path / "a.zarr" / "labels", mode="a", zarr_format=2).attrs["labels"] = ["x"]
    for folder, kinds in ((tmp_path / "a.zarr", ["image", "image"]), (tmp_path / "a.zarr" / "labels" / "x", ["image"])):
        layers = read_zarr(str(folder))
        assert [kind for _, _, kind in layers] == kinds
        assert layers[-1][0][0, 0] == -1
        assert told.pop() == "x is called labels, but holds -1: it is shown as an image."
