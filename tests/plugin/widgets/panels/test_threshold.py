"""The threshold slider on layers, with a stand-in for the network that is less sure the farther from the click."""

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image
from qtpy.QtCore import Qt

from napari_simpleclick.arrays import Box
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.jobs.worker import run_now
from napari_simpleclick.plugin.widgets.panels.threshold import ThresholdSlider


class Cone:
    """1 at the newest click, 0 from 20 pixels on."""

    def predict(self, image, clicks, previous=None, *, view=None):
        height, width, _ = image.shape
        rows, cols = np.mgrid[:height, :width]
        distance = np.hypot(rows - clicks[-1].row, cols - clicks[-1].col)
        shown = np.clip(1 - distance / 20, 0, 1).astype(np.float32)
        return Prediction(shown, Box(0, height, 0, width), (height, width))


@pytest.fixture
def controller():
    viewer = ViewerModel()
    image = viewer.add_layer(Image(np.zeros((3, 64, 64), np.uint8)))
    controller = Controller(viewer, run_now)
    controller.predictors.load(lambda: Cone())
    controller.images.annotate(image)
    viewer.dims.set_current_step(0, 1)
    return controller


@pytest.fixture
def slider(controller, qtbot):
    widget = ThresholdSlider(controller.threshold)
    qtbot.addWidget(widget)
    controller.workspace.changed.connect(widget.refresh)
    controller.workspace.slice_changed.connect(widget.refresh)
    yield widget.slider
    widget.close()  # it has to live until here: signals hold it weakly


def area(controller):
    return int((np.asarray(controller.workspace.labels.data) > 0).sum())


def test_the_mask_follows_the_slider_and_undo_takes_all_of_it_back(controller, slider):
    assert not slider.isEnabled()
    controller.clicks.click_at((1, 32, 32), positive=True)
    assert slider.isEnabled()
    assert slider.value() == 49
    first = area(controller)
    slider.setValue(70)
    assert area(controller) < first
    slider.setValue(20)
    wide = area(controller)
    assert wide > first
    controller.undo.undo()
    assert (area(controller), slider.value()) == (first, 49)
    controller.undo.redo()
    assert (area(controller), slider.value()) == (wide, 20)


def test_every_object_and_slice_has_its_own_threshold(controller, slider):
    controller.clicks.click_at((1, 32, 32), positive=True)
    slider.setValue(80)
    controller.workspace.viewer.dims.set_current_step(0, 2)
    assert (slider.isEnabled(), slider.value()) == (False, 49)
    controller.clicks.click_at((2, 20, 20), positive=True)
    assert (slider.isEnabled(), slider.value()) == (True, 49)
    controller.workspace.viewer.dims.set_current_step(0, 1)
    assert slider.value() == 80
    controller.objects.next_object()
    assert not slider.isEnabled()


def test_a_locked_object_keeps_its_mask_and_says_why(controller, slider):
    controller.clicks.click_at((1, 32, 32), positive=True)
    controller.objects.describe(1, locked=True)
    before, errors = area(controller), []
    controller.workspace.failed.connect(errors.append)
    slider.setValue(10)
    assert area(controller) == before
    assert "locked" in str(errors[0])
    assert slider.value() == 49


def test_of_many_values_on_their_way_only_the_newest_counts(controller, slider):
    controller.clicks.click_at((1, 32, 32), positive=True)
    waiting = []
    controller.jobs.run = lambda *job: waiting.append(job)
    for value in (60, 70, 30):
        slider.setValue(value)
    assert slider.value() == 30  # what the user chose stays while it is on its way
    count = len(controller.workspace.annotator.history[0])
    for job in waiting:
        run_now(*job)
    assert len(controller.workspace.annotator.history[0]) == count + 1
    assert controller.workspace.annotator.sessions.prediction(1, ((1, 2), 1, None, None)).threshold == 0.3


def test_keys_move_it(controller, slider, qtbot):
    controller.clicks.click_at((1, 32, 32), positive=True)
    first = area(controller)
    for _ in range(10):
        qtbot.keyClick(slider, Qt.Key.Key_Left)
    assert slider.value() == 39
    assert area(controller) > first
