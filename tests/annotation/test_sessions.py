"""Sessions and the annotator: any history of clicks, undo and redo equals a replay from scratch."""

import numpy as np
import pytest

from napari_simpleclick.annotation.annotator import Annotator
from napari_simpleclick.annotation.label_painting import paint_changes
from napari_simpleclick.annotation.object_edits import clear, remove
from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.session import ClickSession

SHAPE = (40, 50)
IMAGE = np.zeros((*SHAPE, 3), np.uint8)


class Disks:
    """A stand-in for the network: a disk around every positive click, minus those around negative ones.

    It looks at the previous prediction too, so that a wrong one would be seen.
    """

    def __init__(self):
        self.calls = 0

    def predict(self, image, clicks, previous=None, *, view=None):
        self.calls += 1
        if clicks[-1].row == 13:
            raise RuntimeError("unlucky")
        rows, cols = np.mgrid[: SHAPE[0], : SHAPE[1]]
        shown = np.zeros(SHAPE, np.float32) if previous is None else 0.6 * previous.probability
        for click in clicks:
            shown[np.hypot(rows - click.row, cols - click.col) < 6] = 0.9 if click.positive else 0.1
        return Prediction.from_mask(shown, Box(0, SHAPE[0], 0, SHAPE[1]), size=64)


def test_undo_restores_the_previous_prediction_and_redo_the_next():
    session = ClickSession(Disks(), IMAGE)
    first, second = session.click(Click(5, 5)), session.click(Click(20, 20))
    assert session.undo() is first
    assert session.redo() is second
    session.undo()
    assert session.undo() is None
    assert session.clicks == ()
    assert not session.can_undo
    assert session.can_redo


def test_failed_prediction_changes_nothing():
    session = ClickSession(Disks(), IMAGE)
    before = session.click(Click(5, 5))
    with pytest.raises(RuntimeError, match="unlucky"):
        session.click(Click(13, 5))
    with pytest.raises(RuntimeError, match="unlucky"):
        session.replace([Click(6, 6), Click(13, 5)])
    assert session.clicks == (Click(5, 5),)
    assert session.prediction is before


def test_replacing_the_last_click_predicts_only_from_there():
    predictor = Disks()
    session = ClickSession(predictor, IMAGE)
    for place in (5, 10, 20):
        session.click(Click(place, place))
    predictor.calls = 0
    session.replace([Click(5, 5), Click(10, 10), Click(20, 21)])
    assert predictor.calls == 1


def test_new_object_keeps_every_pixel_of_the_old_one():
    annotator = Annotator(Disks())
    labels = np.zeros(SHAPE, np.uint16)
    paint_changes(labels, annotator.click(1, 0, IMAGE, Click(20, 20)))
    old = labels == 1
    paint_changes(labels, annotator.click(2, 0, IMAGE, Click(20, 24)))
    np.testing.assert_array_equal(labels == 1, old)
    assert (labels == 2).any()


def test_undo_goes_back_across_slices_and_objects():
    annotator = Annotator(Disks())
    for object_id, plane in ((1, 0), (1, 1), (2, 1)):
        annotator.click(object_id, plane, IMAGE, Click(5, 5))
    undone = [change for _ in range(3) for change in annotator.undo()]
    assert [(change.object_id, change.plane) for change in undone] == [(2, 1), (1, 1), (1, 0)]
    assert annotator.undo() == []
    assert [change.plane for change in annotator.redo()] == [0]


def test_moved_click_is_undone_to_where_it_was():
    annotator = Annotator(Disks())
    annotator.click(1, 0, IMAGE, Click(5, 5))
    annotator.replace(1, 0, [Click(30, 30)])
    annotator.undo()
    assert annotator.sessions.clicks(1) == {0: (Click(5, 5),)}
    annotator.redo()
    assert annotator.sessions.clicks(1) == {0: (Click(30, 30),)}


def test_painted_mask_is_kept_to_the_pixel_and_seen_by_the_next_click():
    annotator = Annotator(Disks())
    stroke = np.random.default_rng(0).random((7, 9)) > 0.5
    box = Box(20, 27, 10, 19)
    (change,) = annotator.draw([((1, 0), IMAGE, Prediction.from_boxed((box, stroke), SHAPE))])
    expected = np.zeros(SHAPE, bool)
    expected[box.slices] = stroke
    np.testing.assert_array_equal(change.new.mask(), expected)
    solid = (box, np.ones((7, 9), bool))
    annotator.draw([((1, 0), IMAGE, Prediction.from_boxed(solid, SHAPE))])
    after = annotator.click(1, 0, IMAGE, Click(5, 40))[0].new.mask()
    assert after[23, 14]
    assert after[5, 40]


def test_stroke_across_two_objects_is_undone_at_once():
    annotator = Annotator(Disks())
    labels = np.zeros(SHAPE, np.uint16)
    paint_changes(labels, annotator.click(1, 0, IMAGE, Click(20, 20)))
    paint_changes(labels, annotator.click(2, 0, IMAGE, Click(20, 34)))
    before = labels.copy()
    labels[18:22, 18:36] = 2
    whole = Box(0, 40, 0, 50)
    drawn = {value: Prediction.from_boxed((whole, labels == value), SHAPE) for value in (1, 2)}
    annotator.draw([((value, 0), IMAGE, prediction) for value, prediction in drawn.items()])
    paint_changes(labels, annotator.undo())
    np.testing.assert_array_equal(labels, before)


def test_pixels_that_an_object_gives_up_go_to_the_one_below():
    annotator = Annotator(Disks())
    labels = np.zeros(SHAPE, np.uint16)
    paint_changes(labels, annotator.click(1, 0, IMAGE, Click(20, 20)))
    paint_changes(labels, annotator.click(2, 0, IMAGE, Click(20, 24)))
    paint_changes(labels, clear(annotator, 1, [0]))
    np.testing.assert_array_equal(labels == 2, Disks().predict(IMAGE, [Click(20, 24)]).mask())
    paint_changes(labels, annotator.undo())
    np.testing.assert_array_equal(labels == 1, Disks().predict(IMAGE, [Click(20, 20)]).mask())


def test_removed_object_comes_back_on_all_slices_at_once():
    annotator = Annotator(Disks())
    for plane in range(3):
        annotator.click(1, plane, IMAGE, Click(5, 5))
    assert [(s.slices, s.clicks, s.unreviewed) for s in annotator.summaries()] == [(3, 3, 0)]
    assert len(remove(annotator, 1)) == 3
    assert annotator.summaries() == []
    assert len(annotator.undo()) == 3
    assert annotator.summaries()[0].slices == 3
