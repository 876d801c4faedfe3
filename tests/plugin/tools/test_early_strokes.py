"""What is painted while the model is still loading is not lost."""

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image
from tests.fakes import Bright, autosave_of, tube

from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.jobs.worker import run_now


@pytest.fixture
def loading():
    """A controller on an image whose model is not there yet."""
    viewer = ViewerModel()
    image = viewer.add_layer(Image(tube(4)))
    controller = Controller(viewer, run_now)
    controller.images.annotate(image)
    viewer.dims.set_current_step(0, 0)
    return controller


def test_strokes_before_the_model_become_objects_that_undo_and_recovery_know(loading, tmp_path):
    controller = loading
    controller.workspace.labels.paint((0, 60, 60), 1)
    controller.workspace.labels.brush_size = 6
    controller.workspace.labels.paint((0, 20, 80), 2)
    painted = controller.workspace.labels.data.copy()
    assert controller.workspace.annotator is None
    controller.predictors.load(Bright)
    np.testing.assert_array_equal(controller.workspace.labels.data, painted)
    assert [found.object_id for found in controller.workspace.annotator.summaries()] == [1, 2]
    autosave = autosave_of(controller, tmp_path)
    autosave.save()
    assert autosave.journal.path.exists()
    controller.undo.undo()
    assert set(np.unique(controller.workspace.labels.data)) == {0, 1}
    controller.undo.undo()
    assert not controller.workspace.labels.data.any()


def test_strokes_on_an_image_that_was_left_are_not_taken_to_another(loading):
    controller = loading
    controller.workspace.labels.paint((0, 60, 60), 1)
    controller.images.annotate(controller.workspace.viewer.add_layer(Image(tube(3))))
    controller.predictors.load(Bright)
    assert controller.workspace.annotator.summaries() == []
    assert not controller.workspace.labels.data.any()
