import cv2
import numpy as np
import pytest

from napari_simpleclick.clicks import Click
from napari_simpleclick.training.annotator.simulated_history import (
    MOST_CLICKS,
    border_clicks,
    earlier_work,
    half_corrected,
)


@pytest.fixture
def disk():
    return cv2.circle(np.zeros((160, 160), np.uint8), (70, 90), 30, 1, -1).astype(bool)


def test_masks_are_partly_right_and_as_different_as_an_annotator_leaves_them(disk):
    overlaps = []
    for seed in range(60):
        previous, _ = earlier_work(np.random.default_rng(seed), disk)
        assert previous.dtype == np.float32
        assert previous.shape == disk.shape
        assert 0 <= previous.min() <= previous.max() <= 1
        found = previous > 0.5
        overlaps.append((found & disk).sum() / (found | disk).sum())
    assert np.quantile(overlaps, 0.1) < 0.85
    assert np.quantile(overlaps, 0.9) > 0.93


def test_clicks_lie_on_their_side_and_the_mask_obeys_them(disk):
    numbers = set()
    for seed in range(60):
        previous, clicks = earlier_work(np.random.default_rng(seed), disk)
        numbers.add(len(clicks))
        assert clicks[0].positive
        for click in clicks:
            assert disk[int(click.row), int(click.col)] == click.positive
        newest = clicks[-1]
        assert (previous[int(newest.row), int(newest.col)] > 0.5) == newest.positive
    assert min(numbers) == 1
    assert max(numbers) >= MOST_CLICKS - 1


def test_later_clicks_are_near_the_border_more_often_than_chance_would_put_them(disk):
    clicks = border_clicks(np.random.default_rng(0), disk, 30.0, count=200)
    distances = [abs(np.hypot(click.row - 90, click.col - 70) - 30) for click in clicks]
    assert np.median(distances) < 6


def test_a_target_that_fills_the_picture_and_one_of_a_single_pixel_work():
    full, single = np.ones((64, 64), bool), np.zeros((64, 64), bool)
    single[5, 5] = True
    for target in (full, single):
        for seed in range(10):
            previous, clicks = earlier_work(np.random.default_rng(seed), target)
            assert np.isfinite(previous).all()
            assert clicks


def test_an_empty_target_is_refused():
    with pytest.raises(ValueError, match="empty"):
        earlier_work(np.random.default_rng(0), np.zeros((32, 32), bool))


def test_half_corrected_masks_are_off_on_one_side_and_right_where_they_were_clicked(disk):
    first = Click(90, 70, True)
    overlaps, sides = [], []
    for seed in range(40):
        mask, clicks = half_corrected(np.random.default_rng(seed), disk, first)
        found = mask > 0.5
        overlaps.append((found & disk).sum() / (found | disk).sum())
        assert clicks[0] == first
        for click in clicks[1:]:
            assert found[int(click.row), int(click.col)] == click.positive == disk[int(click.row), int(click.col)]
        corrections = [click.positive for click in clicks[1:4]]
        sides.append(len(set(corrections)) == 1)
    assert np.mean(overlaps) < 0.9
    assert np.mean(sides) > 0.5


def test_some_masks_took_the_object_for_something_several_times_as_wide(disk):
    first = Click(90, 70, True)
    parts = []
    for seed in range(60):
        mask, clicks = half_corrected(np.random.default_rng(seed), disk, first)
        parts.append((mask > 0.5).sum() / disk.sum())
        if parts[-1] > 2:
            assert len(clicks) <= 5
            assert not any(click.positive for click in clicks[1:])
    assert 0.08 < np.mean(np.array(parts) > 2) < 0.4
    assert np.mean(np.array(parts) < 1.3) > 0.3
