"""An object found again on the next slice: expected where its surroundings went, and kept near its shape."""

import numpy as np
import pytest

from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import ExpectedClick
from napari_simpleclick.evaluation.metrics import iou
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.propagation.follow import ROUNDS, expected_shape, follow, refine, why_stop
from napari_simpleclick.inference.propagation.intensity_likelihood import learned_likelihood
from napari_simpleclick.inference.propagation.registration import movement

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
    return Prediction.from_boxed((Box(row, row + side, col, col + side), np.ones((side, side), bool)), SHAPE)


def picture(seed=0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (*SHAPE, 1), np.uint8).repeat(3, axis=2)


def test_network_is_asked_about_the_expected_shape_and_then_about_its_own_answer():
    predictor = Says(0.5)
    follow(predictor, square(), picture())
    assert [clicks for clicks, _ in predictor.asked] == [[ExpectedClick(50, 60)]] * ROUNDS
    shapes = [previous.mask() for _, previous in predictor.asked]
    assert shapes[0].sum() == 21 * 21
    assert shapes[1].any()
    assert (shapes[1] != shapes[0]).any()


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
    assert predictor.asked[0][0][-1] == ExpectedClick(56, 52)
    assert found.mask()[48:65, 44:61].all()


def test_object_is_found_where_its_grey_values_are_when_the_network_cannot_tell():
    rng = np.random.default_rng(3)
    known, image = (rng.normal(100, 12, (*SHAPE, 1)) for _ in range(2))
    known[40:61, 50:71] += 60
    image[40:61, 50:66] += 60  # smaller by five columns
    known, image = (np.broadcast_to(each.clip(0, 255).astype(np.uint8), (*SHAPE, 3)) for each in (known, image))
    with_looks = follow(Says(0.5), square(), image, known=known).mask()
    without = follow(Says(0.5), square(), image).mask()
    truth = np.zeros(SHAPE, bool)
    truth[40:61, 50:66] = True
    assert iou(with_looks, truth) > 0.9 > 0.85 > iou(without, truth)


def test_object_that_looks_like_everything_around_it_is_expected_by_shape_alone():
    even = np.full((*SHAPE, 3), 90, np.uint8)
    assert np.array_equal(
        follow(Says(0.5), square(), even, known=even).mask(), follow(Says(0.5), square(), even).mask()
    )


def test_object_without_surroundings_has_no_appearance():
    assert learned_likelihood(picture(), (Box(0, SHAPE[0], 0, SHAPE[1]), np.ones(SHAPE, bool))) is None


def test_large_object_is_thinned_out_for_its_appearance():
    class Counted:
        shape = (4000, 4000, 3)
        read = 0

        def __getitem__(self, index):
            rows, cols = np.broadcast_arrays(*index)
            self.read += rows.size
            return ((rows // 1000 + cols // 1000) * 30).astype(np.uint8)[..., None].repeat(3, axis=2)

    plane, region = Counted(), Box(500, 3500, 500, 3500)
    likelihood = learned_likelihood(plane, (Box(1000, 3000, 1000, 3000), np.ones((2000, 2000), bool)))
    assert likelihood.log_ratio(plane, region, 64).shape == (64, 64)
    assert plane.read < 1_000_000


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


@pytest.mark.parametrize(("side", "after", "lost"), [(2, 4, False), (30, 60, True), (30, 50, False)])
def test_small_objects_may_grow_by_a_pixel_at_the_border_large_ones_only_in_proportion(side, after, lost):
    middle = 60
    before, found = (square(middle - each // 2, middle - each // 2, each).object_mask() for each in (side, after))
    assert why_stop(before, found) == (f"the area went from {side**2} to {after**2} pixels" if lost else None)


def test_object_at_the_border_is_followed():
    corner = (Box(0, 8, 0, 8), np.ones((8, 8), bool))
    assert refine(Says(0.6), corner, picture(), SHAPE).mask()[:8, :8].all()


def test_empty_object_cannot_be_followed():
    with pytest.raises(ValueError, match="click the object on this slice first"):
        follow(Says(0.5), Prediction.from_boxed(None, SHAPE), picture())
