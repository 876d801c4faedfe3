"""Views of a patient stand upright, with letters that tell the directions; other images stay as they are."""

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image, Layer

from napari_simpleclick.data.samples import FOLDER
from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.io.readers import read
from napari_simpleclick.plugin.jobs.worker import run_now
from napari_simpleclick.plugin.tools.upright import Upright


@pytest.fixture
def brain():
    """A viewer with a volume of 24 axial slices, 150 rows from front to back, 128 columns from right to left."""
    viewer = ViewerModel()
    controller = Controller(viewer, run_now)
    image = viewer.add_layer(Layer.create(*read(str(FOLDER / "ms_lesion.nii.gz"))[0]))
    controller.upright = Upright(controller.workspace)
    controller.images.annotate(image)
    return controller


def written(viewer):
    return viewer.canvas.overlays.text if hasattr(viewer, "canvas") else viewer.text_overlay


def seen(controller):
    """Names of the displayed axes, whether rows grow upwards, and the letters."""
    viewer = controller.workspace.viewer
    labels = controller.workspace.image.axis_labels
    camera = getattr(viewer, "scene", viewer).camera
    axes = "".join(labels[axis] for axis in viewer.dims.displayed)
    return axes, str(camera.orientation2d[0]), written(viewer).text.split()


AXIAL = ("yx", "down", ["A", "R", "L", "P"])
SAGITTAL = ("zy", "up", ["S", "A", "P", "I"])
CORONAL = ("zx", "up", ["S", "R", "L", "I"])


def test_rolling_the_axes_goes_round_three_upright_views(brain):
    dims = brain.workspace.viewer.dims
    for view in (AXIAL, SAGITTAL, CORONAL, AXIAL, SAGITTAL):
        assert seen(brain) == view
        dims.roll()


def test_rows_and_columns_are_exchanged_by_hand(brain):
    dims = brain.workspace.viewer.dims
    dims.roll()
    dims.transpose()
    assert seen(brain) == ("yz", "down", ["A", "I", "S", "P"])


def test_another_image_is_no_patient(brain):
    viewer = brain.workspace.viewer
    viewer.dims.roll()
    brain.images.annotate(viewer.add_layer(Image(np.zeros((24, 150, 128), np.uint8))))
    camera = getattr(viewer, "scene", viewer).camera
    assert str(camera.orientation2d[0]) == "down"
    assert written(viewer).text == ""
    assert not written(viewer).visible


def test_the_text_of_somebody_else_stays(brain):
    viewer = brain.workspace.viewer
    written(viewer).text = "Figure 1"
    viewer.dims.roll()
    assert written(viewer).text == "Figure 1"
