"""Masks of your own pictures: what every program writes, two objects each time, or a message."""

import imageio.v3 as iio
import numpy as np
import pytest
import tifffile
from PIL import Image
from scipy.spatial import cKDTree

from napari_simpleclick.data.datasets.base import DatasetError
from napari_simpleclick.data.datasets.folder import own_pictures
from napari_simpleclick.data.datasets.options import DatasetOptions
from napari_simpleclick.data.datasets.own_masks import read_own_mask
from napari_simpleclick.data.pictures import read_picture

ROWS, COLS = np.mgrid[:96, :96]
FIRST = (ROWS - 30) ** 2 + (COLS - 30) ** 2 <= 14**2
SECOND = (ROWS - 66) ** 2 + (COLS - 64) ** 2 <= 16**2
BOTH = FIRST | SECOND
LEFT, RIGHT, RIM = (np.zeros((96, 96), bool) for _ in range(3))
LEFT[30:60, 20:48] = RIGHT[30:60, 48:76] = RIM[28:30, 20:76] = True


def colored(rim=False, shape=(96, 96, 3)):
    colors = np.zeros(shape, np.uint8)
    colors[LEFT, :3], colors[RIGHT, :3] = (128, 0, 0), (0, 128, 0)
    colors[RIM, :3] = (224, 224, 192) if rim else 0
    return colors


def palette():
    image = Image.fromarray((LEFT * 1 + RIGHT * 2 + RIM * 255).astype(np.uint8))
    image.putpalette([0, 0, 0, 128, 0, 0, 0, 128, 0, *[0] * 759])
    return image


def resized():
    small = Image.fromarray(BOTH.astype(np.uint8) * 255).resize((48, 48), Image.Resampling.BILINEAR)
    return np.asarray(small.resize((96, 96), Image.Resampling.BILINEAR))


def sample(tmp_path, *masks, names=("a.png",), **settings):
    for folder in ("images", "masks"):
        (tmp_path / folder).mkdir(exist_ok=True)
    Image.fromarray(np.zeros((96, 96), np.uint8)).save(tmp_path / "images" / "a.png")
    for mask, name in zip(masks, names, strict=True):
        path = tmp_path / "masks" / name
        path.parent.mkdir(exist_ok=True)
        if path.suffix == ".tif":
            tifffile.imwrite(path, mask, **settings)
        else:
            (mask if isinstance(mask, Image.Image) else Image.fromarray(mask)).save(path, **settings)
    return own_pictures("own", tmp_path / "images", tmp_path / "masks", DatasetOptions())[0]


@pytest.mark.parametrize(
    ("mask", "name"),
    [
        (BOTH, "a.png"),
        (BOTH.astype(np.uint8), "a.png"),
        (BOTH.astype(np.uint8) * 255, "a.png"),
        (BOTH.astype(np.uint8) * 128, "a.bmp"),
        (np.dstack([BOTH.astype(np.uint8) * 255] * 3), "a.png"),
        (np.dstack([BOTH.astype(np.uint8) * 255] * 4), "a.png"),
        (BOTH.astype(np.float32), "a.tif"),
        (BOTH.astype(np.uint8)[None], "a.tif"),
        (FIRST * np.uint8(1) + SECOND * np.uint8(2), "a.png"),
        (FIRST * np.uint8(128) + SECOND * np.uint8(255), "a.png"),
        (FIRST * np.uint16(300) + SECOND * np.uint16(40000), "a.png"),
        (FIRST * np.int32(70000) + SECOND * np.int32(80000), "a.tif"),
        (FIRST * np.uint64(2**40) + SECOND * np.uint64(2**40 + 2**32), "a.tif"),
        (FIRST * 2.0**33 + SECOND * 2.0**34, "a.tif"),
    ],
)
def test_numbers_of_any_width_are_two_objects(tmp_path, mask, name):
    found = sample(tmp_path, mask, names=(name,))
    assert [int(found.mask(number).sum()) for number in found.object_ids] == [FIRST.sum(), SECOND.sum()]
    assert found.ignore is None


@pytest.mark.parametrize(
    ("mask", "ignored"),
    [
        (colored(), False),
        (colored(rim=True), True),
        (np.dstack([colored(), np.full((96, 96), 255, np.uint8)]), False),
        (palette(), True),
        ((LEFT * 1 + RIGHT * 2 + RIM * 255).astype(np.uint8), True),
    ],
)
def test_colors_and_palettes_are_objects_and_rims_are_none(tmp_path, mask, ignored):
    found = sample(tmp_path, mask)
    assert sorted(int(found.mask(number).sum()) for number in found.object_ids) == [LEFT.sum(), RIGHT.sum()]
    np.testing.assert_array_equal(RIM if ignored else None, found.ignore)


