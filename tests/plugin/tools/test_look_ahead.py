"""Looking ahead: the slice that is shown is prepared once, and anew when it, the view or the object is another."""

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image
from tests.fakes import Blocks, FakeTimer

from napari_simpleclick.clicks import Click
from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.jobs.worker import run_now
from napari_simpleclick.plugin.tools.look_ahead import LookAhead
from napari_simpleclick.plugin.workspace.planes import displayed_plane


class PreparedBlocks(Blocks):
    """Blocks that note what they were to prepare."""

    def __init__(self):
        self.prepared = []

    def prepare(self, image, *, view=None):
        self.prepared.append(image.plane.point[0])


@pytest.fixture
def network():
    return PreparedBlocks()


@pytest.fixture
def controller(network):
    viewer = ViewerModel()
    image = viewer.add_layer(Image(np.zeros((3, 64, 64), np.uint8)))
    controller = Controller(viewer, run_now)
    controller.predictors.load(lambda: network)
    controller.images.annotate(image)
    viewer.dims.set_current_step(0, 1)
    return controller


@pytest.fixture
def ahead(controller):
    ahead = LookAhead(controller.workspace, controller.jobs, controller.canvas, FakeTimer)
    ahead.look()
    return ahead


def test_slice_is_prepared_once_however_often_something_changes(controller, network, ahead):
    controller.workspace.changed.emit()
    assert ahead.timer.running
    ahead.look()
    assert network.prepared == [1]


def test_another_slice_is_prepared_when_it_is_shown_for_a_while(controller, network, ahead):
    ahead.timer.stop()
    controller.workspace.viewer.dims.set_current_step(0, 2)
    assert network.prepared == [1]
    ahead.timer.elapse()
    assert network.prepared == [1, 2]


def test_other_pixels_are_prepared_anew(controller, network, ahead):
    controller.workspace.image.data[:] = 9
    controller.workspace.image.refresh()
    ahead.look()
    assert network.prepared == [1, 1]


def test_object_that_has_a_mask_needs_nothing_and_the_next_one_does(controller, network, ahead):
    plane = displayed_plane(controller.workspace.image, controller.workspace.viewer.dims)
    controller.clicks.ask(controller.workspace.object_id, plane, Click(30, 30))
    controller.workspace.image.refresh()
    ahead.look()
    assert network.prepared == [1]
    controller.objects.next_object()
    ahead.look()
    assert network.prepared == [1, 1]


def test_nothing_is_done_in_3d_without_an_image_or_by_a_predictor_that_cannot(controller, network, ahead):
    controller.workspace.viewer.dims.ndisplay = 3
    ahead.look()
    controller.workspace.viewer.dims.ndisplay = 2
    controller.workspace.annotator.predictor = object()
    ahead.look()
    controller.workspace.viewer.layers.remove(controller.workspace.image)
    controller.workspace.image = None
    ahead.look()
    assert network.prepared == [1]


def test_after_its_end_it_hears_nothing(controller, network, ahead):
    ahead.stop()
    controller.workspace.viewer.dims.set_current_step(0, 2)
    ahead.camera.zoom = 3
    controller.workspace.changed.emit()
    assert not ahead.timer.running
