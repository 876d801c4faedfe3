import cv2
import numpy as np
import pytest
import torch

from napari_simpleclick.prompts import marked_pixels
from napari_simpleclick.training.losses import overlap_loss
from napari_simpleclick.training.sources import drawn_first, works
from napari_simpleclick.training.step import ClickTraining


@pytest.fixture
def ellipse():
    return cv2.ellipse(np.zeros((160, 160), np.uint8), (70, 90), (40, 20), 30, 0, 360, 1, -1).astype(bool)


def test_tiny_and_full_targets_work():
    full, single = np.ones((64, 64), bool), np.zeros((64, 64), bool)
    single[0, 63] = True
    for target in (full, single):
        for seed in range(60):
            previous, (prompt,) = drawn_first(np.random.default_rng(seed), target)
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
    monkeypatch.setattr("napari_simpleclick.training.sources.DRAWN", {"scribble": 1.0})
    targets = torch.from_numpy(np.stack([ellipse, ellipse]))
    rng = np.random.default_rng(0)
    drawn = {0: works(drawn_first, rng, [ellipse], 1.0)[0]}
    ClickTraining(Watched(), overlap_loss)(torch.zeros(2, 160, 160, 3, dtype=torch.uint8), targets, rng, 1, drawn=drawn)
    first, second = seen
    assert first[0, 1].sum() > 2 * first[1, 1].sum() == 2 * 81  # a line against one disk
    assert not first[0, 0].any()
    assert (second[0, 1:] >= first[0, 1:]).all()  # it stays
    assert second[0, 1:].sum() > first[0, 1:].sum()  # and is corrected by a click
