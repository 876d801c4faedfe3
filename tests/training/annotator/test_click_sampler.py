import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_simpleclick.clicks import Click
from napari_simpleclick.evaluation.users.robot_user import next_click
from napari_simpleclick.training.annotator.click_sampler import depth, sample_click


def disk(row: int, col: int, radius: int, size: int = 48) -> np.ndarray:
    rows, cols = np.mgrid[:size, :size]
    return (rows - row) ** 2 + (cols - col) ** 2 <= radius**2


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 2**32 - 1))
def test_clicks_correct_an_error_and_have_its_sign(seed):
    rng = np.random.default_rng(seed)
    target, predicted = disk(*rng.integers(8, 40, 2), 9), disk(*rng.integers(8, 40, 2), 9)
    click = sample_click(rng, predicted, target)
    if click is None:
        assert (predicted == target).all()
    else:
        wanted = target & ~predicted if click.positive else predicted & ~target
        assert wanted[int(click.row), int(click.col)]


def test_half_of_the_clicks_are_the_robot_users_and_some_are_anywhere_in_the_error():
    target, predicted = disk(20, 30, 14), np.zeros((48, 48), bool)
    deepest = next_click(predicted, target)
    distances = depth(target, ())
    clicks = [sample_click(np.random.default_rng(seed), predicted, target) for seed in range(300)]
    depths = np.array([distances[int(click.row), int(click.col)] for click in clicks])
    highest = distances[int(deepest.row), int(deepest.col)]
    assert depths.min() > 0
    assert 0.4 < np.mean(np.isclose(depths, highest, atol=0.2)) < 0.7
    assert 0.05 < np.mean(depths < highest / 2) < 0.25


def test_no_click_when_nothing_is_wrong():
    target = disk(20, 20, 5)
    assert sample_click(np.random.default_rng(0), target, target) is None


def test_pixels_are_not_clicked_twice():
    target = np.zeros((9, 9), bool)
    target[4, 4] = True
    clicked = [Click(4, 4)]
    assert sample_click(np.random.default_rng(0), np.zeros_like(target), target, clicked) is None


@pytest.mark.parametrize("corner", [(0, 0), (0, 47), (47, 0)])
def test_the_border_of_the_picture_counts_as_background(corner):
    distances = depth(disk(*corner, 12), ())
    assert distances[corner] == pytest.approx(1, abs=0.1)
