"""What the network sees of several images on one grid: the one on top, unless channels were chosen."""

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image, Labels
from tests.fakes import Disks

from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.jobs.worker import run_now
from napari_simpleclick.plugin.tools.top_layer import TopLayer
from napari_simpleclick.plugin.workspace import channels
from napari_simpleclick.plugin.workspace.channels import Channel


@pytest.fixture
def patient():
    """A controller on image t1 (black), below t2 (white); both can be seen."""
    viewer = ViewerModel()
    images = [Image(np.full((60, 80), grey, np.uint8), name=name) for name, grey in (("t1", 0), ("t2", 255))]
    for image in images:
        viewer.add_layer(image)
    controller = Controller(viewer, run_now)
    controller.disks, controller.messages = Disks(), []
    controller.workspace.status.connect(controller.messages.append)
    controller.predictors.load(lambda: controller.disks)
    controller.top = TopLayer(controller.workspace, run_now)
    controller.images.annotate(images[0])
    return controller


def seen(controller):
    """The grey value that the network sees of a click."""
    controller.objects.next_object()
    controller.clicks.click_at((30, 40), positive=True)
    return int(np.asarray(controller.disks.images[-1])[0, 0].mean())


def test_the_network_sees_what_is_on_top(patient):
    layers = patient.workspace.viewer.layers
    assert seen(patient) == 255
    assert "The network looks at 't2', which is on top." in patient.messages
    layers["t2"].visible = False
    assert seen(patient) == 0
    layers["t2"].visible = True
    layers.move(layers.index(layers["t1"]), layers.index(layers["t2"]) + 1)
    assert seen(patient) == 0
    layers.move(layers.index(layers["t2"]), layers.index(layers["t1"]) + 1)
    assert seen(patient) == 255
    layers.remove("t2")
    assert seen(patient) == 0


def test_an_overlay_another_grid_and_labels_are_not_on_top(patient):
    viewer = patient.workspace.viewer
    viewer.layers["t2"].visible = False
    viewer.add_layer(Image(np.full((60, 80), 100, np.uint8), name="heat", blending="additive"))
    viewer.add_layer(Image(np.full((30, 40), 100, np.uint8), name="small"))
    viewer.add_layer(Labels(np.ones((60, 80), int), name="atlas"))
    assert seen(patient) == 0


def test_chosen_channels_stay_whatever_is_on_top(patient):
    viewer, image = patient.workspace.viewer, patient.workspace.image
    channels.choose(image, 0, Channel(image))
    seen(patient)
    viewer.layers["t2"].visible = False
    viewer.layers["t2"].visible = True
    assert seen(patient) == round(2 * 255 / 3)


def test_nothing_is_followed_after_the_end(patient):
    patient.top.stop()
    patient.workspace.viewer.layers["t2"].visible = False
    assert seen(patient) == 255


@pytest.mark.parametrize("kind", ["image", "labels"])
def test_clicks_are_taken_while_another_layer_of_the_grid_is_active(patient, kind):
    viewer = patient.workspace.viewer
    other = viewer.layers["t2"] if kind == "image" else viewer.add_layer(Labels(np.zeros((60, 80), int)))
    viewer.layers.selection.active = other
    assert patient.mouse.listens(viewer)
