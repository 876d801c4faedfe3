"""Prompts as maps: a scribble is as wide as a click, boxes and lassos are a click in their middle."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_simpleclick.clicks import Click, positions
from napari_simpleclick.model.click_maps import click_map, draw_prompts
from napari_simpleclick.prompts import box, lasso, scribble

SIDE = 64
PLACES = st.tuples(st.floats(-20, 90), st.floats(-20, 90))


def drawn(*prompts: Click, **options) -> np.ndarray:
    maps = np.full((2, SIDE, SIDE), 7, np.float32)
    draw_prompts(maps, prompts, **options)
    return maps


@given(place=PLACES, positive=st.booleans(), scale=st.floats(0.3, 3))
@settings(deadline=None, max_examples=60)
def test_scribble_of_one_point_is_a_click(place, positive, scale):
    options = {"origin": (3, 5), "scale": (scale, 1.5 * scale)}
    np.testing.assert_array_equal(
        drawn(scribble([place], positive=positive), **options), drawn(Click(*place, positive), **options)
    )


def test_clicks_are_the_published_maps():
    clicks = [Click(10, 12), Click(30.4, 7.7), Click(50, 50, positive=False)]
    maps = drawn(*clicks, origin=(2, 3), scale=(1.3, 0.7))
    for channel, positive in ((0, True), (1, False)):
        moved = (positions(clicks, positive=positive) - (2, 3)) * (1.3, 0.7)
        np.testing.assert_array_equal(maps[channel], click_map(moved, SIDE, SIDE))


@given(points=st.lists(PLACES, min_size=2, max_size=4))
@settings(deadline=None, max_examples=40)
def test_scribble_is_what_many_clicks_along_it_draw(points):
    steps = np.linspace(0, 1, 400)[:, None]
    along = [a + steps * (b - a) for a, b in zip(map(np.array, points), map(np.array, points[1:]), strict=False)]
    many = click_map(np.concatenate(along), SIDE, SIDE)
    line = drawn(scribble(points))[0]
    assert (line >= many).all()
    assert (line != many).mean() < 0.03


@pytest.mark.parametrize("around", [box((12, 10), (50, 52)), lasso([(12, 10), (12, 52), (50, 52), (50, 10)])])
def test_box_and_lasso_are_a_click_in_their_middle(around):
    positive, negative = drawn(around)
    assert abs(int(positive.sum()) - 81) < 10
    assert np.abs(np.argwhere(positive).mean(axis=0) - (31, 31)).max() < 1
    assert not negative.any()


def test_the_middle_of_a_lasso_lies_in_it():
    positive, _ = drawn(lasso([(2, 2), (60, 2), (60, 60), (40, 60), (40, 22), (2, 22)]))
    row, col = np.argwhere(positive).mean(axis=0)
    assert row > 40 or col < 22


def test_negative_prompts_are_drawn_into_the_negative_map():
    positive, negative = drawn(scribble([(40, 10), (40, 40)], positive=False), box((12, 10), (30, 30), positive=False))
    assert not positive.any()
    assert negative[40, 10:41].all()
    assert negative[21, 20]


def test_prompt_outside_of_the_maps_draws_nothing():
    assert not drawn(scribble([(-90, -90), (-90, 200)]), box((100, 100), (300, 300))).any()
