"""Regions of networks that were trained on enlarged objects, and zoom-in at a first click."""

import numpy as np
import pytest
from tests.fakes import PLANE, FindsTheObject

from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.inference import prediction
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.inference.recipe import CLOSE, PUBLISHED
from napari_simpleclick.inference.request import Request
from napari_simpleclick.inference.resample import regrid
from napari_simpleclick.inference.roi import holds, next_roi

OBJECT = Box(290, 310, 390, 410)
REGION = Box(200, 401, 300, 501)


def test_small_objects_are_shown_as_large_as_the_network_was_trained_for():
    for recipe, side in ((PUBLISHED, 200), (CLOSE, 112)):
        roi = next_roi([Click(300, 400)], shape=(600, 800), found=OBJECT, recipe=recipe)
        assert roi.shape == (side + 1, side + 1)


@pytest.mark.parametrize(
    ("row", "col", "inside"),
    [(2, 3, True), (7, 8, True), (1, 5, False), (8, 5, False), (5, 2, False), (5, 9, False)],
)
def test_last_row_and_column_of_a_region_count_as_outside(row, col, inside):
    assert holds(Box(2, 9, 3, 10), [Click(row, col), Click(0, 0, positive=False)]) is inside


def test_first_click_on_a_small_object_is_answered_again_from_close_by():
    network = FindsTheObject()
    answer = Predictor(network, size=224).predict(PLANE, [Click(300, 400)])
    first, second = network.shown
    assert max(answer.roi.shape) == 201
    assert first[0, 0].max() == 0
    assert second[0, 0].max() > 0.9
    assert first[0, 1].sum() > 0
    assert second[0, 1].sum() > 0


def test_later_clicks_and_networks_as_published_look_once():
    network = FindsTheObject()
    predictor = Predictor(network, size=224)
    first = predictor.predict(PLANE, [Click(300, 400)])
    network.shown.clear()
    predictor.predict(PLANE, [Click(300, 400), Click(305, 400)], first)
    assert len(network.shown) == 1
    published = FindsTheObject()
    Predictor(published, size=224, recipe=PUBLISHED).predict(PLANE, [Click(300, 400)])
    assert len(published.shown) == 1


def later_click(recipe) -> tuple[np.ndarray, np.ndarray]:
    """A click in the region of the last one: the last map, and what the network was shown of it."""
    network, last = FindsTheObject(), np.zeros((224, 224), np.float32)
    last[82:142, 82:142] = np.random.default_rng(0).uniform(0.6, 1, (60, 60))
    before = Prediction(last, REGION, PLANE.shape[:2])
    answer = Predictor(network, size=224, recipe=recipe).predict(PLANE, [Click(300, 400), Click(302, 400)], before)
    assert answer.roi == before.roi
    return last, network.shown[0][0, 0]


def test_a_network_sees_its_last_map_as_it_gave_it_while_the_region_stays():
    answered, shown = later_click(CLOSE)
    np.testing.assert_array_equal(shown, answered)


def test_networks_as_published_see_their_last_map_enlarged_and_reduced():
    answered, shown = later_click(PUBLISHED)
    np.testing.assert_array_equal(shown, regrid(answered, REGION, REGION, 224))
    assert np.abs(shown - answered).max() > 0.05


def test_the_region_follows_the_mask_without_finding_it_again(monkeypatch):
    network = FindsTheObject()
    predictor = Predictor(network, size=224)
    first = predictor.predict(PLANE, [Click(300, 400)])
    first.object_mask()
    monkeypatch.setattr(prediction, "enlarged_box", lambda *_: pytest.fail("the mask was there"))
    predictor.predict(PLANE, [Click(300, 400), Click(302, 400)], first)


def test_object_that_fills_the_view_needs_no_second_look():
    network = FindsTheObject()
    Predictor(network, size=224).predict(PLANE, [Click(300, 400)], view=Box(240, 350, 340, 450))
    assert len(network.shown) == 1


def test_questions_asked_together_get_the_answers_of_questions_asked_alone():
    requests = [Request(PLANE, [Click(300, 400)]), Request(PLANE, [Click(20, 20)], view=Box(0, 112, 0, 112))]
    together = Predictor(FindsTheObject(), size=224).predict_together(requests)
    alone = [Predictor(FindsTheObject(), size=224).predict_together([request])[0] for request in requests]
    for one, other in zip(together, alone, strict=True):
        assert one.roi == other.roi
        np.testing.assert_array_equal(one.network_map, other.network_map)
