"""Several images, levels and files of a TIFF; what is missing, and what was never written."""

import json
import struct

import numpy as np
import pytest
import tifffile

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.tiff.read import read_tiff
from napari_simpleclick.data.volume import Hint

STACK = np.random.default_rng(0).integers(1, 255, (6, 32, 40)).astype(np.uint8)


@pytest.mark.parametrize("ome", [True, False])
@pytest.mark.parametrize("small_first", [True, False])
def test_largest_image_is_opened_and_the_others_are_told(tmp_path, ome, small_first):
    path = tmp_path / ("a.ome.tif" if ome else "a.tif")
    images = [(STACK[0, :16, :16], "YX", "label image"), (STACK, "ZYX", "stack")]
    with tifffile.TiffWriter(path, ome=ome) as writer:
        for data, axes, name in images if small_first else images[::-1]:
            writer.write(data, photometric="minisblack", metadata={"axes": axes, "Name": name} if ome else None)
    volume = read_tiff(path)
    np.testing.assert_array_equal(volume.data, STACK)
    (notice,) = volume.notices
    assert "holds 2 images" in notice
    assert "16 x 16" in notice


def test_size_of_pixels_is_that_of_the_image_that_is_opened(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.ome.tif", ome=True) as writer:
        for data, axes, size in ((STACK[0, :8, :8], "YX", 9.0), (STACK, "ZYX", 0.5)):
            writer.write(data, photometric="minisblack", metadata={"axes": axes, "PhysicalSizeX": size})
    assert read_tiff(tmp_path / "a.ome.tif").spacing[-1] == 0.5


def test_finest_level_of_a_pyramid_is_opened(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.ome.tif", ome=True) as writer:
        writer.write(STACK, photometric="minisblack", subifds=2, metadata={"axes": "ZYX"})
        writer.write(STACK[:, ::2, ::2], subfiletype=1)
        writer.write(STACK[:, ::4, ::4], subfiletype=1)
    volume = read_tiff(tmp_path / "a.ome.tif")
    np.testing.assert_array_equal(volume.data, STACK)
    assert "#level=2" in volume.notices[0]
    assert isinstance(volume.notices[0], Hint)


OWN, OTHER = "urn:uuid:11111111-1111-1111-1111-111111111111", "urn:uuid:22222222-2222-2222-2222-222222222222"


def write_part(path, plane, own, names=("f0.ome.tif", "f1.ome.tif")):
    blocks = "".join(
        f'<TiffData FirstZ="{z}" IFD="0" PlaneCount="1"><UUID FileName="{name}">{uuid}</UUID></TiffData>'
        for z, (name, uuid) in enumerate(zip(names, (OWN, OTHER), strict=True))
    )
    xml = (
        f'<?xml version="1.0" encoding="UTF-8"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" '
        f'UUID="{own}"><Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint8" SizeX="40" '
        f'SizeY="32" SizeZ="2" SizeC="1" SizeT="1"><Channel ID="Channel:0:0" SamplesPerPixel="1"/>{blocks}'
        f"</Pixels></Image></OME>"
    )
    tifffile.imwrite(path, plane, photometric="minisblack", description=xml.encode(), metadata=None)


def test_all_files_of_an_image_are_read(tmp_path):
    write_part(tmp_path / "f0.ome.tif", STACK[0], OWN)
    write_part(tmp_path / "f1.ome.tif", STACK[1], OTHER)
    for name in ("f0.ome.tif", "f1.ome.tif"):
        np.testing.assert_array_equal(read_tiff(tmp_path / name).data, STACK[:2])


def test_missing_file_of_an_image_is_named_and_not_shown_black(tmp_path):
    write_part(tmp_path / "f0.ome.tif", STACK[0], OWN)
    with pytest.raises(VolumeError, match=r"f0.ome.tif is one of 2 files .* missing: f1.ome.tif. Put them beside it"):
        read_tiff(tmp_path / "f0.ome.tif")


@pytest.mark.parametrize("name", ["../f1.ome.tif", "/tmp/f1.ome.tif", "//host/share/f1.ome.tif", "C:\\f1.ome.tif"])
def test_file_does_not_decide_what_else_is_opened(tmp_path, name):
    folder = tmp_path / "inner"
    folder.mkdir()
    write_part(folder / "f0.ome.tif", STACK[0], OWN, ("f0.ome.tif", name))
    write_part(tmp_path / "f1.ome.tif", STACK[1], OTHER)
    with pytest.raises(VolumeError, match="names a part of its image elsewhere"):
        read_tiff(folder / "f0.ome.tif")


def write_ndtiff(folder, planes, names):
    """Planes as Micro-Manager's NDTiff stores them, the first in a.tif, and an index that names a file for each."""
    block = struct.pack("<IIII8s", 483729, 2, 2355492, 8, b"{}      ")
    entries = b""
    for place, (plane, name) in enumerate(zip(planes, names, strict=True)):
        rows, cols = plane.shape
        tags = {256: cols, 257: rows, 258: 8, 259: 1, 262: 1, 277: 1, 278: rows, 279: plane.size}
        pixels = 8 + len(block) + 2 + 12 * (len(tags) + 2) + 4
        fields = b"".join(
            struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted({**tags, 273: pixels}.items())
        )
        fields += struct.pack("<HHII", 51123, 2, 8, 24)
        head = b"II*\0" + struct.pack("<I", 8 + len(block))
        (folder / f"{'ab'[place]}.tif").write_bytes(
            head + block + struct.pack("<H", len(tags) + 2) + fields + bytes(4) + plane.tobytes()
        )
        axes, told = json.dumps({"z": place}).encode(), name.encode()
        entries += struct.pack("<I", len(axes)) + axes + struct.pack("<I", len(told)) + told
        entries += struct.pack("<IIIIIIII", pixels, cols, rows, 0, 0, 0, 0, 0)
    (folder / "NDTiff.index").write_bytes(entries)


def test_all_files_of_an_ndtiff_are_read_and_its_index_does_not_decide_what_else_is_opened(tmp_path):
    write_ndtiff(tmp_path, STACK[:2], ("a.tif", "b.tif"))
    np.testing.assert_array_equal(read_tiff(tmp_path / "a.tif").data, STACK[:2])
    for name in ("../b.tif", "//host/share/b.tif", str(tmp_path / "b.tif")):
        write_ndtiff(tmp_path, STACK[:2], ("a.tif", name))
        with pytest.raises(VolumeError, match="names a part of its image elsewhere"):
            read_tiff(tmp_path / "a.tif")
    write_ndtiff(tmp_path, STACK[:2], ("a.tif", "c.tif"))
    with pytest.raises(VolumeError, match=r"missing: c\.tif"):
        read_tiff(tmp_path / "a.tif")


def test_renamed_file_of_ome_opens(tmp_path):
    tifffile.imwrite(tmp_path / "a.ome.tif", STACK, ome=True, photometric="minisblack", metadata={"axes": "ZYX"})
    (tmp_path / "a.ome.tif").rename(tmp_path / "b.tif")
    np.testing.assert_array_equal(read_tiff(tmp_path / "b.tif").data, STACK)


def test_planes_that_ome_promises_and_the_file_does_not_hold_are_counted(tmp_path):
    path = tmp_path / "a.ome.tif"
    xml = (
        '<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0">'
        '<Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint8" SizeX="40" SizeY="32" SizeZ="9" SizeC="1" SizeT="1">'
        '<Channel ID="Channel:0:0" SamplesPerPixel="1"/><TiffData IFD="0" PlaneCount="6"/></Pixels></Image></OME>'
    )
    with tifffile.TiffWriter(path) as writer:
        for index, plane in enumerate(STACK):
            told = xml.encode() if index == 0 else None
            writer.write(plane, photometric="minisblack", description=told, metadata=None, contiguous=False)
    with pytest.raises(VolumeError, match=r"a.ome.tif cannot be read as TIFF .*copy or export it again"):
        read_tiff(path)


@pytest.mark.parametrize("compression", [None, "lzw", "zlib", "packbits", "jpeg"])
@pytest.mark.parametrize(
    ("form", "part"),
    [*((form, part) for form in ("imagej", "plain", "bare") for part in (0.3, 0.9, 0.99)), ("ome", 0.3), ("ome", 0.7)],
)
def test_cut_off_stack_is_never_a_shorter_stack(tmp_path, compression, form, part):
    path = tmp_path / "a.tif"
    settings = {"imagej": {"imagej": True}, "ome": {"ome": True}, "plain": {}, "bare": {"metadata": None}}[form]
    tifffile.imwrite(path, STACK, photometric="minisblack", compression=compression, **settings)
    path.write_bytes(path.read_bytes()[: int(part * path.stat().st_size)])
    with pytest.raises(VolumeError, match=r"a.tif cannot be read as TIFF \(\d+ bytes\).*copy or export it again"):
        read_tiff(path)


def test_lost_description_is_told_where_all_pixels_are_there(tmp_path):
    path = tmp_path / "a.ome.tif"
    tifffile.imwrite(path, STACK, photometric="minisblack", ome=True)
    path.write_bytes(path.read_bytes()[:-20])
    volume = read_tiff(path)
    np.testing.assert_array_equal(volume.data, STACK)
    assert "description cannot be read, so that axes or the size of pixels may be missing" in volume.notices[0]


def test_tiles_that_were_never_written_are_told(tmp_path):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, STACK[0], photometric="minisblack", tile=(16, 16), compression="zlib", metadata=None)
    with tifffile.TiffFile(path, mode="r+") as file:
        counts, offsets = (file.pages[0].tags[name] for name in ("TileByteCounts", "TileOffsets"))
        counts.overwrite((0, *counts.value[1:]))
        offsets.overwrite((0, *offsets.value[1:]))
    volume = read_tiff(path)
    assert not volume.data[:16, :16].any()
    np.testing.assert_array_equal(volume.data[16:], STACK[0, 16:])
    assert "1 of 6 tiles were never written" in volume.notices[0]


@pytest.mark.parametrize("compression", [None, "zlib", "lzw", "packbits"])
def test_header_that_promises_gigabytes_is_refused_before_they_are_taken(tmp_path, compression):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, STACK[0], photometric="minisblack", compression=compression, metadata=None)
    with tifffile.TiffFile(path, mode="r+") as file:
        for name in ("ImageWidth", "ImageLength", "RowsPerStrip"):
            file.pages[0].tags[name].overwrite(60000)
    with pytest.raises(VolumeError, match=r"a.tif cannot be read as TIFF|needs about"):
        read_tiff(path)


