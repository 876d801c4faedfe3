"""Painting in turns: in order, at once where it is little, and finished when everything ends."""

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image
from tests.fakes import Disks

from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.display import painter as painting
from napari_simpleclick.plugin.display.painter import Painter
from napari_simpleclick.plugin.jobs.worker import run_now


@pytest.fixture
def turns(monkeypatch):
    """Every step takes a turn of its own; the turns that wait."""
    monkeypatch.setattr(painting, "TURN_S", -1.0)
    return []


def noted(log, name, count):
    for number in range(count):
        log.append(f"{name}{number}")
        yield


def test_without_a_window_everything_is_painted_at_once():
    log = []
    Painter().paint(noted(log, "a", 3), lambda: log.append("shown"))
    assert log == ["a0", "a1", "a2", "shown"]


def test_what_came_first_is_painted_first_over_several_turns(turns):
    log, painter = [], Painter(turns.append)
    painter.paint(noted(log, "a", 2), lambda: log.append("a shown"))
    painter.paint(noted(log, "b", 1), lambda: log.append("b shown"))
    assert log == ["a0"]
    assert painter.busy == 2
    while turns:
        turns.pop(0)()
    assert log == ["a0", "a1", "a shown", "b0", "b shown"]
    assert painter.busy == 0


def test_little_is_painted_at_once_with_a_window_too():
    turns, log = [], []
    Painter(turns.append).paint(noted(log, "a", 3), lambda: log.append("shown"))
    assert log[-1] == "shown"
    assert not turns


def test_finish_paints_what_waits(turns):
    log, painter = [], Painter(turns.append)
    painter.paint(noted(log, "a", 3), lambda: log.append("shown"))
    painter.finish()
    assert log == ["a0", "a1", "a2", "shown"]
    turns.pop()()
    assert log[-1] == "shown"


def test_a_step_that_fails_does_not_hold_up_the_next(turns):
    def broken():
        yield
        raise OSError("no memory")

    log, painter = [], Painter(turns.append)
    painter.paint(broken(), lambda: None)
    painter.paint(noted(log, "a", 1), lambda: log.append("shown"))
    with pytest.raises(OSError, match="no memory"):
        turns.pop(0)()
    painter.finish()
    assert log == ["a0", "shown"]


@pytest.mark.parametrize("slow", [True, False])
def test_labels_are_the_masks_whatever_is_done_while_they_are_painted(turns, monkeypatch, slow):
    """Clicks, undo, classes and a brush while older changes still wait to be painted."""
    monkeypatch.setattr(painting, "TURN_S", -1.0 if slow else 1.0)
    viewer = ViewerModel()
    image = viewer.add_layer(Image(np.zeros((2, 40, 60), np.uint8)))
    controller = Controller(viewer, run_now, turns.append)
    controller.predictors.load(Disks)
    controller.images.annotate(image)
    for number, (row, col) in enumerate([(10, 10), (12, 16), (20, 30), (22, 36)], start=1):
        controller.workspace.select_object(number)
        controller.clicks.click_at((0, row, col), positive=True)
    controller.undo.undo()
    controller.workspace.change_settings(label_by="classes")
    controller.objects.describe(2, class_id=3)
    with controller.workspace.labels.block_history():
        controller.workspace.labels.paint((0, 15, 15), 1)
    controller.workspace.change_settings(label_by="objects")
    controller.objects.remove(1)
    assert bool(controller.canvas.busy) == slow
    while turns:
        turns.pop(0)()
    assert controller.canvas.busy == 0
    composed = np.zeros((2, 40, 60), np.uint16)
    for object_id, key in controller.workspace.annotator.sessions:
        mask = controller.workspace.annotator.sessions.mask((object_id, key))
        if mask is not None:
            controller.workspace.planes[key].labels(composed)[mask[0].slices][mask[1]] = object_id
    np.testing.assert_array_equal(controller.workspace.labels.data, composed)
    assert set(np.unique(composed)) >= {0, 2, 3}


def test_labels_are_finished_when_the_widget_goes(turns):
    viewer = ViewerModel()
    image = viewer.add_layer(Image(np.zeros((40, 60), np.uint8)))
    controller = Controller(viewer, run_now, turns.append)
    controller.predictors.load(Disks)
    controller.images.annotate(image)
    controller.clicks.click_at((10, 10), positive=True)
    labels = controller.workspace.labels
    controller.shut_down()
    assert labels.data[10, 10] == 1
