import imageio.v3 as iio
import numpy as np
import pytest
from PIL import Image

from napari_simpleclick.data.datasets.base import DatasetError
from napari_simpleclick.data.volume import Volume
from napari_simpleclick.training.crops import random_crop
from napari_simpleclick.training.pictures import labelled
from napari_simpleclick.training.pictures.labelled import LabelledPictures
from napari_simpleclick.training.pictures.readers import folder_pictures, split, volume_pictures


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    for kind in ("images", "labels"):
        (tmp_path / kind).mkdir()
    for number in range(12):
        labels = np.zeros((40, 60), np.uint16)
        labels[5:20, 10:30], labels[25:38, 35:55] = 1, 300
        iio.imwrite(tmp_path / "images" / f"{number:02}.png", rng.integers(0, 255, (40, 60), dtype=np.uint8))
        iio.imwrite(tmp_path / "labels" / f"{number:02}.png", labels)
    return tmp_path


def test_a_folder_is_read_and_every_tenth_picture_kept_for_validation(folder):
    learn, kept = split(folder_pictures(folder))
    assert (len(learn), len(kept)) == (10, 2)
    image, labels = learn[0]()
    assert image.shape == (40, 60, 3)
    assert set(np.unique(labels)) == {0, 1, 300}


def test_labels_in_a_palette_are_its_numbers_and_pictures_have_no_alpha(folder):
    numbers = Image.fromarray((iio.imread(folder / "labels" / "01.png") // 100 + 1).astype(np.uint8), "L").convert("P")
    numbers.putpalette([0, 0, 0, 250, 10, 10, 10, 250, 10, 10, 10, 250, 90, 90, 0])
    numbers.save(folder / "labels" / "01.png")
    iio.imwrite(folder / "images" / "01.png", np.full((40, 60, 4), 90, np.uint8))
    image, labels = folder_pictures(folder)[1]()
    assert image.shape == (40, 60, 3)
    assert set(np.unique(labels)) == {1, 4}


def test_examples_hold_one_object_at_the_size_asked_for(folder):
    source = LabelledPictures(folder_pictures(folder))
    for seed in range(20):
        example = source.example(np.random.default_rng(seed), 64)
        assert example.image.shape == (64, 64, 3)
        assert example.target.shape == (64, 64)
        assert example.target.any()


def test_examples_are_reproducible(folder):
    first, second = (LabelledPictures(folder_pictures(folder)).example(np.random.default_rng(3), 64) for _ in "ab")
    np.testing.assert_array_equal(first.image, second.image)
    np.testing.assert_array_equal(first.target, second.target)


def test_crops_keep_picture_and_target_together():
    target = np.zeros((80, 120), bool)
    target[30:50, 40:90] = True
    image = np.repeat(target[..., None].astype(np.uint8) * 255, 3, axis=-1)
    for seed in range(30):
        crop, mask = random_crop(np.random.default_rng(seed), image, target, 96, furthest=9)
        assert ((crop[..., 0] > 127) == mask).mean() > 0.97


def test_an_image_without_labels_is_named(folder):
    (folder / "labels" / "03.png").unlink()
    with pytest.raises(DatasetError, match="03"):
        folder_pictures(folder)


def test_labels_without_large_objects_end_with_advice():
    empty = LabelledPictures([lambda: (np.zeros((9, 9, 3), np.uint8), np.zeros((9, 9), np.int32))])
    with pytest.raises(ValueError, match="Check the labels"):
        empty.example(np.random.default_rng(0), 32)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_labelled_planes_of_a_volume_are_found_along_any_axis(axis):
    labels = np.zeros((10, 30, 40), np.uint8)
    labels[3:6, 5:15, 5:15] = labels[3:6, 20:28, 25:38] = 1
    volume = Volume(np.random.default_rng(0).random(labels.shape, dtype=np.float32), (1.0, 1.0, 1.0))
    readers = volume_pictures(volume, labels, axis=axis)
    assert len(readers) == np.count_nonzero((labels > 0).any(axis=tuple({0, 1, 2} - {axis})))
    image, marks = readers[0]()
    assert image.shape == (*np.delete(labels.shape, axis), 3)
    assert marks.shape == image.shape[:2]


def test_components_of_a_single_label_are_objects():
    labels = np.zeros((4, 30, 40), np.uint8)
    labels[2, 5:15, 5:15] = labels[2, 20:28, 25:38] = 1
    ((_, marks),) = (read() for read in volume_pictures(Volume(labels * 9.0, (1.0, 1.0, 1.0)), labels))
    assert marks.max() == 2


def test_volume_and_labels_of_different_shape_are_refused():
    with pytest.raises(DatasetError, match="one shape"):
        volume_pictures(Volume(np.zeros((4, 8, 8)), (1.0, 1.0, 1.0)), np.zeros((4, 8, 9), np.uint8))


def test_empty_labels_are_refused():
    with pytest.raises(DatasetError, match="nothing to learn"):
        volume_pictures(Volume(np.zeros((4, 8, 8)), (1.0, 1.0, 1.0)), np.zeros((4, 8, 8), np.uint8))


def test_pictures_with_many_objects_come_more_often(monkeypatch):
    """An evaluation asks for every object, so a picture with forty matters more than one with a single one."""
    many = np.kron(np.arange(1, 41).reshape(5, 8), np.ones((10, 10), int)).astype(np.int32)
    single = np.where(many == 1, 1, 0).astype(np.int32)
    white, black = (np.full((*many.shape, 3), value, np.uint8) for value in (255, 0))
    pictures = LabelledPictures([lambda: (white, many), lambda: (black, single)])
    monkeypatch.setattr(labelled, "vary", lambda _rng, example, _kind: example)
    chosen = [pictures.example(np.random.default_rng(seed), 32).image.any() for seed in range(100)]
    assert 0.8 < np.mean(chosen) < 0.98


def test_some_targets_are_drawn_as_somebody_else_might_where_that_is_asked_for(monkeypatch):
    disk = np.hypot(*(np.mgrid[:64, :64] - 32)) < 12
    image = np.repeat(disk[..., None] * np.uint8(255), 3, axis=-1)
    monkeypatch.setattr(labelled, "vary", lambda _rng, example, _kind: example)
    monkeypatch.setattr(labelled, "drawn_by_hand", lambda _rng, target: np.zeros_like(target))

    def part_redrawn(redrawn: float) -> float:
        pictures = LabelledPictures([lambda: (image, disk.astype(np.int32))], redrawn)
        return np.mean([not pictures.example(np.random.default_rng(seed), 96).target.any() for seed in range(60)])

    assert part_redrawn(0.0) == 0
    assert 0.08 < part_redrawn(0.2) < 0.4
    assert part_redrawn(1.0) == 1