def test_pages_in_a_circle_are_refused(tmp_path):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, STACK, photometric="minisblack", compression="zlib", metadata=None)
    with tifffile.TiffFile(path) as file:
        third, end = file.pages[2].offset, file.pages.next_page_offset
    content = bytearray(path.read_bytes())
    content[end : end + 4] = third.to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(VolumeError, match="leads back into itself after 6 pages"):
        read_tiff(path)


@pytest.mark.parametrize(("content", "kind"), [(b"\x89PNG\r\n\x1a\n....", "PNG"), (b"\xff\xd8\xff\xe0....", "JPEG")])
def test_other_pictures_called_tiff_are_named(tmp_path, content, kind):
    (tmp_path / "a.tif").write_bytes(content)
    with pytest.raises(VolumeError, match=f"a.tif cannot be read as TIFF: it is a {kind} file"):
        read_tiff(tmp_path / "a.tif")


@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_turned_picture_is_shown_as_stored_with_a_notice(tmp_path, orientation):
    tag = (274, "H", 1, orientation, True)
    tifffile.imwrite(tmp_path / "a.tif", STACK, photometric="minisblack", extratags=[tag])
    volume = read_tiff(tmp_path / "a.tif")
    np.testing.assert_array_equal(volume.data, STACK)
    assert [f"orientation {orientation}" in each for each in volume.notices] == [True] * (orientation != 1)


def test_nothing_is_written_to_the_terminal(tmp_path, capfd):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, STACK, photometric="minisblack", compression="zlib", metadata=None)
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(VolumeError):
        read_tiff(path)
    assert capfd.readouterr() == ("", "")


def test_description_that_was_lost_in_a_hole_of_the_file_is_told(tmp_path):
    path = tmp_path / "a.ome.tif"
    tifffile.imwrite(path, STACK, ome=True, photometric="minisblack", metadata={"axes": "ZYX"})
    with tifffile.TiffFile(path) as file:
        told = file.pages.first.tags[270]
        start, end = told.valueoffset, told.valueoffset + told.count
    content = path.read_bytes()
    path.write_bytes(content[:start] + bytes(end - start) + content[end:])
    (notice,) = read_tiff(path).notices
    assert "description cannot be read" in notice


def test_description_of_ome_that_ends_early_is_told(tmp_path):
    xml = '<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Im'
    tifffile.imwrite(tmp_path / "a.tif", STACK, photometric="minisblack", description=xml, metadata=None)
    (notice,) = read_tiff(tmp_path / "a.tif").notices
    assert "description cannot be read" in notice
