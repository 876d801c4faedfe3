"""A first answer that sprawls over the plane is looked for around the click."""

import numpy as np
import pytest

from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.inference.recipe import CLOSE
from napari_simpleclick.inference.request import Request
from napari_simpleclick.inference.zoom_in import area, fill

PLANE = np.broadcast_to(np.linspace(0, 255, 1200, dtype=np.uint8)[:, None], (900, 1200, 3))
"""Brighter from left to right, so that the fake network knows how much of it it sees."""

CLICK = Click(300, 700)


class Sprawling:
    """From afar a thin cross over everything; from near a square of so many values around the middle."""

    recipe = CLOSE
    fixed_batch = False

    def __init__(self, near: int = 30, cross: int = 4, nearest: int | None = None):
        self.near, self.nearest, self.cross, self.calls = near, near if nearest is None else nearest, cross, 0

    def encode(self, image):
        return [image.copy()]

    def decode(self, features, guidance):
        self.calls += 1
        (image,), size = features, guidance.shape[-1]
        logits = np.full((len(image), 1, size, size), -5, np.float32)
        for picture, drawn in zip(image, logits[:, 0], strict=True):
            middle = size // 2
            side = self.near if seen(picture) > 130 else self.nearest
            half, reach = (self.cross, size) if seen(picture) > 400 else (side // 2, side // 2)
            for rows, cols in ((half, reach), (reach, half)):
                drawn[max(middle - rows, 0) : middle + rows, max(middle - cols, 0) : middle + cols] = 5
        return logits


def seen(picture: np.ndarray) -> float:
    """How many of the plane's 1200 columns a crop shows."""
    return float(np.ptp(picture)) * 1200


def first_answer(network: Sprawling, click: Click = CLICK, **kwargs) -> Prediction:
    return Predictor(network, size=224).predict(PLANE, [click], **kwargs)


def test_a_small_thing_near_the_click_takes_the_place_of_a_sprawling_answer():
    answer = first_answer(Sprawling())
    found = answer.object_mask()
    assert found is not None
    assert max(found[0].shape) < 40
    assert found[0].row_start < CLICK.row < found[0].row_stop
    assert found[0].col_start < CLICK.col < found[0].col_stop


def after_a_negative_click(network: Sprawling) -> Prediction:
    predictor = Predictor(network, size=224)
    first = predictor.predict(PLANE, [CLICK])
    return predictor.predict(PLANE, [CLICK, Click(300, 200, positive=False)], first)


def test_what_still_sprawls_after_a_negative_click_is_looked_for_from_nearer():
    row = Sprawling(near=224, nearest=60)
    assert max(first_answer(row).roi.shape) == 1200
    answer = after_a_negative_click(row)
    assert max(answer.roi.shape) == 112
    found = answer.object_mask()
    assert found is not None
    assert max(found[0].shape) < 40
    assert answer.first_look is not None
    assert answer.first_look.object_mask() is None  # the network was to forget what it had answered


def test_more_of_a_view_is_a_whole_once_the_user_refused_something_larger():
    network = Sprawling(near=150)
    assert max(first_answer(network).roi.shape) == 1200
    assert max(after_a_negative_click(network).roi.shape) <= 200


def test_a_look_in_vain_costs_the_next_click_nothing():
    network = Sprawling(near=224)
    predictor = Predictor(network, size=224)
    first = predictor.predict(PLANE, [CLICK])
    encoded: list[int] = []
    network.encode = lambda image: encoded.append(len(image)) or [image.copy()]  # type: ignore[method-assign]
    predictor.predict(PLANE, [CLICK, Click(300, 800)], first)
    assert not encoded


def test_a_second_positive_click_does_not_look_nearer():
    predictor = Predictor(Sprawling(near=150), size=224)
    first = predictor.predict(PLANE, [CLICK])
    assert max(predictor.predict(PLANE, [CLICK, Click(300, 200)], first).roi.shape) == 1200


@pytest.mark.parametrize("near", [150, 224], ids=["large", "beyond_the_view"])
def test_part_of_something_large_does_not(near):
    answer = first_answer(Sprawling(near=near))
    found = answer.object_mask()
    assert found is not None
    assert max(found[0].shape) > 800


def test_compact_answers_and_zoomed_views_are_looked_for_no_nearer():
    compact = Sprawling(cross=112)
    first_answer(compact)
    assert compact.calls == 1  # it asks for the region that it has
    zoomed = Sprawling(near=200)
    assert max(first_answer(zoomed, view=Box(200, 500, 500, 800)).roi.shape) == 300


def test_questions_asked_together_get_the_answers_of_questions_asked_alone():
    requests = [Request(PLANE, [CLICK]), Request(PLANE, [Click(40, 40)], view=Box(0, 200, 0, 200))]
    together = Predictor(Sprawling(), size=224).predict_together(requests)
    for one, request in zip(together, requests, strict=True):
        alone = first_answer(Sprawling(), request.clicks[0], view=request.view)
        assert one.roi == alone.roi
        np.testing.assert_array_equal(one.network_map, alone.network_map)


def test_area_and_fill_are_told_in_pixels_of_the_plane():
    values = np.zeros((10, 10), np.float32)
    values[2:4, 2:7] = 1
    answer = Prediction(values, Box(0, 100, 0, 200), (100, 200))
    assert area(answer) == 10 * 10 * 20
    assert fill(answer) == pytest.approx(2000 / 100**2)
    assert fill(Prediction(values * 0, Box(0, 100, 0, 200), (100, 200))) == 1
