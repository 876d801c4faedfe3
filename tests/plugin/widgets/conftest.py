"""A window with the widget, and a mouse."""

import numpy as np
import pytest
from qtpy.QtCore import QPoint, Qt


@pytest.fixture
def open_widget(make_napari_viewer_proxy, qtbot):
    """Show a stack in a window of 1100 x 800 pixels with the widget, its model loaded."""

    def show(stack, **settings):
        viewer = make_napari_viewer_proxy(show=True)
        viewer.window.resize(1100, 800)
        viewer.add_image(stack, **settings)
        _, widget = viewer.window.add_plugin_dock_widget("napari-simpleclick", "SimpleClick")
        qtbot.waitUntil(lambda: widget.controller.workspace.annotator is not None, timeout=60_000)
        qtbot.wait(200)
        return viewer, widget

    return show


@pytest.fixture
def at():
    """Where a row and column of the displayed slice are on the canvas."""

    def place(viewer, row, col):
        canvas = viewer.window._qt_viewer.canvas.native
        camera = getattr(viewer, "scene", viewer).camera
        y, x = (np.array([row, col]) - camera.center[-2:]) * camera.zoom + np.array(
            [canvas.height(), canvas.width()]
        ) / 2
        return QPoint(round(x), round(y))

    return place


@pytest.fixture
def click(qtbot, at):
    """Click with the mouse on a row and column of the displayed slice, and wait for the answer."""

    def press(viewer, widget, row, col, button=Qt.MouseButton.LeftButton):
        canvas = viewer.window._qt_viewer.canvas.native
        before = len(widget.controller.workspace.points.data)
        qtbot.mouseClick(canvas, button, pos=at(viewer, row, col))
        qtbot.waitUntil(lambda: len(widget.controller.workspace.points.data) > before, timeout=60_000)
        qtbot.waitUntil(lambda: widget.controller.canvas.busy == 0, timeout=60_000)

    return press
