"""Choosing an image: one on the grid of the annotated one goes on top and keeps its masks; any other begins its own."""

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image
from tests.fakes import Disks

from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.jobs.worker import run_now
from napari_simpleclick.plugin.tools.top_layer import TopLayer
from napari_simpleclick.plugin.widgets.menus.image_menu import ImageMenu
from napari_simpleclick.plugin.widgets.panels.setup_panel import SetupPanel


@pytest.fixture
def patient(qtbot):
    """A menu for flair, t1 above it on the same grid, and a picture of another size; flair is annotated."""
    viewer = ViewerModel()
    for name, shape, grey in (("flair", (60, 80), 255), ("t1", (60, 80), 0), ("picture", (30, 30), 99)):
        viewer.add_layer(Image(np.full(shape, grey, np.uint8), name=name))
    return menu_of(viewer, qtbot, "flair")


def menu_of(viewer, qtbot, active):
    controller, setup = Controller(viewer, run_now), SetupPanel()
    for form in (setup.image_menu, setup.contrast_form, setup.model_form, setup.advanced_form):
        qtbot.addWidget(form)
    controller.disks = Disks()
    controller.predictors.load(lambda: controller.disks)
    menu = ImageMenu(controller.workspace, controller.images, setup)
    menu.controller, menu.top = controller, TopLayer(controller.workspace, run_now)
    viewer.layers.selection.active = viewer.layers[active]
    menu.refresh()
    menu.annotate_active()
    return menu


def choose(menu, name):
    """As the user does in the list."""
    box = menu.setup.image_menu
    box.setCurrentIndex(box.findText(name))
    box.activated.emit(box.currentIndex())


def names(menu):
    return sorted(layer.name for layer in menu.layers)


def seen(menu):
    """The grey value that the network sees of a click."""
    menu.controller.objects.next_object()
    menu.controller.clicks.click_at((15, 15), positive=True)
    return int(np.asarray(menu.controller.disks.images[-1])[0, 0].mean())


def test_a_modality_goes_on_top_and_the_masks_stay(patient):
    choose(patient, "flair")
    assert (seen(patient), patient.layers["t1"].visible) == (255, False)
    choose(patient, "t1")
    assert patient.setup.image_menu.currentText() == "t1"
    assert seen(patient) == 0
    assert patient.controller.workspace.image.name == "flair"
    assert patient.layers["flair masks"].data[15, 15] == 1
    choose(patient, "flair")
    assert (seen(patient), patient.setup.image_menu.currentText()) == (255, "flair")
    assert names(patient) == ["flair", "flair clicks", "flair masks", "picture", "t1"]


def test_a_modality_that_lies_below_comes_to_the_top(patient):
    patient.layers.move(patient.layers.index("t1"), 0)
    choose(patient, "t1")
    assert patient.layers.index("t1") > patient.layers.index("flair")
    assert seen(patient) == 0


def test_a_picture_of_another_grid_gets_masks_of_its_own_and_untouched_ones_go(patient):
    for _ in range(2):
        choose(patient, "picture")
        assert names(patient) == ["flair", "picture", "picture clicks", "picture masks", "t1"]
        choose(patient, "flair")
        assert names(patient) == ["flair", "flair clicks", "flair masks", "picture", "t1"]


def test_a_mask_that_was_only_painted_stays_when_another_picture_is_chosen(patient):
    patient.layers["flair masks"].data[15, 15] = 1  # as a stroke does before the annotator knows of it
    choose(patient, "picture")
    assert patient.layers["flair masks"].data[15, 15] == 1


def test_masks_with_work_stay_when_another_picture_is_chosen(patient):
    choose(patient, "flair")
    seen(patient)
    choose(patient, "picture")
    assert patient.layers["flair masks"].data.any()
    choose(patient, "flair")
    assert patient.layers["flair masks"].data.any()
    assert names(patient) == ["flair", "flair clicks", "flair masks", "picture", "t1"]


def test_the_next_widget_goes_on_with_the_masks_of_the_grid_whatever_is_on_top(patient, qtbot):
    seen(patient)
    patient.stop()
    patient.top.stop()
    patient.controller.shut_down()
    again = menu_of(patient.workspace.viewer, qtbot, "t1")
    assert again.controller.workspace.image.name == "flair"
    assert again.controller.workspace.annotator.object_ids()
