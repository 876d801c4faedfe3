"""Parts of files: another image or level of a TIFF, and what is whole of files that were cut off."""

import gzip

import nibabel
import numpy as np
import pytest
import tifffile

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.io import read_volume
from napari_simpleclick.data.saving import require_output

STACK = np.arange(6 * 40 * 50, dtype=np.uint16).reshape(6, 40, 50)
NOISE = np.random.default_rng(0).integers(0, 60000, (6, 40, 50)).astype(np.uint16)


def part(path, words):
    return read_volume(path.with_name(f"{path.name}#{words}"))


def several(path):
    with tifffile.TiffWriter(path, ome=True) as file:
        file.write(STACK, metadata={"axes": "ZYX", "Name": "stack"}, photometric="minisblack")
        file.write(STACK[0, :8, :9] + 1, metadata={"axes": "YX", "Name": "thumbnail"})


def pyramid(path):
    with tifffile.TiffWriter(path, ome=True) as file:
        size = {"PhysicalSizeX": 0.5, "PhysicalSizeY": 0.5, "PhysicalSizeZ": 2.0}
        file.write(STACK, subifds=1, metadata={"axes": "ZYX", **size}, tile=(16, 16))
        file.write(STACK[:, ::2, ::2], subfiletype=1, tile=(16, 16))


def test_another_image_of_a_tiff_is_opened_by_its_number_which_a_notice_tells(tmp_path):
    several(tmp_path / "a.tif")
    (notice,) = read_volume(tmp_path / "a.tif").notices
    assert "a.tif#image=2" in notice
    np.testing.assert_array_equal(part(tmp_path / "a.tif", "image=2").data, STACK[0, :8, :9] + 1)
    assert part(tmp_path / "a.tif", "image=1").notices == ()


def test_level_of_a_pyramid_is_opened_with_its_own_size_of_pixels(tmp_path):
    pyramid(tmp_path / "a.tif")
    (notice,) = read_volume(tmp_path / "a.tif").notices
    assert "a.tif#level=2" in notice
    coarse = part(tmp_path / "a.tif", "level=2")
    np.testing.assert_array_equal(coarse.data, STACK[:, ::2, ::2])
    assert coarse.spacing == (2.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("words", "told"),
    [("image=3", "no image 3"), ("image=0", "counted from 1"), ("level=2", "no level 2"), ("image=9,level=4", "no im")],
)
def test_part_that_is_not_there_is_told_with_what_there_is(tmp_path, words, told):
    several(tmp_path / "a.tif")
    with pytest.raises(VolumeError, match=told):
        part(tmp_path / "a.tif", words)


def test_files_of_other_kinds_have_no_parts_and_names_with_a_hash_are_names(tmp_path):
    (tmp_path / "a.png").write_bytes(b"")
    with pytest.raises(VolumeError, match="only TIFF"):
        part(tmp_path / "a.png", "whole")
    tifffile.imwrite(tmp_path / "a.tif#whole.tif", STACK)
    np.testing.assert_array_equal(read_volume(tmp_path / "a.tif#whole.tif").data, STACK)


def test_output_over_a_file_whose_part_is_read_is_refused(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", STACK)
    with pytest.raises(VolumeError, match="would be lost"):
        require_output(tmp_path / "a.tif", [tmp_path / "a.tif#image=1"])


FORMS = {
    "plain": lambda path: tifffile.imwrite(path, NOISE),
    "BigTIFF": lambda path: tifffile.imwrite(path, NOISE, bigtiff=True),
    "ImageJ": lambda path: tifffile.imwrite(path, NOISE, imagej=True),
    "pages": lambda path: [tifffile.imwrite(path, plane, append=True, compression="zlib") for plane in NOISE],
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("share", [0.4, 0.7])
def test_planes_before_the_cut_of_a_tiff_are_opened_on_purpose_only(tmp_path, form, share):
    path = tmp_path / "a.tif"
    FORMS[form](path)
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(VolumeError, match="#whole"):
        read_volume(path)
    found = part(path, "whole")
    count = int(share * len(NOISE))
    np.testing.assert_array_equal(found.data, NOISE[:count])
    assert any(f"{count} are whole" in notice for notice in found.notices)


def test_whole_volumes_of_a_series_remain_a_series(tmp_path):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, NOISE.reshape(3, 2, 40, 50), imagej=True, metadata={"axes": "TZYX"})
    data = path.read_bytes()
    path.write_bytes(data[: int(0.8 * len(data))])
    found = part(path, "whole")
    np.testing.assert_array_equal(found.data, NOISE.reshape(3, 2, 40, 50)[:2])
    assert found.axes == "TZYX"


@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
@pytest.mark.parametrize("series", [False, True])
def test_slices_before_the_cut_of_a_nifti_are_opened_on_purpose_only(tmp_path, ending, series):
    path, data = tmp_path / f"a{ending}", NOISE.T.reshape(50, 40, 3, 2) if series else NOISE.T
    nibabel.save(nibabel.Nifti1Image(data, np.diag([-1, -2, 3, 1])), path)
    path.write_bytes(path.read_bytes()[: int(0.6 * path.stat().st_size)])
    with pytest.raises(VolumeError, match="#whole"):
        read_volume(path)
    found = part(path, "whole")
    expected = data[..., :1].squeeze().T if series else NOISE[:3]
    np.testing.assert_array_equal(found.data, expected)
    assert "whole and opened" in found.notices[0]
    assert found.spacing == (3.0, 2.0, 1.0)


def test_nothing_of_a_nifti_that_is_damaged_inside_counts_as_whole(tmp_path):
    path = tmp_path / "a.nii.gz"
    packed = bytearray(gzip.compress(nibabel.Nifti1Image(NOISE.T, np.eye(4)).to_bytes()))
    packed[len(packed) // 2] ^= 4
    path.write_bytes(packed)
    for name in (path, path.with_name("a.nii.gz#whole")):
        with pytest.raises(VolumeError, match=r"copy or convert it again\.$"):
            read_volume(name)


@pytest.mark.parametrize("ending", [".tif", ".nii", ".nii.gz"])
def test_file_of_which_nothing_is_whole_is_refused(tmp_path, ending):
    path = tmp_path / f"a{ending}"
    if ending == ".tif":
        tifffile.imwrite(path, NOISE)
    else:
        nibabel.save(nibabel.Nifti1Image(NOISE.T, np.eye(4)), path)
    path.write_bytes(path.read_bytes()[:600])
    with pytest.raises(VolumeError, match="cannot be read"):
        part(path, "whole")
