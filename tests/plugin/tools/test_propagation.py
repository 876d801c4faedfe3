"""Propagation, interpolation and painting on napari's viewer model."""

from dataclasses import replace

import numpy as np
import pytest
from tests.fakes import Bright, annotated, tube

from napari_simpleclick.arrays import Box
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.plugin.workspace.slices import slice_states


def assert_outlined(controller, data, places, *, iou=0.85):
    for place in places:
        mask, truth = controller.workspace.labels.data[place] > 0, data[place] > 0
        assert (mask & truth).sum() / (mask | truth).sum() > iou, place


def test_object_is_followed_to_the_end_of_the_stack():
    data = tube(8)
    controller, propagation = annotated(data)
    propagation.propagate(1)
    assert_outlined(controller, data, range(8))
    assert "7 slices propagated to the end" in controller.messages[-1]
    assert controller.workspace.annotator.summaries()[0].unreviewed == 7


def test_propagation_goes_back_and_stops_after_so_many_slices():
    data = tube(8)
    controller, propagation = annotated(data, start=5)
    propagation.propagate(-1, count=2)
    assert [bool(plane.any()) for plane in controller.workspace.labels.data] == [False] * 3 + [True] * 3 + [False] * 2
    assert controller.workspace.viewer.dims.current_step[0] == 5, "the view stays"


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda plane: np.zeros_like(plane), "nothing was found"),
        (lambda plane: np.full_like(plane, 200), "the area went"),
        (lambda plane: np.roll(plane, 25, axis=0), "nothing was found"),
    ],
)
def test_leash_holds_where_the_object_jumps(spoil, reason):
    data = tube(8)
    data[4] = spoil(data[4])
    controller, propagation = annotated(data)
    propagation.propagate(1)
    assert not controller.workspace.labels.data[4:].any()
    assert reason in controller.messages[-1]
    assert controller.workspace.viewer.dims.current_step[0] == 0, "the view stays"


class Stubborn:
    """Answers with a disk around the newest click, whatever there is."""

    def predict(self, image, clicks, previous=None, *, view=None):
        rows, cols = np.mgrid[: image.shape[0], : image.shape[1]]
        mask = np.hypot(rows - clicks[-1].row, cols - clicks[-1].col) < 9
        return Prediction.from_mask(mask.astype(np.float32), Box(0, *mask.shape[:1], 0, mask.shape[1]), size=128)


def test_what_no_longer_looks_like_the_object_ends_it_and_what_does_has_a_confidence():
    data = tube(8, drift=0)
    data[4:] = 0  # nothing there any more, but the network goes on
    controller, propagation = annotated(data)
    controller.workspace.annotator.predictor = Stubborn()
    propagation.propagate(1)
    assert not controller.workspace.labels.data[4:].any()
    assert "the object seems to end" in controller.messages[-1]
    states = slice_states(controller.workspace)
    assert set(states.confidence) == {1, 2, 3}
    assert min(states.confidence.values()) > 0.9
    assert "confidence" in states.text(2)


def believe(workspace, confidence):
    """Make propagation as sure of slices of object 1 as a table says."""
    for key, session in workspace.annotator.sessions.of(1).items():
        *before, newest = session.steps
        session.steps = (*before, replace(newest, confidence=confidence.get(workspace.planes[key].point[0])))


def test_enter_accepts_and_goes_on_to_the_least_certain_slice():
    controller, propagation = annotated(tube(6))
    propagation.propagate(1)
    workspace = controller.workspace
    believe(workspace, {1: 0.9, 2: 0.8, 3: 0.6, 4: 0.7, 5: 0.95})
    controller.slices.review()
    seen = [workspace.viewer.dims.current_step[0]]
    while slice_states(workspace).unreviewed:
        propagation.accept()
        seen.append(workspace.viewer.dims.current_step[0])
    assert seen == [3, 4, 2, 1, 5, 5]


def test_confidence_comes_back_with_redo_and_goes_with_a_click():
    controller, propagation = annotated(tube(6))
    propagation.propagate(1, count=2)
    before = dict(slice_states(controller.workspace).confidence)
    assert set(before) == {1, 2}
    controller.undo.undo()
    assert set(slice_states(controller.workspace).confidence) == {1}
    controller.undo.redo()
    assert slice_states(controller.workspace).confidence == before
    controller.clicks.click_at((2, 31, 31), positive=True)
    assert set(slice_states(controller.workspace).confidence) == {1}


