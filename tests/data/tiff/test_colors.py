"""What samples of a TIFF mean, as pictures and as labels."""

import numpy as np
import pytest
import tifffile

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.tiff.read import read_tiff

GREY = np.arange(24, dtype=np.uint8).reshape(4, 6)


def written(path, data, **settings):
    tifffile.imwrite(path / "a.tif", data, **settings)
    return path / "a.tif"


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, bool])
def test_white_is_large_where_the_file_stores_it_as_zero(tmp_path, dtype):
    stored = GREY > 10 if dtype is bool else GREY.astype(dtype)
    path = written(tmp_path, stored, photometric="miniswhite")
    light = ~stored if dtype is bool else np.iinfo(dtype).max - stored
    np.testing.assert_array_equal(read_tiff(path).data, light)
    np.testing.assert_array_equal(read_tiff(path, labels=True).data, stored)


def test_palette_gives_colors_or_the_numbers_of_labels(tmp_path):
    colormap = np.random.default_rng(0).integers(0, 65535, (3, 256)).astype(np.uint16)
    path = written(tmp_path, GREY, photometric="palette", colormap=colormap)
    volume = read_tiff(path)
    assert (volume.rgb, volume.shape, volume.data.dtype) == (True, (4, 6), np.uint8)
    np.testing.assert_array_equal(volume.data, (colormap // 257).T[GREY])
    np.testing.assert_array_equal(read_tiff(path, labels=True).data, GREY)


def test_palette_of_8_bits_is_not_black(tmp_path):
    colormap = np.random.default_rng(0).integers(0, 255, (3, 256)).astype(np.uint16)
    np.testing.assert_array_equal(
        read_tiff(written(tmp_path, GREY, photometric="palette", colormap=colormap)).data, colormap.T[GREY]
    )


def test_palette_that_only_colors_intensities_gives_the_intensities(tmp_path):
    green = np.zeros((3, 256), np.uint16)
    green[1] = np.arange(256) * 257
    volume = read_tiff(written(tmp_path, GREY, photometric="palette", colormap=green))
    assert not volume.rgb
    np.testing.assert_array_equal(volume.data, GREY)


def test_lookup_table_of_imagej_gives_the_intensities(tmp_path):
    fire = np.random.default_rng(0).integers(0, 255, (3, 256)).astype(np.uint8)
    volume = read_tiff(written(tmp_path, GREY, imagej=True, colormap=fire))
    assert not volume.rgb
    np.testing.assert_array_equal(volume.data, GREY)


@pytest.mark.parametrize("planar", ["contig", "separate"])
@pytest.mark.parametrize("count", [3, 4])
@pytest.mark.parametrize("compression", [None, "lzw"])
def test_rgb_and_rgba_have_their_colors_last(tmp_path, planar, count, compression):
    colors = np.stack([GREY + i for i in range(count)], axis=-1)
    stored = colors if planar == "contig" else np.moveaxis(colors, -1, 0)
    extra = ["unassalpha"] if count == 4 else None
    settings = {"planarconfig": planar, "extrasamples": extra, "compression": compression}
    volume = read_tiff(written(tmp_path, stored, photometric="rgb", **settings))
    assert (volume.rgb, volume.shape, volume.axes) == (True, (4, 6), "YX")
    np.testing.assert_array_equal(volume.data, colors)


def test_stack_of_colors_has_them_last(tmp_path):
    colors = np.random.default_rng(0).integers(0, 255, (5, 4, 6, 3)).astype(np.uint8)
    volume = read_tiff(written(tmp_path, colors, photometric="rgb"))
    assert (volume.rgb, volume.shape, volume.axes) == (True, (5, 4, 6), "ZYX")
    np.testing.assert_array_equal(volume.data, colors)


def test_samples_beside_rgb_are_left_out_with_a_notice(tmp_path):
    bands = np.stack([GREY + i for i in range(5)], axis=-1)
    volume = read_tiff(written(tmp_path, bands, photometric="rgb", planarconfig="contig", extrasamples=[0, 0]))
    np.testing.assert_array_equal(volume.data, bands[..., :3])
    assert volume.rgb
    assert "2 samples beside red, green and blue are left out" in volume.notices[0]


def test_alpha_of_grey_is_left_out(tmp_path):
    both = np.stack([GREY, GREY * 0 + 255], axis=-1)
    settings = {"photometric": "minisblack", "planarconfig": "contig", "extrasamples": ["unassalpha"]}
    volume = read_tiff(written(tmp_path, both, **settings))
    assert (volume.rgb, volume.axes) == (False, "YX")
    np.testing.assert_array_equal(volume.data, GREY)


@pytest.mark.parametrize("count", [2, 4, 5, 6])
@pytest.mark.parametrize("planar", ["contig", "separate"])
def test_bands_are_channels(tmp_path, count, planar):
    bands = np.stack([GREY + i for i in range(count)])
    stored = np.moveaxis(bands, 0, -1) if planar == "contig" else bands
    extra = [0] * (count - 1)
    volume = read_tiff(written(tmp_path, stored, photometric="minisblack", planarconfig=planar, extrasamples=extra))
    assert (volume.rgb, volume.axes, volume.shape) == (False, "CYX", (count, 4, 6))
    np.testing.assert_array_equal(volume.data, bands)


def test_bands_of_a_stack_are_channels_of_each_slice(tmp_path):
    bands = np.random.default_rng(0).integers(0, 255, (3, 4, 6, 5)).astype(np.uint8)
    settings = {"photometric": "minisblack", "planarconfig": "contig", "extrasamples": [0] * 4}
    volume = read_tiff(written(tmp_path, bands, **settings))
    assert (volume.axes, volume.shape) == ("ZCYX", (3, 5, 4, 6))
    np.testing.assert_array_equal(volume.data, np.moveaxis(bands, -1, 1))


def test_three_grey_samples_are_shown_as_colors(tmp_path):
    bands = np.stack([GREY] * 3, axis=-1)
    assert read_tiff(written(tmp_path, bands, photometric="minisblack", planarconfig="contig")).rgb


@pytest.mark.parametrize(
    ("inks", "rgb"),
    [((0, 0, 0, 0), (255, 255, 255)), ((255, 0, 0, 0), (0, 255, 255)), ((0, 0, 0, 255), (0, 0, 0))],
)
def test_inks_become_light(tmp_path, inks, rgb):
    volume = read_tiff(written(tmp_path, np.full((4, 6, 4), inks, np.uint8), photometric="separated"))
    assert volume.rgb
    assert volume.data[0, 0].tolist() == list(rgb)


@pytest.mark.parametrize(
    ("ycbcr", "rgb"), [((128, 128, 128), (128, 128, 128)), ((76, 85, 255), (254, 0, 0)), ((29, 255, 107), (0, 0, 254))]
)
def test_luma_and_chroma_become_rgb(tmp_path, ycbcr, rgb):
    volume = read_tiff(written(tmp_path, np.full((4, 6, 3), ycbcr, np.uint8), photometric="ycbcr"))
    np.testing.assert_allclose(volume.data[0, 0], rgb, atol=1)


def test_jpeg_in_luma_and_chroma_becomes_rgb_once(tmp_path):
    red = np.full((64, 64, 3), (250, 10, 20), np.uint8)
    path = written(tmp_path, red, photometric="rgb", compression="jpeg", subsampling=(2, 2))
    with tifffile.TiffFile(path) as file:
        assert file.pages[0].photometric.name == "YCBCR"
    np.testing.assert_allclose(read_tiff(path).data[0, 0], (250, 10, 20), atol=6)


def test_colors_that_screens_do_not_show_are_refused_with_a_cure(tmp_path):
    path = written(tmp_path, np.zeros((4, 6, 3), np.uint8), photometric="cielab")
    with pytest.raises(VolumeError, match=r"holds CIELAB colors; expected grey or RGB. Convert it to RGB"):
        read_tiff(path)
