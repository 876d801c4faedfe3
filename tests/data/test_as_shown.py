"""Files as the window showed them, whichever reader opened them there."""

import imageio.v3 as iio
import numpy as np
import pytest
import tifffile
from napari_builtins.io import magic_imread
from PIL import Image

from napari_simpleclick.data.as_shown import read_as_shown
from napari_simpleclick.data.io import read_volume

COLOR = np.random.default_rng(0).integers(0, 255, (20, 24, 4), np.uint8)


def planar_tiff(path):
    tifffile.imwrite(path / "a.tif", np.moveaxis(COLOR[..., :3], -1, 0), photometric="rgb", planarconfig="separate")
    return path / "a.tif"


def inverted_tiff(path):
    tifffile.imwrite(path / "a.tif", COLOR[..., 0], photometric="miniswhite")
    return path / "a.tif"


def picture(name, mode):
    def make(path):
        Image.fromarray(COLOR).convert(mode).save(path / name)
        return path / name

    return make


def folder(path):
    for number in (2, 10, 1):
        Image.fromarray(COLOR).save(path / f"{number}.png")
    return path


@pytest.mark.parametrize(
    "make",
    [planar_tiff, inverted_tiff, picture("a.gif", "P"), picture("a.png", "RGBA"), picture("a.png", "LA"), folder],
)
def test_array_is_the_one_that_either_reader_showed(tmp_path, make):
    path = make(tmp_path)
    ours, theirs = np.asarray(read_volume(path).data), np.asarray(magic_imread(str(path)))
    assert ours.shape != theirs.shape or not np.array_equal(ours, theirs)
    for shown in (ours, theirs):
        rgb = shown.shape[-1] in (3, 4)
        volume = read_as_shown(path, lambda data, shown=shown: np.array_equal(data, shown), rgb=rgb)
        np.testing.assert_array_equal(volume.data, shown)
        assert len(volume.spacing) == len(volume.shape) == shown.ndim - rgb


def test_array_that_nobody_showed_is_ours(tmp_path):
    iio.imwrite(tmp_path / "a.png", COLOR)
    assert read_as_shown(tmp_path / "a.png", lambda _: False, rgb=True).shape == (20, 24)