def test_object_that_moves_with_what_is_around_it_is_followed():
    data = tube(8)
    data[4:] = np.roll(data[4:], 8, axis=1)
    controller, propagation = annotated(data)
    propagation.propagate(1)
    assert_outlined(controller, data, range(8))


def test_clicked_and_accepted_slices_are_never_overwritten():
    data = tube(8)
    controller, propagation = annotated(data)
    controller.workspace.viewer.dims.set_current_step(0, 3)
    controller.clicks.click_at((3, 5, 5), positive=True)
    before = controller.workspace.labels.data[3].copy()
    controller.workspace.viewer.dims.set_current_step(0, 0)
    propagation.propagate(1)
    np.testing.assert_array_equal(controller.workspace.labels.data[3], before)
    assert "clicked already" in controller.messages[-1]
    controller.workspace.viewer.dims.set_current_step(0, 2)
    propagation.accept()
    assert "accepted" in controller.messages[-1]
    controller.workspace.viewer.dims.set_current_step(0, 0)
    propagation.propagate(1)
    assert "accepted already" in controller.messages[-1]


def test_propagated_slices_are_replaced_after_a_correction():
    data = tube(4)
    controller, propagation = annotated(data)
    propagation.propagate(1)
    controller.workspace.viewer.dims.set_current_step(0, 0)
    propagation.propagate(1)
    assert "3 slices propagated" in controller.messages[-1]


def test_every_propagated_slice_is_undone_by_itself():
    data = tube(4)
    controller, propagation = annotated(data)
    propagation.propagate(1)
    controller.undo.undo()
    assert [bool(plane.any()) for plane in controller.workspace.labels.data] == [True, True, True, False]
    for _ in range(3):
        controller.undo.undo()
    assert not controller.workspace.labels.data.any()


def test_propagation_needs_an_object_and_another_slice():
    data = tube(3)
    controller, propagation = annotated(data)
    controller.objects.next_object()
    propagation.propagate(1)
    assert "Click the object on this slice first" in controller.messages[-1]
    controller, propagation = annotated(tube(1))
    propagation.propagate(1)
    assert "end of the stack" in controller.messages[-1]


def test_gap_between_clicked_slices_is_filled_and_undone_at_once():
    data = tube(9, drift=4)
    controller, propagation = annotated(data)
    controller.workspace.viewer.dims.set_current_step(0, 8)
    controller.clicks.click_at((8, 40, 25 + 32), positive=True)
    propagation.interpolate()
    assert_outlined(controller, data, range(9))
    assert controller.workspace.annotator.summaries()[0].unreviewed == 7
    controller.undo.undo()
    assert [bool(plane.any()) for plane in controller.workspace.labels.data] == [True] + [False] * 7 + [True]


def bulge():
    """A tube that is thicker in the middle than at both ends."""
    return np.stack([tube(1, radius=radius)[0] for radius in (8, 9, 11, 12, 11, 9, 8)])


def clicked_at_both_ends():
    controller, propagation = annotated(bulge())
    controller.workspace.viewer.dims.set_current_step(0, 6)
    controller.clicks.click_at((6, 40, 25), positive=True)
    return controller, propagation


def test_gap_is_fitted_to_the_picture_where_shapes_do_not_change_evenly():
    controller, propagation = clicked_at_both_ends()
    propagation.interpolate()
    assert controller.workspace.labels.data[3].sum() < 0.6 * (bulge()[3] > 0).sum()
    propagation.interpolate(fit=True)
    assert_outlined(controller, bulge(), range(7))
    assert "5 slices interpolated and refined." in controller.messages[-1]
    assert controller.workspace.annotator.summaries()[0].unreviewed == 5
    assert not propagation.running
    controller.undo.undo()
    assert controller.workspace.labels.data[3].sum() < 0.6 * (bulge()[3] > 0).sum()


