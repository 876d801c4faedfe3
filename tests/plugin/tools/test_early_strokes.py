"""What is painted while the model is still loading is not lost."""

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image
from tests.plugin.tools.test_propagation import Bright, tube

from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.jobs.worker import run_now
from napari_simpleclick.plugin.sessions.autosave import Recovery


@pytest.fixture
def loading():
    """A controller on an image whose model is not there yet."""
    viewer = ViewerModel()
    image = viewer.add_layer(Image(tube(4)))
    controller = Controller(viewer, run_now)
    controller.annotate(image)
    viewer.dims.set_current_step(0, 0)
    return controller


def test_strokes_before_the_model_become_objects_that_undo_and_recovery_know(loading, tmp_path):
    controller = loading
    controller.labels.paint((0, 60, 60), 1)
    controller.labels.brush_size = 6
    controller.labels.paint((0, 20, 80), 2)
    painted = controller.labels.data.copy()
    assert controller.annotator is None
    controller.load(Bright)
    np.testing.assert_array_equal(controller.labels.data, painted)
    assert [found.object_id for found in controller.annotator.summaries()] == [1, 2]
    recovery = Recovery(controller, run_now, tmp_path)
    recovery.save()
    assert recovery.journal.path.exists()
    controller.undo()
    assert set(np.unique(controller.labels.data)) == {0, 1}
    controller.undo()
    assert not controller.labels.data.any()


def test_strokes_on_an_image_that_was_left_are_not_taken_to_another(loading):
    controller = loading
    controller.labels.paint((0, 60, 60), 1)
    controller.annotate(controller.viewer.add_layer(Image(tube(3))))
    controller.load(Bright)
    assert controller.annotator.summaries() == []
    assert not controller.labels.data.any()
