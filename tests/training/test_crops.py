import numpy as np
import pytest

from napari_simpleclick.arrays import Box
from napari_simpleclick.training.crops import STRONGEST_ZOOM, random_crop, region_around


def square(size: int, side: int) -> np.ndarray:
    mask = np.zeros((size, size), bool)
    start = (size - side) // 2
    mask[start : start + side, start : start + side] = True
    return mask


def image_of(mask: np.ndarray) -> np.ndarray:
    return np.repeat(mask[..., None].astype(np.uint8) * 255, 3, axis=-1)


def test_objects_are_enlarged_as_asked_and_never_cut():
    target = square(300, 60)
    sides = []
    for seed in range(40):
        _, mask = random_crop(np.random.default_rng(seed), image_of(target), target, 96, furthest=3)
        sides.append(np.sqrt(mask.sum()))
        assert not mask[[0, -1]].any()
        assert not mask[:, [0, -1]].any()
    assert min(sides) == pytest.approx(96 / 3, rel=0.1)
    assert max(sides) == pytest.approx(96 / 1.2, rel=0.1)


def test_pixels_are_not_enlarged_without_limit():
    target = square(300, 4)
    _, mask = random_crop(np.random.default_rng(0), image_of(target), target, 96, furthest=1.5)
    assert np.sqrt(mask.sum()) == pytest.approx(4 * STRONGEST_ZOOM, rel=0.2)


def test_nothing_cannot_be_cropped():
    empty = np.zeros((20, 20), bool)
    with pytest.raises(ValueError, match="empty"):
        random_crop(np.random.default_rng(0), image_of(empty), empty, 16, furthest=2)


def test_regions_follow_the_object_on_each_axis_as_the_predictors_do():
    box = Box(300, 310, 200, 700)
    for seed in range(40):
        (top, bottom), (left, right) = region_around(np.random.default_rng(seed), box, (1000, 1000))
        assert bottom - top == 112
        assert 1.15 * 500 <= right - left <= min(2 * 500, 1000)
        assert top <= 300
        assert bottom >= 310
        assert left <= 200
        assert right >= 700
