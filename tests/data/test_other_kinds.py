"""Files that are something else than their name says: what they are, and what to do about it."""

import gzip
import os
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.io import read_volume

GREY = np.arange(12 * 16, dtype=np.uint8).reshape(12, 16)
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
PAGE = b"<!DOCTYPE html><html>Log in</html>"


@pytest.mark.parametrize("name", ["a.tif", "a.nii", "a.nii.gz", "a.png", "a.gif"])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (POINTER, r"a pointer of Git LFS\. Get the file itself: git lfs pull"),
        (PAGE, r"a web page.*Download it in a browser"),
        (b"", r"empty: it has 0 bytes\. Copy it again"),
    ],
)
def test_what_came_instead_of_a_file_is_named_with_a_cure(tmp_path, name, content, told):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(VolumeError, match=told):
        read_volume(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.jpg", lambda: imagecodecs.webp_encode(np.dstack([GREY] * 3)), "a WebP file. Save it as PNG"),
        ("a.png", lambda: imagecodecs.jpeg2k_encode(GREY), "a JPEG 2000 file. Save it as PNG"),
        ("a.jpg", lambda: b"\0\0\0\x18ftypheic" + bytes(90), "a HEIC file. Save it as PNG"),
        ("a.png", lambda: b"II*\0" + bytes(90), "a TIFF file. Give it the ending of its kind"),
        ("a.tif", lambda: b"PK\3\4" + bytes(90), "a ZIP archive. Unpack it first"),
        ("a.nii", lambda: bytes(128) + b"DICM" + bytes(500), "a DICOM file. Convert its series to NIfTI"),
        ("a.nii.gz", lambda: b"NRRD0004\n" + bytes(500), "an NRRD file. Convert it to NIfTI"),
        ("a.nii.gz", lambda: gzip.compress(gzip.compress(bytes(600))), "what gzip packed is packed by gzip. Unpack"),
        ("a.nii.gz", lambda: gzip.compress(bytes(257) + b"ustar" + bytes(400)), "what gzip packed is a tar archive"),
        (
            "a.zarr",
            lambda: b"PK\3\4" + bytes(90),
            "cannot be read as Zarr, which is a folder: it is a ZIP archive. Unpack",
        ),
    ],
)
def test_file_of_another_kind_is_named_with_a_cure(tmp_path, name, content, told):
    (tmp_path / name).write_bytes(content())
    with pytest.raises(VolumeError, match=told):
        read_volume(tmp_path / name)


@pytest.mark.parametrize("name", ["a.jpg", "a.bmp", "a.gif"])
def test_picture_of_another_kind_that_is_read_opens_whatever_its_name(tmp_path, name):
    Image.fromarray(GREY).save(tmp_path / "x.png")
    (tmp_path / "x.png").rename(tmp_path / name)
    np.testing.assert_array_equal(read_volume(tmp_path / name).data, GREY)


@pytest.mark.skipif(os.name != "posix", reason="links as POSIX has them")
@pytest.mark.parametrize("name", ["a.tif", "a.nii.gz", "a.png", "a.zarr"])
def test_link_that_leads_nowhere_is_told_with_a_cure(tmp_path, name):
    (tmp_path / name).symlink_to(".git/annex/objects/a")
    with pytest.raises(FileNotFoundError, match=r"a link to .git/annex/objects/a, which is not there.*datalad get"):
        read_volume(tmp_path / name)


@pytest.mark.parametrize("name", ["https://example.org/a.ome.zarr", "s3://bucket/a.tif"])
def test_address_is_not_fetched_and_told_with_a_cure(name):
    with pytest.raises(FileNotFoundError, match=r"nothing is fetched from the network. Download it"):
        read_volume(Path(name))


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("a.dcm", "dcm2niix"),
        ("a.MHA", "ITK-SNAP"),
        ("a.czi", "bioformats2raw"),
        ("a.zarr.zip", "Unpack it"),
        ("a.jfif", "ending .jpg"),
        ("a.webp", "Save it as PNG"),
        ("a.xyz", "Convert it to one of these"),
    ],
)
def test_unknown_ending_is_told_with_the_cure_of_its_kind(tmp_path, name, cure):
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(VolumeError, match=f"unknown kind of file.*{cure}"):
        read_volume(tmp_path / name)


@pytest.mark.parametrize(
    ("names", "cure"),
    [
        (("IM0001",), "dcm2niix"),
        (("case/1.png",), "It holds folders: choose one of them, such as case"),
        (("a.nrrd",), "a.nrrd: Convert it to NIfTI"),
        ((), "Choose another folder"),
    ],
)
def test_folder_without_pictures_is_told_with_a_cure(tmp_path, names, cure):
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(bytes(128) + b"DICM" if name.startswith("IM") else b"x")
    with pytest.raises(VolumeError, match=f"holds no pictures.*{cure}"):
        read_volume(tmp_path)


def test_folder_of_several_kinds_of_pictures_is_told(tmp_path):
    tifffile.imwrite(tmp_path / "1.tif", GREY, photometric="minisblack")
    tifffile.imwrite(tmp_path / "2.tiff", GREY, photometric="minisblack")
    assert read_volume(tmp_path).notices == ()
    Image.fromarray(GREY).save(tmp_path / "1.png")
    volume = read_volume(tmp_path)
    assert volume.shape == (3, 12, 16)
    assert "1 .png and 2 .tif files: all of them are slices" in volume.notices[0]
