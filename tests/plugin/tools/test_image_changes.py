"""The image gets another place, unit or shape after Annotate."""

import numpy as np
import pytest
from napari.components import ViewerModel

from napari_simpleclick.arrays import Box
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.display.painter import Painter
from napari_simpleclick.plugin.jobs.worker import run_now


class Square:
    """Answers with a square around the last click."""

    def predict(self, image, clicks, previous=None, *, view=None):
        row, col = int(clicks[-1].row), int(clicks[-1].col)
        return Prediction.from_boxed((Box(row, row + 2, col, col + 2), np.ones((2, 2), bool)), image.shape[:2])


@pytest.fixture
def annotated():
    viewer = ViewerModel()
    image = viewer.add_image(np.zeros((6, 20, 30), np.uint8), name="live")
    controller = Controller(viewer, run_now)
    controller.predictors.load(Square)
    controller.images.annotate(image)
    viewer.dims.set_current_step(0, 3)
    controller.clicks.click_at((3, 5, 6), positive=True)
    return controller, image


def test_masks_and_clicks_follow_place_and_units(annotated):
    controller, image = annotated
    image.scale, image.translate, image.units = (3, 0.5, 0.5), (1, 2, 3), ("um",) * 3
    image.rotate = (0, 0, 30)
    for layer in (controller.workspace.labels, controller.workspace.points):
        np.testing.assert_allclose(layer._data_to_world.affine_matrix, image._data_to_world.affine_matrix)
        assert [str(unit) for unit in layer.units] == ["micrometer"] * 3


def test_masks_grow_with_a_live_image(annotated):
    controller, image = annotated
    image.data = np.zeros((9, 20, 30), np.uint8)
    controller.workspace.viewer.dims.set_current_step(0, 8)
    controller.clicks.click_at((8, 10, 12), positive=True)
    labels = controller.workspace.labels.data
    assert labels.shape == (9, 20, 30)
    assert np.count_nonzero(labels[3]) == np.count_nonzero(labels[8]) == 4
    assert not controller.canvas.busy


@pytest.mark.parametrize("shape", [(2, 20, 30), (6, 12, 30), (6, 20, 31), (20, 30)])
def test_masks_of_a_shape_that_is_gone_are_kept_beside_new_ones(annotated, shape):
    controller, image = annotated
    told, before = [], controller.workspace.labels
    controller.workspace.status.connect(told.append)
    image.data = np.zeros(shape, np.uint8)
    assert np.count_nonzero(before.data) == 4
    assert before in controller.workspace.viewer.layers
    assert any("kept in 'live masks'" in line for line in told)
    controller.workspace.viewer.dims.set_current_step(0, 1)
    controller.clicks.click_at((1, 5, 6), positive=True)
    labels = controller.workspace.labels
    assert labels is not before
    assert labels.data.shape == shape
    assert np.count_nonzero(labels.data) == 4
    assert not controller.canvas.busy


def test_new_pixels_of_the_same_shape_change_no_mask(annotated):
    controller, image = annotated
    before = controller.workspace.labels
    image.data = np.ones((6, 20, 30), np.uint8)
    assert controller.workspace.labels is before
    assert np.count_nonzero(before.data) == 4


def test_painting_that_fails_is_told_and_holds_up_nothing():
    def broken():
        yield
        raise IndexError("index 12 is out of bounds")

    told, shown = [], []
    painter = Painter(failed=told.append)
    painter.paint(broken(), lambda: shown.append("broken"))
    painter.paint(iter([None]), lambda: shown.append("next"))
    assert [str(error) for error in told] == ["index 12 is out of bounds"]
    assert shown == ["next"]
    assert painter.busy == 0


def test_answer_that_cannot_be_shown_is_told(annotated):
    controller, _ = annotated
    told = []
    controller.workspace.failed.connect(told.append)

    def cannot(_result):
        raise IndexError("no such slice")

    controller.jobs.submit(lambda: 1, cannot)
    assert [str(error) for error in told] == ["no such slice"]
    assert controller.jobs.busy == 0