@pytest.mark.parametrize("name", ["a.jpg", "a.png"])
def test_soft_edges_of_a_mask_are_cut_where_it_is_half(tmp_path, name):
    mask = BOTH.astype(np.uint8) * 255 if name == "a.jpg" else resized()
    found = sample(tmp_path, mask, names=(name,))
    assert len(found.object_ids) == 2
    assert np.count_nonzero((found.labels > 0) != BOTH) < 60


@pytest.mark.parametrize(
    ("mask", "name", "message"),
    [
        (resized().astype(np.float32) / 255, "a.tif", r"a.tif: numbers of objects must be whole, got \d+ other values"),
        ((FIRST * 0.5 + SECOND).astype(np.float32), "a.tif", r"got 1 other values, such as \[0.5\]"),
        (np.where(FIRST, np.nan, 1.0), "a.tif", "must be whole, got 1 other values"),
        (colored(), "a.jpg", r"a.jpg: \d+ colors were found, most of them only along edges"),
        (colored() + np.uint8(9), "a.png", "has a black background, got 3 colors without black"),
        (np.zeros((2, 96, 96), np.uint8), "a.tif", r"expected the mask of one picture, got an array of shape \(2, 96"),
        (np.kron(BOTH, np.ones((2, 2))).astype(np.uint8), "a.png", r"same height and width.*\(192, 192\)"),
    ],
)
def test_what_is_no_mask_is_refused_with_what_was_found(tmp_path, mask, name, message):
    with pytest.raises(DatasetError, match=message):
        sample(tmp_path, mask, names=(name,))


def cut_out(color, hidden):
    """Objects in one color, and what lies under transparent pixels."""
    colors = np.where(BOTH[..., None], np.uint8(color), np.uint8(hidden))
    return np.dstack([colors, BOTH.astype(np.uint8) * 255])


@pytest.mark.parametrize(
    "mask",
    [
        cut_out((255, 0, 0), (255, 255, 255)),
        cut_out((200, 200, 200), (200, 200, 200)),
        cut_out((0, 0, 0), (0, 0, 0)),
        np.dstack([np.full_like(BOTH, 255, np.uint8), BOTH.astype(np.uint8) * 255]),
    ],
)
@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_mask_in_the_alpha_channel_is_seen(tmp_path, mask, name):
    if name == "a.tif" and mask.shape[-1] == 2:
        pytest.skip("alpha of grey is left out where TIFF is read")
    settings = {"photometric": "rgb", "extrasamples": ["unassalpha"]} if name == "a.tif" else {}
    found = sample(tmp_path, mask, names=(name,), **settings)
    assert [int(found.mask(number).sum()) for number in found.object_ids] == [FIRST.sum(), SECOND.sum()]


def test_colors_that_nobody_sees_are_no_objects(tmp_path):
    mask = np.dstack([colored(), np.where(LEFT | RIGHT, 255, 0).astype(np.uint8)])
    mask[~(LEFT | RIGHT), :3] = 255
    assert len(sample(tmp_path, mask).object_ids) == 2


def test_two_numbers_with_soft_edges_are_not_taken_for_one(tmp_path):
    mask = (FIRST * 120 + SECOND * 240).astype(np.uint8)
    with pytest.raises(DatasetError, match=r"a.jpg: \d+ numbers were found, most of them only along edges"):
        sample(tmp_path, mask, names=("a.jpg",))


@pytest.mark.parametrize(
    ("mask", "told"),
    [
        ((~BOTH).astype(np.uint8) * 255, "a.png: an object fills all corners and most of the picture. Is 0 the object"),
        (BOTH.astype(np.uint8) + 1, "a.png: no pixel is 0, so that the background"),
        (BOTH, None),
    ],
)
def test_mask_that_may_be_inverted_or_without_background_is_told(tmp_path, mask, told):
    notices = sample(tmp_path, np.asarray(mask, np.uint8)).notices
    assert [each.startswith(told) for each in notices] == [True] if told else notices == ()


def test_accents_of_macos_and_of_other_systems_are_one_name(tmp_path):
    for folder, name in (("images", "e\u0301.png"), ("masks", "\u00e9.png")):
        (tmp_path / folder).mkdir()
        Image.fromarray(BOTH).save(tmp_path / folder / name)
    assert len(own_pictures("own", tmp_path / "images", tmp_path / "masks", DatasetOptions())) == 1


@pytest.mark.parametrize(
    ("picture", "mask"), [("a.ome.tif", "a.png"), ("a.tif", "a.ome.tif"), ("a.b.png", "a.b_cp_masks.tif")]
)
def test_name_ends_where_the_ending_of_its_format_begins(tmp_path, picture, mask):
    for name, pixels in ((f"images/{picture}", FIRST * 9), (f"masks/{mask}", BOTH * 1)):
        (tmp_path / name).parent.mkdir()
        iio.imwrite(tmp_path / name, pixels.astype(np.uint8))
    found = own_pictures("own", tmp_path / "images", tmp_path / "masks", DatasetOptions())
    assert len(found[0].object_ids) == 2


