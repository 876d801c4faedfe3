"""Scribbles, boxes and lassos on the way of clicks: through a session and a predictor to the network's maps."""

import numpy as np
import pytest
from tests.fakes import PLANE, FindsNothing

from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.click_constraints import force_clicks, keep_inside
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.inference.recipe import CLOSE
from napari_simpleclick.inference.roi import next_roi
from napari_simpleclick.inference.session import ClickSession
from napari_simpleclick.prompts import box, lasso, scribble


@pytest.fixture
def network():
    return FindsNothing()


@pytest.fixture
def session(network):
    return ClickSession(Predictor(network, size=224), PLANE)


def test_scribble_of_one_point_is_answered_as_a_click(network, session):
    session.click(scribble([(100, 200)]))
    ClickSession(session.predictor, PLANE).click(Click(100, 200))
    np.testing.assert_array_equal(*network.shown)
    assert session.click_count == 1
    assert session.undo() is None


@pytest.mark.parametrize("around", [box((100, 200), (300, 420)), lasso([(100, 200), (300, 300), (120, 420)])])
def test_box_and_lasso_tell_where_to_look(session, around):
    answer = session.click(around)
    assert answer.roi == Box(59, 342, 155, 466)
    assert session.request(Click(200, 300)).clicks == (around, Click(200, 300))


@pytest.mark.parametrize("positive", [True, False])
def test_box_is_seen_as_a_click_in_its_middle_in_the_map_of_its_sign(network, session, positive):
    session.click(Click(200, 300))
    session.click(box((100, 200), (300, 420), positive=positive))
    _, *signs = network.shown[-1][0]
    assert [int(each[95, 100]) for each in signs] == [0, 0]
    assert signs[0 if positive else 1].sum() > signs[1 if positive else 0].sum() - 81


def test_negative_box_does_not_tell_where_to_look():
    assert next_roi([box((10, 10), (50, 50), positive=False)], shape=(600, 800)) == Box(0, 600, 0, 800)


def test_region_holds_the_whole_of_a_prompt():
    used = Box(100, 400, 100, 400)
    inside, beyond = scribble([(150, 150), (200, 300)]), scribble([(150, 150), (200, 500)])
    found = Box(150, 320, 150, 320)
    assert next_roi([inside], shape=(600, 800), found=found, used=used) == used
    wider = next_roi([beyond], shape=(600, 800), found=found, used=used, recipe=CLOSE)
    assert wider.col_stop > 500


def test_part_of_a_prompt_outside_the_plane_is_refused(session):
    with pytest.raises(ValueError, match="lies outside the plane of 600 x 800 pixels"):
        session.click(scribble([(10, 10), (10, 900)]))
    assert session.steps == ()


def test_pixels_under_a_scribble_become_what_it_says():
    probabilities = np.full((64, 64), 0.1, np.float32)
    force_clicks(probabilities, [scribble([(20, 10), (20, 50)]), lasso([(2, 2), (2, 60), (60, 60)])], Box(0, 64, 0, 64))
    assert (probabilities[20, 10:51] > 0.5).all()
    assert (probabilities[40:] < 0.2).all()
    assert probabilities[2, 30] < 0.2


def certain(size=65):
    return np.full((size, size), 0.9, np.float32)


def test_what_lies_outside_of_a_box_or_lasso_is_no_part_of_the_object():
    roi = Box(0, 65, 0, 65)
    for prompt in (box((10, 20), (50, 40)), lasso([(10, 20), (50, 20), (50, 40), (10, 40)])):
        found = certain()
        keep_inside(found, [prompt], roi)
        rows, cols = np.nonzero(found)
        assert (rows.min(), rows.max(), cols.min(), cols.max()) == (8, 52, 19, 41), "with a little slack"
        assert (found[found > 0] == np.float32(0.9)).all()


def test_the_map_of_a_larger_region_is_cut_at_the_same_place():
    found = certain()
    keep_inside(found, [box((10, 20), (50, 40))], Box(-64, 65, -64, 65))
    rows, cols = np.nonzero(found)
    assert (rows.min(), rows.max(), cols.min(), cols.max()) == (36, 58, 42, 52)


def test_boxes_around_pieces_keep_each_of_them():
    found = certain()
    keep_inside(found, [box((2, 2), (12, 12)), box((40, 40), (60, 60))], Box(0, 65, 0, 65))
    assert found[7, 7] > 0
    assert found[50, 50] > 0
    assert found[25, 25] == 0


@pytest.mark.parametrize("more", [Click(60, 60), scribble([(30, 30), (30, 60)])])
def test_a_positive_click_outside_says_that_there_is_more(more):
    found = certain()
    keep_inside(found, [box((10, 20), (50, 40)), more], Box(0, 65, 0, 65))
    assert found.all()


@pytest.mark.parametrize("other", [Click(60, 60, positive=False), Click(30, 30), box((1, 1), (9, 9), positive=False)])
def test_other_clicks_leave_a_box_as_it_is(other):
    found = certain()
    keep_inside(found, [box((10, 20), (50, 40)), other], Box(0, 65, 0, 65))
    assert found[5, 5] == 0


def test_clicks_alone_cut_nothing():
    found = certain()
    keep_inside(found, [Click(30, 30), scribble([(1, 1), (3, 3)])], Box(0, 65, 0, 65))
    assert found.all()


@pytest.mark.parametrize("around", [box((10, 20), (10, 40)), box((10, 20), (10, 20)), lasso([(1, 1), (9, 9), (5, 5)])])
def test_a_box_or_lasso_without_area_binds_nothing(around):
    found = certain()
    keep_inside(found, [around], Box(0, 65, 0, 65))
    assert found.all()
