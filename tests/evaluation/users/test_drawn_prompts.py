import numpy as np
import pytest
from skimage.draw import ellipse, polygon2mask

from napari_simpleclick.evaluation.users.drawn_prompts import drawn_prompt


@pytest.fixture
def target():
    mask = np.zeros((160, 180), bool)
    mask[ellipse(90, 70, 20, 40, rotation=0.5)] = True
    return mask


def drawn(target, kind, count=40):
    return [drawn_prompt(np.random.default_rng(seed), target, kind) for seed in range(count)]


@pytest.mark.parametrize("kind", ["box", "lasso"])
def test_boxes_and_lassos_hold_nearly_all_of_the_object_and_little_else(target, kind):
    inside = [polygon2mask(target.shape, prompt.path) for prompt in drawn(target, kind)]
    assert np.mean([(target & mask).sum() / target.sum() for mask in inside]) > 0.97
    assert np.mean([mask.sum() for mask in inside]) < 3 * target.sum()


def test_lassos_are_closer_than_boxes(target):
    lassos, boxes = (
        np.mean([polygon2mask(target.shape, each.path).sum() for each in drawn(target, kind)])
        for kind in ("lasso", "box")
    )
    assert lassos < boxes


def test_lassos_go_around_all_pieces_of_an_object(target):
    target[10:20, 130:140] = True
    inside = [polygon2mask(target.shape, prompt.path) for prompt in drawn(target, "lasso", 20)]
    assert np.mean([mask[12:18, 132:138].all() for mask in inside]) > 0.9


def test_scribbles_stay_inside_and_are_lines(target):
    scribbles = drawn(target, "scribble")
    assert all(target[round(row), round(col)] for prompt in scribbles for row, col in prompt.points)
    assert np.median([len(prompt.points) for prompt in scribbles]) >= 4


@pytest.mark.parametrize("kind", ["box", "lasso", "scribble"])
def test_single_pixels_in_corners_and_full_pictures_can_be_drawn_on(kind):
    full, single = np.ones((64, 64), bool), np.zeros((64, 64), bool)
    single[0, 63] = True
    for target in (full, single):
        for prompt in drawn(target, kind):
            assert prompt.positive
            assert np.abs(prompt.points).max() < 90


def test_empty_masks_are_refused():
    with pytest.raises(ValueError, match="empty"):
        drawn_prompt(np.random.default_rng(0), np.zeros((8, 8), bool), "box")
