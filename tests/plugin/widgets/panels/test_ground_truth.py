"""The ground truth beside the clicks, with a stand-in for the network."""

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image, Labels

from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.jobs.worker import run_now
from napari_simpleclick.plugin.tools.ground_truth import Agreement, GroundTruth, agreement
from napari_simpleclick.plugin.widgets.panels.ground_truth import GroundTruthPanel

SHAPE = (3, 64, 64)
PATCH = Box(10, 20, 10, 30), np.ones((10, 20), bool)


class Blocks:
    """Answers every click with rows 10 to 20 and columns 10 to 30."""

    def predict(self, image, clicks, previous=None, *, view=None):
        return Prediction.from_boxed(PATCH, image.shape[:2])


@pytest.fixture
def controller():
    viewer = ViewerModel()
    image = viewer.add_layer(Image(np.zeros(SHAPE, np.uint8)))
    controller = Controller(viewer, run_now)
    controller.predictors.load(lambda: Blocks())
    controller.images.annotate(image)
    controller.errors = []
    controller.workspace.failed.connect(controller.errors.append)
    return controller


@pytest.fixture
def truth(controller, qtbot):
    widget = GroundTruthPanel(GroundTruth(controller.workspace, run_now))
    qtbot.addWidget(widget)
    controller.workspace.changed.connect(widget.refresh)
    controller.workspace.slice_changed.connect(widget.refresh)
    yield widget
    widget.close()  # it has to live until here: signals hold it weakly


def labels():
    values = np.zeros(SHAPE, np.uint16)
    values[1, 10:20, 10:20] = 7
    values[1, 40:50, 40:50] = 9
    return values


def choose(truth, name):
    truth.refresh()
    truth.menu.setCurrentText(name)
    truth.menu.activated.emit(truth.menu.currentIndex())


def test_only_other_labels_are_offered(controller, truth):
    controller.workspace.viewer.add_layer(Labels(labels(), name="expert"))
    truth.refresh()
    assert [truth.menu.itemText(place) for place in range(truth.menu.count())] == ["no ground truth", "expert"]


def test_agreement_follows_clicks_slices_and_undo(controller, truth):
    layer = controller.workspace.viewer.add_layer(Labels(labels(), name="expert"))
    choose(truth, "expert")
    controller.workspace.viewer.dims.set_current_step(0, 1)
    assert truth.told.text() == "no object is meant yet"
    controller.clicks.click_at((1, 15, 15), positive=True)
    assert truth.told.text() == "object 7: IoU 0.50, Dice 0.67; clicks: 1, in all 1"
    controller.clicks.click_at((1, 15, 25), positive=False)
    assert truth.told.text().endswith("clicks: 2, in all 2")
    controller.workspace.viewer.dims.set_current_step(0, 2)
    assert truth.told.text() == "no object is meant yet"
    controller.clicks.click_at((2, 15, 15), positive=True)
    assert truth.told.text() == "no object of the ground truth here"
    controller.workspace.viewer.dims.set_current_step(0, 1)
    assert truth.told.text().endswith("clicks: 2, in all 3")
    controller.workspace.viewer.layers.remove(layer)
    truth.refresh()
    assert truth.menu.currentText() == "no ground truth"
    assert not truth.told.text()


def test_labels_of_another_shape_are_refused_with_the_cure(controller, truth):
    controller.workspace.viewer.add_layer(Labels(np.zeros((3, 64, 65), np.uint8), name="other"))
    choose(truth, "other")
    assert truth.menu.currentText() == "no ground truth"
    assert "'other' has 3 x 64 x 65 voxels and the image has 3 x 64 x 64" in str(controller.errors[0])


def test_labels_of_another_place_are_refused_with_both_affines(controller, truth):
    mirrored = Labels(labels(), name="other", scale=(1, -1, 1), translate=(0, 63, 0), units="mm")
    controller.workspace.viewer.add_layer(mirrored)
    controller.workspace.image.units = ("mm",) * 3
    controller.workspace.image.translate = (0, 0, 5)
    choose(truth, "other")
    assert truth.menu.currentText() == "no ground truth"
    assert "Affines" in str(controller.errors[0])


def test_without_a_click_in_it_the_object_of_the_largest_overlap_is_meant():
    values = labels()[1]
    assert agreement(values, PATCH, [Click(15, 25)]) == Agreement(7, 0.5, pytest.approx(2 / 3))
    assert agreement(values, PATCH, [Click(45, 45)]) == Agreement(9, 0, 0)
    assert agreement(values, None, [Click(45, 45)]) == Agreement(9, 0, 0)
    assert agreement(values, None, []) is None
