"""A box, a lasso and a scribble drawn with the mouse in a window."""

import numpy as np
import pytest
from qtpy.QtCore import QEvent, QPointF, Qt
from qtpy.QtGui import QMouseEvent
from qtpy.QtWidgets import QApplication

from napari_simpleclick.data.samples import sample_volume

pytestmark = pytest.mark.filterwarnings("ignore:Private attribute access")  # the canvas, to press the mouse on it

SLICE = 5


@pytest.fixture
def drag(at, qtbot):
    """Press, move and release the mouse over rows and columns of the displayed slice, and wait for the answer."""

    def move(viewer, widget, places, button=Qt.MouseButton.LeftButton):
        canvas = viewer.window._qt_viewer.canvas.native
        kinds = [QEvent.Type.MouseButtonPress, *[QEvent.Type.MouseMove] * (len(places) - 1)]
        for kind, place in zip((*kinds, QEvent.Type.MouseButtonRelease), (*places, places[-1]), strict=True):
            pos = QPointF(at(viewer, *place))
            pressed = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button
            changed = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else button
            globally = QPointF(canvas.mapToGlobal(pos.toPoint()))
            none = Qt.KeyboardModifier.NoModifier
            QApplication.sendEvent(canvas, QMouseEvent(kind, pos, globally, changed, pressed, none))
        qtbot.wait(20)
        qtbot.waitUntil(lambda: widget.controller.canvas.busy == 0, timeout=60_000)

    return move


def test_a_box_finds_the_object_and_a_scribble_corrects_it(open_widget, drag, qtbot, tmp_path):
    image, truth = sample_volume("em-like")
    viewer, widget = open_widget(image.data, name="em")
    viewer.dims.set_current_step(0, SLICE)
    workspace, canvas = widget.workspace, viewer.window._qt_viewer.canvas.native
    camera = getattr(viewer, "scene", viewer).camera
    mask = np.asarray(truth)[SLICE] == np.asarray(truth)[SLICE, 97, 136]
    rows, cols = np.nonzero(mask)
    centre, zoom = camera.center, camera.zoom
    viewer.window._qt_viewer.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_B)
    qtbot.waitUntil(widget.clicks.tools["box"].isChecked, timeout=10_000)
    assert "Box: drag from corner to corner around object 1 with the left button" in widget.status.text()
    top, left, bottom, right = rows.min() - 2, cols.min() - 2, rows.max() + 2, cols.max() + 2
    drag(viewer, widget, [(top, left), ((top + bottom) / 2, (left + right) / 2), (bottom, right)])
    assert (camera.center, camera.zoom) == (centre, zoom), "the picture did not move"
    viewer.screenshot(str(tmp_path / "box.png"), canvas_only=False)
    found = workspace.labels.data[SLICE] == 1
    overlap = (found & mask).sum() / (found | mask).sum()
    assert overlap > 0.6
    assert [layer.name for layer in viewer.layers] == ["em", "em masks", "em clicks", "em prompts"]

    qtbot.keyClick(canvas, Qt.Key.Key_S)
    drag(viewer, widget, [(10, 10), (12, 20), (14, 30)], Qt.MouseButton.RightButton)
    assert (camera.center, camera.zoom) == (centre, zoom), "the right button did not zoom"
    assert [click.positive for _, click in workspace.clicks(1)] == [True, False]
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not widget.clicks.tools["scribble"].isChecked(), timeout=10_000)
    drag(viewer, widget, [(100, 100), (110, 120)])
    assert camera.center != centre, "without a tool a drag moves the picture"
