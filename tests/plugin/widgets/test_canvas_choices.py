"""What the canvas chooses: of several modalities the one on top, and in the table the object that was clicked."""

import numpy as np
import pytest
from qtpy.QtCore import Qt

from napari_simpleclick.arrays import Box
from napari_simpleclick.data.samples import sample_volume
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.plugin.widgets.panels.object_row import NAME
from napari_simpleclick.plugin.workspace.channels import pictures

pytestmark = pytest.mark.filterwarnings("ignore:Private attribute access")  # the canvas, to press the mouse on it


def seen(workspace, object_id):
    """The mean grey value that the network saw of a click on an object."""
    session = workspace.annotator.sessions[object_id, workspace.shown_plane.key]
    return np.asarray(session.steps[-1].circumstances.image)[..., 0].mean()


def test_two_modalities_have_one_mask_and_the_network_sees_the_one_on_top(open_widget, click, qtbot):
    flair = sample_volume("em-like")[0].data
    viewer, widget = open_widget(255 - flair, name="t1", contrast_limits=(0, 255))
    viewer.add_image(flair, name="flair", contrast_limits=(0, 255))
    workspace, canvas = widget.workspace, viewer.window._qt_viewer.canvas.native
    qtbot.waitUntil(lambda: widget.status.text() == "The network looks at 'flair', which is on top.", timeout=10_000)
    viewer.dims.set_current_step(0, 5)
    bright = flair[5].mean()
    assert abs(255 - 2 * bright) > 20, "the two can be told apart by their mean"

    viewer.layers.selection.active = viewer.layers["flair"]
    click(viewer, widget, 97, 136)
    assert seen(workspace, 1) == pytest.approx(bright, abs=2)
    viewer.layers.selection.active = viewer.layers["t1"]
    click(viewer, widget, 80, 130)
    assert seen(workspace, 1) == pytest.approx(bright, abs=2), "the active layer is not what is seen"

    viewer.layers["flair"].visible = False
    qtbot.waitUntil(lambda: widget.status.text() == "The network looks at 't1', which is on top.", timeout=10_000)
    for active, (row, col) in (("flair", (199, 223)), ("t1", (30, 60))):
        viewer.layers.selection.active = viewer.layers[active]
        qtbot.keyClick(canvas, Qt.Key.Key_N)
        click(viewer, widget, row, col)
        assert seen(workspace, workspace.object_id) == pytest.approx(255 - bright, abs=2)

    assert {layer.name for layer in viewer.layers} == {"t1", "flair", "t1 masks", "t1 clicks"}
    assert np.unique(workspace.labels.data).tolist() == [0, 1, 2, 3]
    assert len(workspace.points.data) == 1, "those of the present object"


def test_the_row_of_an_object_that_is_clicked_is_scrolled_to(open_widget, at, qtbot):
    viewer, widget = open_widget(np.zeros((2, 200, 240), np.uint8), name="squares")
    workspace, controller, table = widget.workspace, widget.controller, widget.objects.table
    viewer.dims.set_current_step(0, 0)
    plane = workspace.shown_plane
    corners = {number: (24 * (number // 10), 24 * (number % 10)) for number in range(80)}
    picture = pictures(workspace.image)(plane)
    workspace.planes[plane.key] = plane
    drawn = [
        ((number + 1, plane.key), picture, square(row, col, plane.shape)) for number, (row, col) in corners.items()
    ]
    controller.canvas.change(lambda: workspace.annotator.draw(drawn), told=False)
    qtbot.waitUntil(lambda: table.item(79, NAME) is not None and workspace.labels.data.max() == 80, timeout=20_000)
    for number in (40, 80, 1):
        row, col = corners[number - 1]
        place = at(viewer, row + 8, col + 8)
        canvas = viewer.window._qt_viewer.canvas.native
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, place)
        qtbot.waitUntil(lambda number=number: table.selected == [number], timeout=5_000)
        rectangle = table.visualItemRect(table.item(number - 1, NAME))
        assert table.viewport().rect().intersected(rectangle).height() == rectangle.height() > 0


def square(row, col, shape):
    """An object of 16 x 16 pixels."""
    return Prediction.from_boxed((Box(row, row + 16, col, col + 16), np.ones((16, 16), bool)), shape)
