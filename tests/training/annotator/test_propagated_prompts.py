import cv2
import numpy as np
import pytest
import torch

from napari_simpleclick.training.annotator.propagated_prompts import carried_over, on_next_slice
from napari_simpleclick.training.losses import overlap_loss
from napari_simpleclick.training.sources import works
from napari_simpleclick.training.step import ClickTraining


@pytest.fixture
def disk():
    return cv2.circle(np.zeros((160, 160), np.uint8), (70, 90), 30, 1, -1).astype(bool)


def test_masks_differ_as_neighbouring_slices_do(disk):
    overlaps = []
    for seed in range(60):
        mask = on_next_slice(np.random.default_rng(seed), disk)
        overlaps.append((mask & disk).sum() / (mask | disk).sum())
    assert 0.5 < np.median(overlaps) < 0.8
    assert np.quantile(overlaps, 0.95) > 0.75


def test_the_one_click_is_true_and_mostly_in_both_masks(disk):
    shared = []
    for seed in range(60):
        previous, (click,) = carried_over(np.random.default_rng(seed), disk)
        assert previous.dtype == np.float32
        assert 0 <= previous.min() <= previous.max() <= 1
        place = int(click.row), int(click.col)
        assert disk[place] == click.positive
        shared.append(bool(click.positive and previous[place] > 0.5))
    assert 0.4 < np.mean(shared) < 0.8


def test_tiny_and_huge_targets_work():
    full, single = np.ones((64, 64), bool), np.zeros((64, 64), bool)
    single[5, 5] = True
    for target in (full, single):
        for seed in range(10):
            previous, clicks = carried_over(np.random.default_rng(seed), target)
            assert np.isfinite(previous).all()
            assert len(clicks) <= 1


def test_what_is_learned_from_is_the_carried_mask_with_its_click(disk, monkeypatch):
    seen = []

    class Watched(torch.nn.Module):
        stem = backbone = torch.nn.Identity()

        def encode(self, images):
            return [images]

        def decode(self, features, guidance):
            seen.append(guidance)
            return features[0][:, :1] + guidance[:, :1]

    images = torch.zeros((2, 160, 160, 3), dtype=torch.uint8)
    targets = torch.from_numpy(np.stack([disk, disk]))
    rng = np.random.default_rng(1)
    carried = works(carried_over, rng, [disk, disk], 1.0)
    ClickTraining(Watched(), overlap_loss)(images, targets, rng, 2, carried=carried)
    last = seen[-1].numpy()
    assert len(seen) == 3
    for mask, positive, negative in last:
        assert 0.3 < ((mask > 0.5) & disk).sum() / ((mask > 0.5) | disk).sum() < 1
        assert cv2.connectedComponents(((positive + negative) > 0).astype(np.uint8))[0] == 2
