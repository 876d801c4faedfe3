"""Clicked pixels become what the user says, and little else changes."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from tests.fakes import FindsNothing

from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click, ExpectedClick
from napari_simpleclick.inference.click_constraints import NOTHING, RIDGE, force_clicks, raise_around
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.inference.recipe import CLOSE, PUBLISHED
from napari_simpleclick.inference.resample import enlarge_map


def mask_of(probabilities: np.ndarray, roi: Box, shape: tuple[int, int]) -> np.ndarray:
    return Prediction(probabilities, roi, shape).mask()


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("side", [30, 112, 448])
def test_every_click_is_obeyed_on_maps_that_know_nothing_of_them(seed: int, side: int) -> None:
    rng = np.random.default_rng(seed)
    logits = enlarge_map(rng.normal(0, 4, (112, 112)).astype(np.float32), 448)
    probabilities = (1 / (1 + np.exp(-logits))).astype(np.float32)
    roi = Box(10, 10 + side, 20, 20 + side)
    rows, cols = (rng.permutation(side)[:8] + roi[axis] for axis in (0, 2))
    clicks = [Click(row, col, bool(rng.random() < 0.5)) for row, col in zip(rows, cols, strict=True)]
    force_clicks(probabilities, clicks, roi)
    mask = mask_of(probabilities, roi, (500, 500))
    assert [bool(mask[round(click.row), round(click.col)]) for click in clicks] == [click.positive for click in clicks]


def test_what_agrees_with_the_clicks_stays_to_the_bit() -> None:
    probabilities = np.full((448, 448), 0.1, np.float32)
    probabilities[100:300, 100:300] = 0.9
    before = probabilities.copy()
    force_clicks(probabilities, [Click(50, 50), Click(10, 10, positive=False)], Box(0, 112, 0, 112))
    assert_array_equal(probabilities, before)


def test_a_correction_is_about_its_own_pixels() -> None:
    probabilities, roi = np.full((448, 448), 0.05, np.float32), Box(0, 112, 0, 112)
    force_clicks(probabilities, [Click(40, 60)], roi)
    found = np.argwhere(mask_of(probabilities, roi, (112, 112)))
    assert [40, 60] in found.tolist()
    assert np.abs(found - (40, 60)).max() <= 1
    far = np.hypot(*np.ogrid[-160:288, -240:208]) > 20
    assert (probabilities[far] == np.float32(0.05)).all()


def test_neighbours_of_opposite_sign_are_both_obeyed_and_push_nothing_else() -> None:
    probabilities, roi = np.full((448, 448), 0.5, np.float32), Box(0, 112, 0, 112)
    clicks = [Click(40, 60), Click(40, 61, positive=False)]
    force_clicks(probabilities, clicks, roi)
    mask = mask_of(probabilities, roi, (112, 112))
    assert mask[40, 60]
    assert not mask[40, 61]
    assert 0.2 < probabilities.min() < probabilities.max() < 0.8


def test_the_newest_click_on_a_pixel_counts() -> None:
    roi = Box(0, 448, 0, 448)
    for positive in (True, False):
        probabilities = np.full((448, 448), 0.5, np.float32)
        force_clicks(probabilities, [Click(40, 60, not positive), Click(40.2, 59.9, positive)], roi)
        assert mask_of(probabilities, roi, (448, 448))[40, 60] == positive


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_certain_maps_can_be_changed(value: float) -> None:
    probabilities, roi = np.full((448, 448), value, np.float32), Box(0, 50, 0, 70)
    force_clicks(probabilities, [Click(20, 30, positive=value == 0)], roi)
    assert mask_of(probabilities, roi, (50, 70))[20, 30] == (value == 0)
    assert np.isfinite(probabilities).all()


def test_a_map_without_numbers_stays_one() -> None:
    probabilities = np.full((448, 448), np.nan, np.float32)
    force_clicks(probabilities, [Click(20, 30)], Box(0, 50, 0, 70))
    assert np.isnan(probabilities).all()


def test_clicks_that_nobody_made_or_that_lie_elsewhere_change_nothing() -> None:
    probabilities = np.full((448, 448), 0.1, np.float32)
    force_clicks(probabilities, [ExpectedClick(20, 20), Click(300, 20), Click(5, 4)], Box(10, 210, 10, 210))
    assert (probabilities == np.float32(0.1)).all()


def test_published_networks_answer_as_published_and_ours_obey() -> None:
    picture, clicks = np.zeros((60, 80, 3), np.uint8), [Click(20, 30)]
    assert not Predictor(FindsNothing(PUBLISHED)).predict(picture, clicks).mask().any()
    answer = Predictor(FindsNothing(CLOSE), flip=True).predict(picture, clicks)
    assert answer.mask()[20, 30]
    assert answer.mask().sum() < 10


@pytest.mark.parametrize("place", [(20, 15), (15, 20), (9, 15), (15, 9), (25, 30)])
def test_clicks_outside_the_region_change_nothing(place):
    probabilities = np.full((64, 64), 0.1, np.float32)
    force_clicks(probabilities, [Click(*place)], Box(10, 20, 10, 20))
    assert (probabilities == np.float32(0.1)).all()


def logits_of(probabilities: np.ndarray) -> np.ndarray:
    return np.log(probabilities / (1 - probabilities))


def test_a_correction_is_a_bell_that_fades_alike_on_all_sides() -> None:
    probabilities = np.full((41, 41), 0.5)
    raise_around(probabilities, np.array([[20.0, 20.0]]), np.array([1.0]), np.array([2.0, 3.0]))
    rows, cols = np.mgrid[-20:21, -20:21]
    bell = np.exp(-((rows / 2) ** 2) / 2 - (cols / 3) ** 2 / 2) / (1 + RIDGE)
    assert_allclose(logits_of(probabilities), np.where(np.expm1(bell) > NOTHING, bell, 0), atol=1e-6)


def test_opposite_corrections_near_each_other_both_reach_what_they_need() -> None:
    probabilities = np.full((41, 41), 0.5)
    raise_around(probabilities, np.array([[20.0, 19.0], [20.0, 21.0]]), np.array([1.0, -1.0]), np.array([2.0, 2.0]))
    between = 1 - np.exp(-0.5)
    reached = between / (between + RIDGE)
    assert logits_of(probabilities)[20, [19, 21]] == pytest.approx([reached, -reached], abs=1e-6)
