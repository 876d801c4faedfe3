"""First answers on small objects are asked for once more, in the region that they ask for; early ones coarsely, too."""

import numpy as np
import pytest
from tests.fakes import FindsSquares

from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click, ExpectedClick
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.inference.recipe import CLOSE, COARSE_SIZE, PUBLISHED
from napari_simpleclick.inference.request import Request

PLANE = np.zeros((900, 1200, 3), np.uint8)

CLICK = Click(450, 600)


def answer_of(network, **kwargs):
    return Predictor(network, size=224).predict(PLANE, [CLICK], **kwargs)


def test_a_small_object_is_looked_at_once_more_from_closer_with_its_own_answer():
    network = FindsSquares(20)
    answer = answer_of(network)
    assert len(network.shown) == 2
    assert not network.shown[0][0, 0].any()
    assert network.shown[1][0, 0].any(), "zoom-in sees the first answer"
    assert answer.first_look is not None
    assert max(answer.first_look.roi.shape) == 1200
    assert max(answer.roi.shape) < 400


@pytest.mark.parametrize("side", [100, 200])
def test_an_object_that_fills_a_good_part_of_the_view_is_looked_at_once(side):
    network = FindsSquares(side)
    answer = answer_of(network)
    assert len(network.shown) == 1
    assert answer.first_look is None
    assert max(answer.roi.shape) == 1200


def test_small_regions_are_always_looked_at_from_closer():
    network = FindsSquares(30)
    answer = answer_of(network, view=Box(300, 600, 450, 750))
    assert len(network.shown) == 2, "an object of 40 pixels asks for 160 of the 300 that were seen"
    assert max(answer.roi.shape) < 170


def test_in_a_view_that_was_zoomed_in_once_is_enough():
    network = FindsSquares(100)
    assert answer_of(network, view=Box(300, 600, 450, 750)).roi == Box(300, 600, 450, 750)
    assert len(network.shown) == 1


def test_later_clicks_are_answered_at_once():
    network = FindsSquares(20)
    predictor = Predictor(network, size=224)
    first = predictor.predict(PLANE, [CLICK])
    predictor.predict(PLANE, [CLICK, Click(300, 200, positive=False)], first)
    assert len(network.shown) == 3


def test_networks_as_published_look_once():
    network = FindsSquares(20, PUBLISHED)
    assert answer_of(network).first_look is None
    assert len(network.shown) == 1


def test_questions_asked_together_get_the_answers_of_questions_asked_alone():
    requests = [Request(PLANE, [CLICK]), Request(PLANE, [Click(40, 40)], view=Box(0, 200, 0, 200))]
    together = Predictor(FindsSquares(20), size=224).predict_together(requests)
    for one, request in zip(together, requests, strict=True):
        alone = Predictor(FindsSquares(20), size=224).predict(PLANE, request.clicks, view=request.view)
        assert one.roi == alone.roi
        np.testing.assert_array_equal(one.network_map, alone.network_map)


def sides_shown(network):
    return [guidance.shape[-1] for guidance in network.shown]


def test_first_clicks_are_looked_at_in_full_coarsely_and_in_full_each_time_with_the_last_answer():
    network = FindsSquares(200, coarse=True)
    answer = Predictor(network, size=448).predict(PLANE, [CLICK])
    assert sides_shown(network) == [448, COARSE_SIZE, 448]
    assert [guidance[0, 0].any() for guidance in network.shown] == [False, True, True]
    assert answer.network_map.shape == (448, 448)
    assert answer.first_look.network_map.shape == (COARSE_SIZE, COARSE_SIZE)


def test_a_small_object_is_looked_at_coarsely_where_the_last_look_goes():
    network = FindsSquares(20, coarse=True)
    answer = Predictor(network, size=448).predict(PLANE, [CLICK])
    assert sides_shown(network) == [448, COARSE_SIZE, 448]
    assert max(answer.roi.shape) < 400
    assert answer.first_look.roi == answer.roi


@pytest.mark.parametrize(("click", "looks"), [(Click(450, 620), [COARSE_SIZE, 448]), (ExpectedClick(450, 620), [448])])
def test_later_clicks_are_looked_at_coarsely_and_in_full_expected_ones_in_full_only(click, looks):
    network = FindsSquares(200, coarse=True)
    predictor = Predictor(network, size=448)
    answer = predictor.predict(PLANE, [CLICK])
    network.shown.clear()
    predictor.predict(PLANE, [CLICK, click], answer)
    assert sides_shown(network) == looks


@pytest.mark.parametrize(("view", "looks"), [(None, [448, COARSE_SIZE, 448]), (Box(400, 500, 550, 650), [448])])
def test_an_object_expected_of_which_nothing_is_shown_is_looked_at_coarsely_unless_it_is_small(view, looks):
    network = FindsSquares(20, coarse=True)
    Predictor(network, size=448).predict(PLANE, [ExpectedClick(450, 600)], view=view)
    assert sides_shown(network) == looks


@pytest.mark.parametrize(("side", "looks"), [(20, [448]), (200, [COARSE_SIZE, 448])])
def test_third_clicks_are_looked_at_coarsely_unless_the_region_is_small(side, looks):
    network = FindsSquares(side, coarse=True)
    predictor = Predictor(network, size=448)
    clicks, answer = [], None
    for col in (600, 605, 610):
        network.shown.clear()
        clicks.append(Click(450, col))
        answer = predictor.predict(PLANE, clicks, answer)
    assert sides_shown(network) == looks


@pytest.mark.parametrize("recipe", [PUBLISHED, CLOSE])
def test_networks_as_published_or_of_one_size_are_never_looked_at_coarsely(recipe):
    network = FindsSquares(200, recipe, coarse=recipe is PUBLISHED)
    Predictor(network, size=448).predict(PLANE, [CLICK])
    assert sides_shown(network) == [448]


def test_prepared_features_serve_coarse_and_full_looks():
    network = FindsSquares(200, coarse=True)
    encoded = []
    network.encode = lambda image: encoded.append(image.shape[-1]) or [image]
    predictor = Predictor(network, size=448)
    predictor.prepare(PLANE)
    assert sorted(encoded) == [COARSE_SIZE, 448]
    predictor.predict(PLANE, [CLICK])
    assert len(encoded) == 2, "nothing is computed again"


def test_requests_asked_together_are_looked_at_coarsely_each_as_often_as_alone():
    network = FindsSquares(200, coarse=True)
    predictor = Predictor(network, size=448)
    answer = predictor.predict(PLANE, [CLICK])
    late = Request(PLANE, [CLICK, Click(440, 610)], answer)
    network.shown.clear()
    predictor.predict_together([Request(PLANE, [CLICK]), late])
    assert [(len(maps), maps.shape[-1]) for maps in network.shown] == [(1, 448), (2, COARSE_SIZE), (2, 448)]
