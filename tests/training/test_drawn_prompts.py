import cv2
import numpy as np
import pytest
import torch

from napari_simpleclick.prompts import marked_pixels
from napari_simpleclick.training.drawn_prompts import box_around, drawn_prompt, lasso_around, scribble_in
from napari_simpleclick.training.losses import overlap_loss
from napari_simpleclick.training.sources import works
from napari_simpleclick.training.step import ClickTraining


@pytest.fixture
def ellipse():
    return cv2.ellipse(np.zeros((160, 160), np.uint8), (70, 90), (40, 20), 30, 0, 360, 1, -1).astype(bool)


def filled(prompt, shape):
    inside = np.zeros(shape, np.uint8)
    cv2.fillPoly(inside, [np.array([(col, row) for row, col in prompt.path], np.float32).round().astype(np.int32)], 1)
    return inside > 0


@pytest.mark.parametrize("draw", [box_around, lasso_around])
def test_boxes_and_lassos_hold_nearly_all_of_the_object_and_little_else(ellipse, draw):
    inside = [filled(draw(np.random.default_rng(seed), ellipse), ellipse.shape) for seed in range(40)]
    assert np.mean([(ellipse & mask).sum() / ellipse.sum() for mask in inside]) > 0.97
    assert np.mean([mask.sum() for mask in inside]) < 3 * ellipse.sum()


def test_lassos_go_around_all_pieces_of_an_object(ellipse):
    pieces = ellipse.copy()
    pieces[10:20, 130:140] = True
    inside = [filled(lasso_around(np.random.default_rng(seed), pieces), pieces.shape) for seed in range(20)]
    assert np.mean([mask[12:18, 132:138].all() for mask in inside]) > 0.9


def test_scribbles_stay_inside_and_are_lines(ellipse):
    scribbles = [scribble_in(np.random.default_rng(seed), ellipse) for seed in range(40)]
    assert all(ellipse[round(row), round(col)] for prompt in scribbles for row, col in prompt.points)
    assert np.median([len(prompt.points) for prompt in scribbles]) >= 4


def test_tiny_and_full_targets_work():
    full, single = np.ones((64, 64), bool), np.zeros((64, 64), bool)
    single[0, 63] = True
    for target in (full, single):
        for seed in range(60):
            previous, (prompt,) = drawn_prompt(np.random.default_rng(seed), target)
            assert not previous.any()
            assert all(0 <= row < 64 and 0 <= col < 64 for row, col in marked_pixels(prompt))


def test_the_network_sees_the_prompt_in_place_of_the_first_click(ellipse, monkeypatch):
    seen = []

    class Watched(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.backbone = torch.nn.Linear(1, 1)

        def encode(self, images):
            return [images.mean()]

        def decode(self, features, guidance):
            seen.append(guidance.clone())
            return self.backbone(guidance[:, :1, ..., None])[..., 0]

    monkeypatch.setattr("napari_simpleclick.training.step.AGAIN", 0)
    targets = torch.from_numpy(np.stack([ellipse, ellipse]))
    rng = np.random.default_rng(0)
    drawn = {0: works(drawn_prompt, rng, [ellipse], 1.0)[0]}
    ClickTraining(Watched(), overlap_loss)(torch.zeros(2, 160, 160, 3, dtype=torch.uint8), targets, rng, 1, drawn=drawn)
    first, second = seen
    assert first[0, 1].sum() > 2 * first[1, 1].sum() == 2 * 81  # a line against one disk
    assert not first[0, 0].any()
    assert (second[0, 1:] >= first[0, 1:]).all()  # it stays
    assert second[0, 1:].sum() > first[0, 1:].sum()  # and is corrected by a click