def test_masks_may_lie_beside_the_pictures_of_one_folder(tmp_path):
    for name, pixels in (("a.png", FIRST * 9), ("a_mask.png", BOTH), ("b.ome.tif", FIRST), ("b_seg.tif", FIRST)):
        iio.imwrite(tmp_path / name, pixels.astype(np.uint8))
    found = own_pictures("own", tmp_path, tmp_path, DatasetOptions())
    assert [(each.name, len(each.object_ids)) for each in (found[0], found[1])] == [("a.png", 2), ("b.ome.tif", 1)]


def test_no_picture_of_a_folder_of_pictures_is_taken_for_a_mask(tmp_path):
    for name in ("images/x.png", "images/x_label.png", "masks/x.png", "masks/x_label.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        iio.imwrite(tmp_path / name, BOTH.astype(np.uint8))
    found = own_pictures("own", tmp_path / "images", tmp_path / "masks", DatasetOptions())
    assert [found[0].name, found[1].name] == ["x.png", "x_label.png"]


def test_numbers_mixed_by_interpolation_are_refused(tmp_path):
    numbers = Image.fromarray((LEFT * 60 + RIGHT * 200 + FIRST * ~LEFT * 120).astype(np.uint8))
    mixed = np.asarray(numbers.resize((50, 50), Image.Resampling.BICUBIC).resize((96, 96), Image.Resampling.BICUBIC))
    with pytest.raises(DatasetError, match=r"numbers were found, most of them only along edges.*nearest pixel"):
        sample(tmp_path, mixed)


@pytest.mark.parametrize("numbers", [(3, 3), (2, 2), (3, 7), (1, 9)])
@pytest.mark.parametrize("side", [64, 150])
def test_few_numbers_that_were_resized_with_interpolation_are_refused_and_by_the_nearest_pixel_read(
    tmp_path, numbers, side
):
    drawn = Image.fromarray((FIRST * numbers[0] + SECOND * numbers[1]).astype(np.uint8))
    for way, file in ((Image.Resampling.BILINEAR, "soft.png"), (Image.Resampling.NEAREST, "hard.png")):
        drawn.resize((side, side), way).save(tmp_path / file)
    with pytest.raises(DatasetError, match=r"soft.png: along its edges lie numbers between .* by the nearest pixel"):
        read_own_mask(tmp_path / "soft.png")
    assert set(np.unique(read_own_mask(tmp_path / "hard.png"))) == {0, *numbers}


def test_small_objects_that_touch_are_not_taken_for_edges(tmp_path):
    places = np.random.default_rng(0).random((1500, 2)) * 128
    labels = cKDTree(places).query(np.stack(np.mgrid[:128, :128], -1).reshape(-1, 2))[1].reshape(128, 128)
    tifffile.imwrite(tmp_path / "cells.tif", labels.astype(np.uint16))
    np.testing.assert_array_equal(read_own_mask(tmp_path / "cells.tif"), labels)


@pytest.mark.parametrize("names", [("a_1.png", "a_2.png"), ("a-x.png", "a-y.tif"), ("a/1.png", "a/2.png")])
def test_one_file_for_each_object(tmp_path, names):
    found = sample(tmp_path, FIRST.astype(np.uint8), SECOND.astype(np.uint8) * 255, names=names)
    assert [int(found.mask(number).sum()) for number in found.object_ids] == [FIRST.sum(), SECOND.sum()]


def test_one_file_for_all_objects_may_have_a_word_behind_the_name(tmp_path):
    assert len(sample(tmp_path, BOTH, names=("a_mask.png",)).object_ids) == 2


def test_objects_that_overlap_are_refused(tmp_path):
    with pytest.raises(DatasetError, match=f"a_1.png, a_2.png {FIRST.sum()} pixels belong to several objects"):
        sample(tmp_path, FIRST, BOTH, names=("a_1.png", "a_2.png"))


def test_two_files_of_one_name_are_told(tmp_path):
    with pytest.raises(DatasetError, match=r"holds a.bmp and a.png, which have one name"):
        sample(tmp_path, BOTH, BOTH, names=("a.png", "a.bmp"))


def test_mask_without_a_picture_is_told(tmp_path):
    with pytest.raises(DatasetError, match="without a partner: b"):
        sample(tmp_path, BOTH, BOTH, names=("a.png", "b.png"))


@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_turn_of_a_camera_is_carried_out_in_neither_picture_nor_mask(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    marks = np.zeros((40, 60), np.uint8)
    marks[5:15, 10:20] = 255
    for name in ("picture.png", "mask.png"):
        Image.fromarray(marks).save(tmp_path / name, exif=exif)
    np.testing.assert_array_equal(read_own_mask(tmp_path / "mask.png") > 0, read_picture(tmp_path / "picture.png") > 0)
