"""Masks that must not be lost."""

import nibabel
import numpy as np
import pytest

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.saving import require_output, save_mask


@pytest.mark.parametrize("output", ["a.tif", "x/../a.tif", "stack/mask.tif"])
def test_output_that_is_an_input_or_lies_in_one_is_refused(tmp_path, output):
    (tmp_path / "x").mkdir()
    (tmp_path / "stack").mkdir()
    (tmp_path / "a.tif").write_bytes(b"precious")
    with pytest.raises(VolumeError, match=r"would be lost. Choose another output"):
        require_output(tmp_path / output, (tmp_path / "a.tif", None, tmp_path / "stack"))


def test_output_through_a_link_is_the_file_it_leads_to(tmp_path):
    (tmp_path / "a.tif").write_bytes(b"precious")
    (tmp_path / "b.tif").symlink_to(tmp_path / "a.tif")
    with pytest.raises(VolumeError, match="would be lost"):
        require_output(tmp_path / "b.tif", (tmp_path / "a.tif",))


def test_folder_in_the_place_of_the_output_is_told_before_the_clicks(tmp_path):
    (tmp_path / "a.tif").mkdir()
    with pytest.raises(OSError, match=r"it is a folder. Choose another name"):
        require_output(tmp_path / "a.tif", ())


def test_labels_that_a_format_cannot_hold_are_written_beside_it_as_nifti(tmp_path, monkeypatch):
    import tifffile

    def cannot(*_args, **_kwargs):
        raise KeyError(6)

    monkeypatch.setattr(tifffile, "imwrite", cannot)
    (tmp_path / "a.v2.nii.gz").write_bytes(b"another")
    labels = np.arange(24).reshape(2, 3, 4)
    written = save_mask(tmp_path / "a.v2.tif", labels, None)
    assert written == tmp_path / "a.v2-2.nii.gz"
    np.testing.assert_array_equal(np.asarray(nibabel.load(written).dataobj), labels.T)
    assert (tmp_path / "a.v2.nii.gz").read_bytes() == b"another"
