"""Pictures of every kind: GIF, palettes, 16 bits, alpha, turned photos, large ones, damage; and folders of them."""

import struct
import zlib

import imagecodecs
import imageio.v3 as iio
import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.folder import read_folder
from napari_simpleclick.data.io import read_volume
from napari_simpleclick.data.pictures import read_marks, read_picture, read_rgb

GREY = np.arange(20 * 24, dtype=np.uint16).reshape(20, 24).astype(np.uint8)
COLOR = np.stack([GREY, GREY[::-1], GREY[:, ::-1]], axis=-1)


def saved(path, mode, **settings):
    (Image.fromarray(GREY) if mode == "L" else Image.fromarray(COLOR).convert(mode)).save(path, **settings)
    return path


@pytest.mark.parametrize(
    ("mode", "ending", "shape"),
    [
        ("L", "png", (20, 24)),
        ("LA", "png", (20, 24)),
        ("1", "png", (20, 24)),
        ("P", "png", (20, 24, 3)),
        ("RGB", "png", (20, 24, 3)),
        ("RGBA", "png", (20, 24, 3)),
        ("L", "jpg", (20, 24)),
        ("RGB", "jpeg", (20, 24, 3)),
        ("CMYK", "jpg", (20, 24, 3)),
        ("L", "gif", (20, 24)),
        ("P", "gif", (20, 24, 3)),
        ("1", "bmp", (20, 24)),
        ("L", "bmp", (20, 24)),
        ("P", "bmp", (20, 24, 3)),
        ("RGB", "bmp", (20, 24, 3)),
        ("L", "TIF", (20, 24)),
        ("RGBA", "tif", (20, 24, 3)),
        ("CMYK", "tiff", (20, 24, 3)),
        ("LA", "tif", (20, 24)),
    ],
)
def test_every_kind_is_grey_or_rgb(tmp_path, mode, ending, shape):
    path = saved(tmp_path / f"a.{ending}", mode)
    assert read_picture(path).shape == shape
    assert (read_rgb(path).shape, read_rgb(path).dtype) == ((20, 24, 3), np.uint8)
    assert read_volume(path).shape == (20, 24)
    assert read_marks(path).shape == (20, 24)


@pytest.mark.parametrize(("mode", "ending"), [("L", "png"), ("RGB", "png"), ("P", "png"), ("RGB", "jpg"), ("L", "bmp")])
def test_pixels_are_those_that_napari_shows(tmp_path, mode, ending):
    path = saved(tmp_path / f"a.{ending}", mode)
    np.testing.assert_array_equal(read_volume(path).data, iio.imread(path))


def test_gif_of_one_frame_is_a_picture_and_of_several_a_stack_in_time(tmp_path):
    frames = [Image.fromarray(np.roll(COLOR, shift, axis=0)) for shift in range(3)]
    frames[0].save(tmp_path / "one.gif")
    frames[0].save(tmp_path / "many.gif", save_all=True, append_images=frames[1:])
    assert read_volume(tmp_path / "one.gif").shape == (20, 24)
    volume = read_volume(tmp_path / "many.gif")
    assert (volume.shape, volume.axes, volume.rgb) == ((3, 20, 24), "TYX", True)
    np.testing.assert_array_equal(volume.data, iio.imread(tmp_path / "many.gif"))
    with pytest.raises(VolumeError, match=r"many.gif: expected one grey or color picture, got 3 x 20 x 24 pixels"):
        read_picture(tmp_path / "many.gif")


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_png_of_16_bits_keeps_them(tmp_path, count):
    deep = np.random.default_rng(0).integers(0, 4000, (20, 24, count)).astype(np.uint16)
    (tmp_path / "a.png").write_bytes(imagecodecs.png_encode(deep.squeeze()))
    data = read_volume(tmp_path / "a.png").data
    assert data.dtype == np.uint16
    np.testing.assert_array_equal(data, deep[..., 0] if count < 3 else deep[..., :3])