def test_fitting_is_stopped_between_two_slices(monkeypatch):
    controller, propagation = clicked_at_both_ends()
    answer = Bright.predict

    def stops(self, *args, **settings):
        propagation.cancel()
        return answer(self, *args, **settings)

    monkeypatch.setattr(Bright, "predict", stops)
    propagation.interpolate(fit=True)
    assert "1 slice interpolated and refined; stopped: cancelled." in controller.messages[-1]
    assert [bool(plane.any()) for plane in controller.workspace.labels.data] == [True] * 2 + [False] * 4 + [True]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_painted_stroke_enters_the_history_and_the_next_click(order):
    controller, _ = annotated(tube(3))
    controller.workspace.viewer.dims.order = order
    labels = controller.workspace.labels
    before = labels.data.copy()
    labels.brush_size = 5
    labels.paint((0, 70, 80), controller.workspace.object_id)
    painted = labels.data.copy()
    assert painted[0, 70, 80] == 1
    assert (painted != before).sum() > 4
    controller.undo.undo()
    np.testing.assert_array_equal(labels.data, before)
    controller.undo.redo()
    np.testing.assert_array_equal(labels.data, painted)


def test_filled_area_and_stroke_over_two_objects_are_undone():
    data = tube(3)
    controller, _ = annotated(data)
    controller.workspace.change_settings(overlap="overwrite")
    controller.objects.next_object()
    controller.workspace.labels.fill((0, 70, 80), 2)
    assert (controller.workspace.labels.data[0] > 0).all()
    filled = controller.workspace.labels.data.copy()
    controller.workspace.labels.brush_size = 20
    controller.workspace.labels.paint((0, 40, 35), 2)
    controller.undo.undo()
    np.testing.assert_array_equal(controller.workspace.labels.data, filled)
    controller.undo.undo()
    assert_outlined(controller, data, [0])
    assert set(np.unique(controller.workspace.labels.data)) == {0, 1}


def test_eraser_shrinks_the_object_and_undo_brings_it_back():
    data = tube(3)
    controller, propagation = annotated(data)
    before = controller.workspace.labels.data.copy()
    controller.workspace.labels.brush_size = 6
    controller.workspace.labels.paint((0, 40, 25), 0)
    assert controller.workspace.labels.data[0, 40, 25] == 0
    propagation.propagate(1, count=1)
    assert "1 slice propagated" in controller.messages[-1]
    controller.undo.undo()
    controller.undo.undo()
    np.testing.assert_array_equal(controller.workspace.labels.data, before)


def test_choosing_a_label_in_napari_chooses_the_object():
    controller, _ = annotated(tube(3))
    controller.objects.next_object()
    assert len(controller.workspace.points.data) == 0
    controller.workspace.labels.selected_label = 1
    assert controller.workspace.object_id == 1
    assert len(controller.workspace.points.data) == 1


def test_removed_object_is_gone_from_all_slices_until_undone():
    data = tube(4)
    controller, propagation = annotated(data)
    propagation.propagate(1)
    before = controller.workspace.labels.data.copy()
    controller.objects.remove()
    assert not controller.workspace.labels.data.any()
    controller.undo.undo()
    np.testing.assert_array_equal(controller.workspace.labels.data, before)


def test_stroke_is_told_and_its_undo_means_the_painted_object():
    controller, _ = annotated(tube(3))
    controller.workspace.change_settings(overlap="overwrite")
    controller.objects.next_object()
    controller.workspace.labels.brush_size = 20
    controller.workspace.labels.paint((0, 40, 35), 2)
    pixels = int((controller.workspace.labels.data == 2).sum())
    assert controller.messages[-1] == f"Object 2: {pixels} pixels. Left click adds, right click removes."
    controller.undo.undo()
    assert controller.workspace.object_id == 2


def test_slice_without_the_object_cannot_be_reset_and_says_so():
    controller, _ = annotated(tube(3))
    controller.objects.next_object()
    controller.objects.clear_slice()
    assert controller.messages[-1] == "Object 2 is not on this slice."
    errors = []
    controller.workspace.failed.connect(errors.append)
    controller.workspace.viewer.dims.ndisplay = 3
    controller.objects.clear_slice()
    assert "2-D display" in str(errors[0])
