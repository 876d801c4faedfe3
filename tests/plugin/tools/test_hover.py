"""Previews under the mouse, with a stand-in for the network."""

from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image
from tests.fakes import FakeTimer

from napari_simpleclick.arrays import Box
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.jobs.worker import run_now
from napari_simpleclick.plugin.tools.hover import HoverPreview


class Blocks:
    """Answers with a block of 9 x 9 pixels around the newest click."""

    def predict(self, image, clicks, previous=None, *, view=None):
        row, col = clicks[-1].row, clicks[-1].col
        return Prediction.from_boxed((Box(row - 4, row + 5, col - 4, col + 5), np.ones((9, 9), bool)), image.shape[:2])


@pytest.fixture
def network():
    return Blocks()


@pytest.fixture
def controller(network):
    viewer = ViewerModel()
    image = viewer.add_layer(Image(np.zeros((3, 64, 64), np.uint8), scale=(4, 2, 2)))
    controller = Controller(viewer, run_now)
    controller.messages = []
    controller.workspace.status.connect(controller.messages.append)
    controller.predictors.load(lambda: network)
    controller.images.annotate(image)
    viewer.dims.set_current_step(0, 1)
    return controller


@pytest.fixture
def hover(controller):
    hover = HoverPreview(controller.workspace, controller.jobs, controller.canvas, controller.mouse, FakeTimer)
    hover.switch(True)
    return hover


def move(hover, row, col):
    """Move the mouse to a row and column of the displayed slice."""
    hover(hover.workspace.viewer, SimpleNamespace(position=(4, 2 * row, 2 * col), pos=(10 * row, 10 * col)))


def shown(hover):
    """Place of the preview, as first and last index along every axis; None where nothing is shown."""
    if hover.layer is None or not hover.layer.visible:
        return None
    places = np.argwhere(hover.layer.data)
    return tuple(places.min(axis=0)), tuple(places.max(axis=0))


def test_a_resting_mouse_outlines_what_a_click_would_give_and_changes_nothing(hover, controller):
    active = controller.workspace.viewer.layers.selection.active
    move(hover, 20, 30)
    assert shown(hover) is None
    hover.timer.elapse()
    assert shown(hover) == ((1, 16, 26), (1, 24, 34))
    assert hover.layer.data[1, 20, 26:35].tolist() == [1, 1, 0, 0, 0, 0, 0, 1, 1], "an outline"
    assert not controller.workspace.labels.data.any()
    assert not controller.workspace.annotator.can_undo
    assert controller.workspace.annotator.summaries() == []
    assert controller.workspace.viewer.layers.selection.active is active
    np.testing.assert_allclose(hover.layer.scale, controller.workspace.labels.scale)


def test_moving_on_hides_it_and_the_next_rest_shows_another(hover):
    move(hover, 20, 30)
    hover.rest()
    move(hover, 40, 40)
    assert shown(hover) is None
    hover.rest()
    assert shown(hover) == ((1, 36, 36), (1, 44, 44))


@pytest.mark.parametrize("end", ["click", "slice", "object", "undo"])
def test_it_goes_when_something_is_done(hover, controller, end):
    controller.clicks.click_at((4, 80, 80), positive=True)
    move(hover, 20, 30)
    hover.rest()
    assert shown(hover) is not None
    {
        "click": lambda: controller.clicks.click_at((4, 40, 60), positive=True),
        "slice": lambda: controller.workspace.viewer.dims.set_current_step(0, 2),
        "object": controller.objects.next_object,
        "undo": controller.undo.undo,
    }[end]()
    assert shown(hover) is None
    assert not hover.layer.data.any()


def test_an_answer_that_comes_after_the_mouse_moved_is_dropped(hover, controller):
    waiting = []
    controller.jobs.run = lambda *job: waiting.append(job)
    move(hover, 20, 30)
    hover.rest()
    move(hover, 40, 40)
    for job in waiting:
        run_now(*job)
    assert shown(hover) is None


def test_a_slow_network_switches_it_off_and_says_so(hover, controller, monkeypatch):
    ticks = count(step=0.3)
    monkeypatch.setattr("napari_simpleclick.plugin.tools.hover.perf_counter", lambda: next(ticks))
    for col in (20, 30, 40):
        move(hover, 20, col)
        hover.rest()
    assert not hover.on
    assert hover.layer is None
    assert "Previews are off" in controller.messages[-1]


def test_off_the_picture_without_it_and_with_a_locked_object_nothing_is_shown(hover, controller):
    move(hover, 20, 300)
    hover.rest()
    assert shown(hover) is None
    controller.objects.describe(1, locked=True)
    move(hover, 20, 30)
    hover.rest()
    assert shown(hover) is None
    controller.objects.describe(1, locked=False)
    hover.rest()
    assert shown(hover) is not None
    hover.switch(False)
    assert hover.layer is None
    assert [layer.name for layer in controller.workspace.viewer.layers if "preview" in layer.name] == []