def test_damaged_png_of_16_bits_is_refused(tmp_path):
    content = bytearray(imagecodecs.png_encode(np.full((20, 24, 3), 9, np.uint16)))
    content[60] ^= 4
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(VolumeError, match="cannot be read as a picture"):
        read_volume(tmp_path / "a.png")


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "I;16"])
def test_every_flipped_bit_of_a_png_is_noticed(tmp_path, mode):
    pixels = (
        np.random.default_rng(0).integers(0, 255, (24, 24), np.uint8).astype(np.uint16 if "16" in mode else np.uint8)
    )
    Image.fromarray(pixels).convert(mode).save(tmp_path / "whole.png")
    content = (tmp_path / "whole.png").read_bytes()
    for place in range(len(content) // 2, len(content) - 12, 7):  # the last part ends the file and holds nothing
        damaged = bytearray(content)
        damaged[place] ^= 1 << place % 8
        (tmp_path / "a.png").write_bytes(damaged)
        for read in (read_volume, read_marks):
            with pytest.raises(VolumeError):
                read(tmp_path / "a.png")


def test_png_with_a_hole_is_refused(tmp_path):
    Image.fromarray(np.random.default_rng(0).integers(0, 9, (64, 64), np.uint8)).save(tmp_path / "a.png")
    content = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(content[: len(content) // 2] + bytes(len(content) - len(content) // 2))
    with pytest.raises(VolumeError, match="cannot be read as a picture"):
        read_volume(tmp_path / "a.png")


def test_transparent_places_of_a_palette_keep_their_colors_without_a_warning(tmp_path, recwarn):
    image = Image.fromarray(COLOR).quantize(8)
    image.save(tmp_path / "a.png", transparency=bytes([0, 99, *[255] * 6]))
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png"), np.asarray(image.convert("RGB")))
    assert not list(recwarn)


def test_transparent_colors_are_left_out(tmp_path):
    rgba = np.dstack([COLOR, GREY])
    Image.fromarray(rgba).save(tmp_path / "a.png")
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png"), COLOR)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turned_photo_is_the_same_in_window_commands_and_evaluation(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(tmp_path / "a.jpg", "RGB", exif=exif)
    volume = read_volume(path)
    for other in (iio.imread(path), read_picture(path), read_rgb(path)):
        np.testing.assert_array_equal(volume.data, other)
    assert bool(volume.notices) == (orientation != 1)


def bomb(side):
    """A PNG of a few bytes that promises a square."""

    def block(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + block(b"IHDR", head) + block(b"IDAT", zlib.compress(b"0")) + block(b"IEND", b"")


@pytest.mark.parametrize("side", [30_000, 60_000, 2**31 - 1])
def test_header_that_promises_too_much_is_refused(tmp_path, side):
    (tmp_path / "a.png").write_bytes(bomb(side))
    for read in (read_volume, read_marks, read_rgb):
        with pytest.raises(VolumeError, match=r"a.png promises more pixels than its bytes or the memory can hold"):
            read(tmp_path / "a.png")


def test_jpeg_that_promises_more_pixels_than_its_bytes_can_hold_is_refused(tmp_path):
    """Two bytes of its header make 142 million pixels of 700 bytes, which are filled with grey for seconds."""
    Image.new("L", (64, 64)).save(tmp_path / "a.jpg")
    held = bytearray((tmp_path / "a.jpg").read_bytes())
    size = held.index(b"\xff\xc0") + 5
    held[size : size + 4] = (12000).to_bytes(2, "big") * 2
    (tmp_path / "a.jpg").write_bytes(held)
    for read in (read_volume, read_marks, read_rgb):
        with pytest.raises(VolumeError, match=r"a.jpg promises more pixels than its bytes or the memory can hold"):
            read(tmp_path / "a.jpg")


@pytest.mark.parametrize("options", [{}, {"progressive": True, "optimize": True}, {"optimize": True, "quality": 1}])
def test_empty_jpeg_is_read_however_small_it_is(tmp_path, options):
    Image.new("L", (5000, 5000), 255).save(tmp_path / "a.jpg", **options)
    assert read_volume(tmp_path / "a.jpg").data.min() > 250


def test_picture_beyond_the_limit_of_pillow_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    assert read_volume(saved(tmp_path / "a.png", "L")).shape == (20, 24)
    assert Image.MAX_IMAGE_PIXELS == 10


def test_other_formats_under_the_name_of_a_picture_are_not_run(tmp_path):
    (tmp_path / "a.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n")
    with pytest.raises(VolumeError, match=r"a.png cannot be read as a picture"):
        read_picture(tmp_path / "a.png")


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_missing_picture_is_named(tmp_path, name):
    for read in (read_picture, read_marks, read_rgb):
        with pytest.raises(VolumeError, match=f"No file .*{name}"):
            read(tmp_path / name)


@pytest.mark.parametrize(("mode", "ending"), [("RGB", "png"), ("RGB", "jpg"), ("RGB", "bmp"), ("P", "gif")])
@pytest.mark.parametrize("part", [0.0, 0.3, 0.6, 0.9])
def test_cut_off_picture_is_refused(tmp_path, mode, ending, part):
    path = tmp_path / f"a.{ending}"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)).convert(mode).save(path)
    path.write_bytes(path.read_bytes()[: int(part * path.stat().st_size)])
    for read in (read_volume, read_marks):
        with pytest.raises(VolumeError, match=r"cannot be read as a picture|promises more pixels"):
            read(path)


def test_stack_in_a_tiff_is_no_picture(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((5, 8, 8), np.uint8), photometric="minisblack")
    with pytest.raises(VolumeError, match=r"expected one grey or color picture, got 5 x 8 x 8 pixels with axes ZYX"):
        read_picture(tmp_path / "a.tif")
    with pytest.raises(VolumeError, match="expected one plane of labels"):
        read_marks(tmp_path / "a.tif")


@settings(max_examples=40, deadline=None)
@given(numbers=st.lists(st.integers(0, 10**6), min_size=2, max_size=12, unique=True), padded=st.booleans())
def test_folder_is_in_the_order_of_numbers(tmp_path_factory, numbers, padded):
    folder = tmp_path_factory.mktemp("slices")
    for place, number in enumerate(sorted(numbers)):
        name = f"slice{number:07d}.png" if padded else f"slice{number}.png"
        iio.imwrite(folder / name, np.full((2, 3), place, np.uint8))
    assert read_folder(folder).data[:, 0, 0].tolist() == list(range(len(numbers)))


def test_folder_is_in_the_order_of_napari(tmp_path):
    from napari_builtins.io import magic_imread

    for index in range(12):
        iio.imwrite(tmp_path / f"slice{index}.png", np.full((8, 8), index, np.uint8))
    np.testing.assert_array_equal(read_folder(tmp_path).data, np.asarray(magic_imread(str(tmp_path))))


@pytest.mark.parametrize("word", ["_mask", "-mask", "_seg", "_labels", "_label", "_gt", "_cp_masks", ".annotation"])
def test_masks_beside_the_pictures_of_a_folder_are_left_out_of_the_stack_and_told(tmp_path, word):
    for index in range(4):
        iio.imwrite(tmp_path / f"slice{index}.png", np.full((8, 8), index, np.uint8))
    for index in (0, 1):
        iio.imwrite(tmp_path / f"slice{index}{word}.tif", np.full((8, 8), 9, np.uint8))
    volume = read_folder(tmp_path)
    assert volume.data[:, 0, 0].tolist() == [0, 1, 2, 3]
    assert "2 masks are left out of the stack" in volume.notices[0]
    assert f"slice0{word}.tif" in volume.notices[0]


def test_folder_of_masks_alone_is_a_stack(tmp_path):
    for index in range(3):
        iio.imwrite(tmp_path / f"slice{index}_mask.png", np.full((8, 8), index, np.uint8))
    volume = read_folder(tmp_path)
    assert (volume.data[:, 0, 0].tolist(), volume.notices) == ([0, 1, 2], ())


def test_types_of_a_folder_are_brought_together(tmp_path):
    tifffile.imwrite(tmp_path / "1.tif", np.full((8, 8), 5, np.uint8))
    tifffile.imwrite(tmp_path / "2.tif", np.full((8, 8), 5000, np.uint16))
    volume = read_folder(tmp_path)
    assert (volume.axes, volume.data[:, 0, 0].tolist()) == ("ZYX", [5, 5000])


def test_damaged_picture_of_a_folder_is_named(tmp_path):
    iio.imwrite(tmp_path / "1.png", GREY)
    (tmp_path / "2.png").write_bytes(b"\x89PNG")
    with pytest.raises(VolumeError, match=r"2.png cannot be read as a picture"):
        read_folder(tmp_path)
