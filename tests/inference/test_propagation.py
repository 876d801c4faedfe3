"""An object found again on the next slice: expected where its surroundings went, and kept near its shape."""

import numpy as np
import pytest

from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.propagation import RIM, clicks_around, expected_shape, follow, refine, why_stop
from napari_simpleclick.inference.registration import movement

SHAPE = (120, 140)


class Says:
    """Answers every question with the same probability everywhere, and remembers what it was asked."""

    def __init__(self, probability):
        self.probability = probability
        self.asked = []

    def predict(self, image, clicks, previous=None, *, view=None):
        self.asked.append((clicks, previous))
        return Prediction(np.full((64, 64), self.probability, np.float32), Box(0, SHAPE[0], 0, SHAPE[1]), SHAPE)


def square(row=40, col=50, side=21) -> Prediction:
    return Prediction.from_patch((Box(row, row + side, col, col + side), np.ones((side, side), bool)), SHAPE)


def picture(seed=0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (*SHAPE, 1), np.uint8).repeat(3, axis=2)


def test_network_is_told_the_middle_and_what_lies_around():
    predictor = Says(0.5)
    follow(predictor, square(), picture())
    clicks, previous = predictor.asked[0]
    assert clicks[-1] == Click(50, 60)
    away = {(click.row - 50, click.col - 60) for click in clicks[:-1] if not click.positive}
    assert away == {(10 + RIM, 0), (-10 - RIM, 0), (0, 10 + RIM), (0, -10 - RIM)}
    assert previous.mask().sum() == 21 * 21


@pytest.mark.parametrize("probability", [0.5, 0.999])
def test_network_that_sees_the_object_everywhere_does_not_flood_the_slice(probability):
    found = follow(Says(probability), square(), picture()).mask()
    assert found[42:59, 52:69].all()
    assert found.sum() < 4 * 21 * 21


def test_network_that_sees_nothing_anywhere_ends_the_object():
    assert follow(Says(0.0), square(side=5), picture()).object_mask() is None


def test_object_is_expected_where_its_surroundings_moved():
    known = picture()
    predictor = Says(0.5)
    found = follow(predictor, square(), np.roll(known, (6, -8), (0, 1)), known=known)
    assert predictor.asked[0][0][-1] == Click(56, 52)
    assert found.mask()[48:65, 44:61].all()


def test_object_that_moved_with_its_surroundings_is_not_called_lost():
    known = picture()
    moved = np.roll(known, (10, 10), (0, 1))
    found = follow(Says(0.5), square(), moved, known=known).object_mask()
    assert why_stop(square().object_mask(), found) is not None
    assert why_stop(expected_shape(square(), moved, known), found) is None


def test_movement_is_none_where_nothing_can_be_seen_and_follows_large_objects_too():
    even = np.full((*SHAPE, 3), 90, np.uint8)
    assert movement(even, even, Box(40, 60, 40, 60)) == (0, 0)
    large = np.random.default_rng(1).integers(0, 255, (50, 50, 1), np.uint8).repeat(3, axis=2)
    large = large.repeat(16, axis=0).repeat(16, axis=1)
    rows, cols = movement(large, np.roll(large, (18, 27), (0, 1)), Box(100, 600, 100, 600))
    assert abs(rows - 18) <= 5
    assert abs(cols - 27) <= 5


def test_object_at_the_border_is_followed_without_clicks_outside():
    corner = (Box(0, 8, 0, 8), np.ones((8, 8), bool))
    assert all(click.row >= 0 and click.col >= 0 for click in clicks_around(corner, SHAPE))
    assert refine(Says(0.6), corner, picture(), SHAPE).mask()[:8, :8].all()


def test_empty_object_cannot_be_followed():
    with pytest.raises(ValueError, match="click the object on this slice first"):
        follow(Says(0.5), Prediction.from_patch(None, SHAPE), picture())
