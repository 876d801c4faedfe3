"""The plugin in a real window: mouse and keys through Qt, the bundled network on its own thread."""

import subprocess
import sys
from threading import Event

import numpy as np
import pytest
from qtpy.QtCore import QEvent, QPoint, QPointF, Qt
from qtpy.QtGui import QMouseEvent, QShortcut, QTextDocument
from qtpy.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QPushButton,
    QScrollArea,
    QStyle,
    QStyleOptionSlider,
    QStyleOptionViewItem,
    QTableWidget,
)

from napari_simpleclick.data.samples import sample_volume
from napari_simpleclick.plugin.widgets.panels.earlier_work import EarlierWork
from napari_simpleclick.plugin.widgets.panels.object_row import CLASS, CLICKS, LOCK, NAME, SHOW

pytestmark = pytest.mark.filterwarnings("ignore:Private attribute access")  # the canvas, to press the mouse on it


def test_an_object_is_outlined_corrected_and_undone_through_sections(open_widget, click, qtbot):
    viewer, widget = open_widget(sample_volume("em-like")[0].data, name="sections")
    controller = widget.controller
    viewer.dims.set_current_step(0, 2)

    click(viewer, widget, 199, 223)
    click(viewer, widget, 190, 215)
    two_clicks = controller.workspace.labels.data.copy()
    assert two_clicks[2, 199, 223] == two_clicks[2, 190, 215] == 1
    assert not np.delete(two_clicks, 2, axis=0).any()

    click(viewer, widget, 40, 60, Qt.MouseButton.RightButton)
    assert list(controller.workspace.points.features["positive"]) == [True, True, False]
    assert controller.workspace.labels.data[2, 40, 60] == 0

    qtbot.mouseClick(widget.buttons["next"], Qt.MouseButton.LeftButton)
    assert viewer.dims.current_step[0] == 3
    click(viewer, widget, 203, 221)
    assert controller.workspace.labels.data[3, 203, 221] == 1

    qtbot.mouseClick(widget.buttons["undo"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not controller.workspace.labels.data[3].any(), timeout=5_000)
    qtbot.mouseClick(widget.buttons["undo"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: viewer.dims.current_step[0] == 2, timeout=5_000)
    np.testing.assert_array_equal(controller.workspace.labels.data, two_clicks)


def test_keys_work_whatever_of_our_layers_is_active(open_widget, click, qtbot):
    volume, _ = sample_volume("em-like")
    viewer, widget = open_widget(volume.data)
    controller = widget.controller
    click(viewer, widget, 100, 130)
    native = viewer.window._qt_viewer.canvas.native
    for layer in (controller.workspace.image, controller.workspace.labels, controller.workspace.points):
        viewer.layers.selection.active = layer
        controller.workspace.select_object(1)
        was = controller.workspace.settings.positive
        qtbot.keyClick(native, Qt.Key.Key_T)
        assert controller.workspace.settings.positive != was
        qtbot.keyClick(native, Qt.Key.Key_N)
        assert controller.workspace.object_id == 2
    viewer.layers.selection.active = None
    qtbot.keyClick(native, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not controller.workspace.labels.data.any(), timeout=5_000)
    assert controller.workspace.object_id == 1


def test_enter_accepts_with_the_labels_layer_active_but_ends_a_polygon(open_widget, click, at, qtbot):
    viewer, widget = open_widget(np.stack([sample_volume("em-like")[0].data[5]] * 3))
    controller, canvas = widget.controller, viewer.window._qt_viewer.canvas.native
    viewer.dims.set_current_step(0, 0)
    click(viewer, widget, 97, 136)
    widget.controller.propagation.propagate(1)
    qtbot.waitUntil(lambda: not widget.controller.propagation.running and controller.canvas.busy == 0, timeout=60_000)
    viewer.dims.set_current_step(0, 2)  # propagation leaves the view where it was
    viewer.layers.selection.active = controller.workspace.labels

    def origins():
        return list(controller.workspace.annotator.sessions.origins(1).values())

    assert origins() == ["clicked", "propagated", "propagated"]
    controller.workspace.labels.mode = "polygon"
    for spot in ((10, 10), (10, 40), (40, 40)):
        qtbot.mouseMove(canvas, at(viewer, *spot))
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at(viewer, *spot))
        qtbot.wait(300)  # two clicks at once are a double click, which ends a polygon
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    qtbot.waitUntil(
        lambda: controller.workspace.labels.data[2, 15, 30] == 1 and controller.canvas.busy == 0, timeout=10_000
    )
    assert origins() == ["clicked", "propagated", "painted"]
    controller.workspace.labels.mode = "pan_zoom"
    controller.slices.step(-1)
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: origins() == ["clicked", "accepted", "painted"], timeout=10_000)


def test_drag_moves_the_picture_and_makes_no_click(open_widget, qtbot):
    volume, _ = sample_volume("em-like")
    viewer, widget = open_widget(volume.data)
    native = viewer.window._qt_viewer.canvas.native
    qtbot.mousePress(native, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    for offset in range(0, 60, 10):
        qtbot.mouseMove(native, pos=QPoint(200 + offset, 200))
    qtbot.mouseRelease(native, Qt.MouseButton.LeftButton, pos=QPoint(260, 200))
    qtbot.wait(100)
    assert len(widget.controller.workspace.points.data) == 0


def test_widget_without_an_image_waits_for_one(make_napari_viewer_proxy, qtbot):
    viewer = make_napari_viewer_proxy()
    _, widget = viewer.window.add_plugin_dock_widget("napari-simpleclick", "SimpleClick")
    qtbot.waitUntil(lambda: widget.controller.workspace.annotator is not None, timeout=60_000)
    assert widget.controller.workspace.image is None
    qtbot.waitUntil(lambda: widget.status.text().startswith("Open an image"), timeout=10_000)
    viewer.add_image(np.zeros((60, 80), np.uint8), name="late")
    qtbot.waitUntil(lambda: widget.controller.workspace.image is not None, timeout=10_000)
    assert widget.controller.workspace.image.name == "late"
    assert {layer.name for layer in viewer.layers} == {"late", "late masks", "late clicks"}


def test_the_window_is_drawn_before_a_model_is_loaded(make_napari_viewer_proxy, qtbot, monkeypatch):
    order = []
    monkeypatch.setattr("napari_simpleclick.plugin.jobs.model_loader.ModelLoader.load", lambda *_: order.append("load"))
    viewer = make_napari_viewer_proxy(show=True)
    viewer.add_image(np.zeros((3, 64, 64), np.uint8))
    viewer.window.add_plugin_dock_widget("napari-simpleclick", "SimpleClick")
    viewer.window._qt_viewer.canvas._scene_canvas.events.draw.connect(lambda _event: order.append("draw"))
    qtbot.waitUntil(lambda: "load" in order, timeout=10_000)
    assert order[0] == "draw"
    assert order.count("load") == 1


def test_a_closed_dock_ends_and_the_next_goes_on_with_its_work(open_widget, click, at, qtbot):
    viewer, widget = open_widget(sample_volume("em-like")[0].data, name="em")
    viewer.dims.set_current_step(0, 5)
    click(viewer, widget, 97, 136)
    click(viewer, widget, 80, 130)
    masks, points = widget.controller.workspace.labels.data.copy(), widget.controller.workspace.points
    widget.parent().destroyOnClose()  # what the cross of the dock does
    canvas = viewer.window._qt_viewer.canvas.native
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at(viewer, 30, 30))
    viewer.add_image(np.zeros((10, 256, 256), np.uint8), name="another")
    qtbot.wait(300)
    assert len(points.data) == 2
    assert [layer.name for layer in viewer.layers] == ["em", "em masks", "em clicks", "another"]
    viewer.layers["another"].visible = False

    _, again = viewer.window.add_plugin_dock_widget("napari-simpleclick", "SimpleClick")
    qtbot.waitUntil(lambda: again.controller.workspace.annotator is not None, timeout=60_000)
    qtbot.waitUntil(lambda: again.controller.canvas.busy == 0, timeout=60_000)
    np.testing.assert_array_equal(again.controller.workspace.labels.data, masks)
    assert sorted(layer.name for layer in viewer.layers) == ["another", "em", "em clicks", "em masks"]
    assert len(again.controller.workspace.points.data) == 2
    qtbot.mouseClick(again.buttons["undo"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(again.controller.workspace.points.data) == 1, timeout=5_000)


HOSTILE = '<img src="a.png"> [b]x[/b] & <b>c</b>'
"""A name that would be more than text if Qt took it for HTML."""


def as_shown(tooltip):
    """The text that a tooltip shows; whatever Qt takes for HTML in it does not show."""
    document = QTextDocument()
    document.setHtml(tooltip)
    return document.toPlainText()


def test_every_control_has_a_name_and_a_tooltip(make_napari_viewer_proxy):
    viewer = make_napari_viewer_proxy()
    _, widget = viewer.window.add_plugin_dock_widget("napari-simpleclick", "SimpleClick")
    kinds = (QPushButton, QComboBox, QCheckBox, QTableWidget)
    controls = [control for kind in kinds for control in widget.findChildren(kind)]
    assert len(controls) > 15
    assert all(control.accessibleName() and control.toolTip() for control in controls)
    widget.workspace.status.emit(HOSTILE)
    assert as_shown(widget.status.toolTip()) == HOSTILE
    told = [widget.status, widget.findChild(EarlierWork).told, widget.taken.told]
    assert {label.textFormat() for label in told} == {Qt.TextFormat.PlainText}


def test_widget_is_imported_without_packages_that_take_long():
    slow = ["torch", "openvino", "scipy.sparse", "scipy.ndimage", "nibabel", "tifffile"]
    slow += ["napari_simpleclick.inference.predictor", "napari_simpleclick.inference.engines.cached_network"]
    code = (
        "import sys, napari.layers, napari._qt.qt_main_window; there = set(sys.modules)\n"
        f"import napari_simpleclick.plugin.widgets.widget; print(sorted({{*{slow}}} & sys.modules.keys() - there))"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"


def test_question_mark_shows_the_keys(make_napari_viewer_proxy):
    viewer = make_napari_viewer_proxy(show=True)
    _, widget = viewer.window.add_plugin_dock_widget("napari-simpleclick", "SimpleClick")
    (shortcut,) = widget.findChildren(QShortcut)
    assert shortcut.key().toString() == "?"
    shortcut.activated.emit()
    assert not widget.help.isHidden()
    assert "next slice" in widget.help.text()


def test_dock_stays_narrow_and_shows_every_control_whole(make_napari_viewer_proxy, qtbot):
    viewer = make_napari_viewer_proxy(show=True)
    viewer.window.resize(1280, 900)
    _, widget = viewer.window.add_plugin_dock_widget("napari-simpleclick", "SimpleClick")
    qtbot.wait(100)
    width, column = widget.width(), widget.findChild(QScrollArea)
    buttons = [button for button in widget.slices.findChildren(QPushButton) if button.isVisible()]
    places = [button.geometry() for button in buttons]
    assert not [a for n, a in enumerate(places) for b in places[:n] if a.intersects(b)]
    assert widget.buttons["cancel"] in buttons
    widget.help_button.setChecked(True)
    qtbot.wait(100)
    assert column.verticalScrollBar().isVisible()
    assert column.widget().width() <= column.viewport().width()
    assert widget.width() == width


def test_table_lists_objects_and_a_click_on_a_row_goes_on_with_it(open_widget, click, qtbot):
    volume, _ = sample_volume("em-like")
    viewer, widget = open_widget(volume.data)
    controller, table = widget.controller, widget.objects.table
    click(viewer, widget, 100, 130)
    qtbot.mouseClick(widget.objects.next_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: table.rowCount() == 2, timeout=10_000)
    assert [table.item(row, 0).text() for row in range(2)] == ["1", "2"]
    cell = table.visualItemRect(table.item(0, 1)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    assert controller.workspace.object_id == 1
    assert len(controller.workspace.points.data) == 1
    assert table.item(0, CLICKS).text() == "1"


def test_propagation_runs_slice_by_slice_and_can_be_stopped(open_widget, click, qtbot):
    volume, _ = sample_volume("em-like")
    viewer, widget = open_widget(np.stack([volume.data[5]] * 40))
    viewer.dims.set_current_step(0, 0)
    click(viewer, widget, 97, 136)
    click(viewer, widget, 80, 130)
    labels = widget.controller.workspace.labels
    qtbot.mouseClick(widget.buttons["forward"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: labels.data[2].any(), timeout=60_000)
    qtbot.keyClick(viewer.window._qt_viewer.canvas.native, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: widget.controller.canvas.busy == 0, timeout=60_000)
    assert not widget.controller.propagation.running
    assert not labels.data[-1].any()
    assert "stopped: cancelled" in widget.status.text()


def test_work_is_offered_again_after_a_crash(open_widget, click, qtbot):
    volume, _ = sample_volume("em-like")
    viewer, widget = open_widget(volume.data)
    click(viewer, widget, 100, 130)
    qtbot.waitUntil(lambda: bool(list(widget.autosave.folder.glob("*.json"))), timeout=10_000)
    masks = widget.controller.workspace.labels.data.copy()
    viewer.layers.clear()
    viewer.add_image(volume.data)
    qtbot.waitUntil(lambda: not widget.restore_button.isHidden(), timeout=10_000)
    qtbot.mouseClick(widget.restore_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: widget.controller.canvas.busy == 0, timeout=10_000)
    np.testing.assert_array_equal(widget.controller.workspace.labels.data, masks)
    qtbot.waitUntil(widget.restore_button.isHidden, timeout=10_000)


def test_name_class_and_lock_are_edited_in_the_table(open_widget, click, qtbot):
    volume, _ = sample_volume("em-like")
    viewer, widget = open_widget(volume.data)
    controller, table = widget.controller, widget.objects.table
    click(viewer, widget, 100, 130)
    table.item(0, NAME).setText("mitochondrion")
    table.item(0, CLASS).setText("2")
    table.item(0, LOCK).setCheckState(Qt.CheckState.Checked)
    qtbot.waitUntil(lambda: controller.canvas.busy == 0, timeout=10_000)
    about = controller.workspace.annotator.summaries()[0].properties
    assert (about.name, about.class_id, about.locked) == ("mitochondrion", 2, True)
    before = controller.workspace.labels.data.copy()
    controller.clicks.click_at((0, 30, 30), positive=True)
    qtbot.waitUntil(lambda: "is locked" in widget.status.text(), timeout=10_000)
    np.testing.assert_array_equal(controller.workspace.labels.data, before)
    for _ in range(3):
        qtbot.mouseClick(widget.buttons["undo"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: table.item(0, NAME).text() == "", timeout=10_000)
    assert table.item(0, LOCK).checkState() == Qt.CheckState.Unchecked
    assert table.item(0, CLASS).text() == "1"


def test_wrong_class_is_refused_and_the_old_one_is_shown_again(open_widget, qtbot):
    volume, _ = sample_volume("em-like")
    _, widget = open_widget(volume.data)
    table = widget.objects.table
    table.item(0, CLASS).setText("many")
    qtbot.waitUntil(lambda: "got 'many'" in widget.status.text(), timeout=10_000)
    assert table.item(0, CLASS).text() == "1"


def test_selected_rows_are_merged_and_parted_again(open_widget, click, qtbot):
    volume, _ = sample_volume("em-like")
    viewer, widget = open_widget(volume.data)
    controller, table = widget.controller, widget.objects.table
    click(viewer, widget, 100, 130)
    qtbot.mouseClick(widget.objects.next_button, Qt.MouseButton.LeftButton)
    click(viewer, widget, 200, 225)
    before = controller.workspace.labels.data.copy()
    assert {1, 2} <= set(np.unique(before))
    for row, modifier in ((0, Qt.KeyboardModifier.NoModifier), (1, Qt.KeyboardModifier.ControlModifier)):
        cell = table.visualItemRect(table.item(row, NAME)).center()
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, modifier, cell)
    assert table.selected == [1, 2]
    qtbot.mouseClick(widget.objects.merge_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: table.rowCount() == 1 and controller.canvas.busy == 0, timeout=10_000)
    np.testing.assert_array_equal(controller.workspace.labels.data, before > 0)
    qtbot.mouseClick(widget.buttons["undo"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: table.rowCount() == 2 and controller.canvas.busy == 0, timeout=10_000)
    np.testing.assert_array_equal(controller.workspace.labels.data, before)


def test_strip_shows_propagated_slices_and_a_click_goes_there(open_widget, click, qtbot):
    volume, _ = sample_volume("em-like")
    viewer, widget = open_widget(np.stack([volume.data[5]] * 6))
    viewer.dims.set_current_step(0, 0)
    click(viewer, widget, 97, 136)
    click(viewer, widget, 80, 130)
    strip = widget.slices.strip
    assert dict(strip.states.origins) == {0: "clicked"}
    widget.slices.place_box.setValue(3)
    qtbot.mouseClick(widget.slices.to_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not widget.controller.propagation.running, timeout=60_000)
    assert dict(strip.states.origins) == {0: "clicked", 1: "propagated", 2: "propagated", 3: "propagated"}
    left, width = strip.span(1)
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(int(left + width / 2), 15))
    assert viewer.dims.current_step[0] == 1
    native = viewer.window._qt_viewer.canvas.native
    qtbot.keyClick(native, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: strip.states.origins[1] == "accepted", timeout=10_000)
    qtbot.keyClick(native, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: strip.states.origins[3] == "accepted", timeout=10_000)


def test_widget_fits_a_small_screen(open_widget):
    volume, _ = sample_volume("em-like")
    _, widget = open_widget(volume.data)
    assert widget.minimumSizeHint().height() < 500


def test_window_is_brought_up_to_date_once_per_turn_however_much_changes(open_widget, qtbot, monkeypatch):
    volume, _ = sample_volume("em-like")
    _, widget = open_widget(volume.data)
    controller, refreshed = widget.controller, []
    monkeypatch.setattr(widget.objects, "refresh", lambda: refreshed.append(controller.workspace.object_id))
    for object_id in (2, 3, 4):
        controller.workspace.select_object(object_id)
        controller.workspace.toggle_polarity()
    assert refreshed == []
    qtbot.waitUntil(lambda: len(refreshed) > 0, timeout=10_000)
    qtbot.wait(50)
    assert refreshed == [4]


def test_clicks_change_while_their_layer_is_hidden(open_widget, click, qtbot):
    volume, _ = sample_volume("em-like")
    viewer, widget = open_widget(volume.data)
    controller = widget.controller
    for row, col in ((100, 130), (104, 134), (20, 20)):
        click(viewer, widget, row, col)
    controller.workspace.points.visible = False
    for left in (2, 1):
        controller.undo.undo()
        qtbot.waitUntil(lambda left=left: len(controller.workspace.points.data) == left, timeout=10_000)
    controller.objects.next_object()
    controller.workspace.select_object(1)
    controller.workspace.points.visible = True
    assert len(controller.workspace.points.data) == 1


def test_a_resting_mouse_previews_a_click_in_the_window(open_widget, qtbot):
    viewer, widget = open_widget(sample_volume("em-like")[0].data, name="em")
    controller = widget.controller
    widget.clicks.hover_button.setChecked(True)
    canvas = viewer.window._qt_viewer.canvas.native
    for place in (QPoint(200, 200), QPoint(canvas.width() // 2, canvas.height() // 2)):
        qtbot.mouseMove(canvas, place)
        qtbot.wait(50)
    qtbot.waitUntil(lambda: widget.hover.layer is not None and widget.hover.layer.visible, timeout=30_000)
    assert np.asarray(widget.hover.layer.data).any()
    assert not np.asarray(controller.workspace.labels.data).any()
    assert not controller.workspace.annotator.can_undo
    widget.clicks.hover_button.setChecked(False)
    assert [layer.name for layer in viewer.layers] == ["em", "em masks", "em clicks"]


def drag_slider(qtbot, slider, to):
    """Drag the handle of a slider with the mouse, as a hand does: pixel by pixel."""
    option = QStyleOptionSlider()
    slider.initStyleOption(option)
    handle = QStyle.SubControl.SC_SliderHandle
    start = slider.style().subControlRect(QStyle.ComplexControl.CC_Slider, option, handle, slider).center()
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=start)
    step, place = (1 if to > slider.value() else -1), start
    while (to - slider.value()) * step > 0:
        place = QPoint(place.x() + step, place.y())
        at, on_screen = QPointF(place), QPointF(slider.mapToGlobal(place))
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        move = QMouseEvent(QEvent.Type.MouseMove, at, on_screen, Qt.MouseButton.NoButton, left, none)
        QApplication.sendEvent(slider, move)
        qtbot.wait(1)
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=place)


def test_threshold_slider_is_dragged_with_the_mouse_moved_with_keys_and_taken_back_at_once(open_widget, click, qtbot):
    viewer, widget = open_widget(sample_volume("em-like")[0].data)
    controller, slider = widget.controller, widget.clicks.threshold.slider
    assert not slider.isEnabled()
    click(viewer, widget, 100, 130)
    qtbot.waitUntil(slider.isEnabled, timeout=10_000)
    before = controller.workspace.labels.data.copy()

    def settled():
        return (
            controller.canvas.busy == 0
            and controller.workspace.annotator.sessions.prediction(1, key).threshold * 100 == slider.value()
        )

    (key,) = controller.workspace.annotator.sessions.clicks(1)
    drag_slider(qtbot, slider, 20)
    qtbot.waitUntil(settled, timeout=10_000)
    assert 18 <= slider.value() <= 20
    assert np.count_nonzero(controller.workspace.labels.data) > np.count_nonzero(before)
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    qtbot.waitUntil(settled, timeout=10_000)
    assert slider.value() == 1
    qtbot.keyClick(viewer.window._qt_viewer.canvas.native, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: controller.canvas.busy == 0 and slider.value() == 49, timeout=10_000)
    np.testing.assert_array_equal(controller.workspace.labels.data, before)


def test_ground_truth_is_chosen_with_keys_and_followed_click_by_click(open_widget, click, qtbot):
    volume, truth = sample_volume("em-like")
    viewer, widget = open_widget(volume.data)
    viewer.add_labels(truth, name="truth", visible=False)
    viewer.layers.selection.active = widget.controller.workspace.points
    menu, told = widget.truth.menu, widget.truth.told
    qtbot.waitUntil(lambda: menu.count() == 2, timeout=10_000)
    assert told.isHidden()
    qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: told.text() == "no object is meant yet", timeout=10_000)
    here = viewer.dims.current_step[0]
    row, col = (int(place) for place in np.argwhere(truth[here] == truth[here].max()).mean(axis=0))
    click(viewer, widget, row, col)
    qtbot.waitUntil(lambda: f"object {truth[here, row, col]}: IoU" in told.text(), timeout=10_000)
    assert told.text().endswith("clicks: 1, in all 1")
    click(viewer, widget, row + 2, col)
    qtbot.waitUntil(lambda: told.text().endswith("clicks: 2, in all 2"), timeout=10_000)
    qtbot.keyClick(menu, Qt.Key.Key_Up)
    qtbot.waitUntil(told.isHidden, timeout=10_000)


def test_the_button_tells_what_a_point_of_the_add_tool_is(open_widget, at, qtbot):
    viewer, widget = open_widget(sample_volume("em-like")[0].data)
    controller = widget.controller
    controller.workspace.points.mode = "add"
    canvas = viewer.window._qt_viewer.canvas.native
    spots = [(100, 130), (104, 134), (30, 30)]
    buttons = [Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.LeftButton]
    for count, (spot, button) in enumerate(zip(spots, buttons, strict=True), start=1):
        qtbot.mouseMove(canvas, at(viewer, *spot))
        qtbot.mouseClick(canvas, button, pos=at(viewer, *spot))
        qtbot.waitUntil(
            lambda count=count: len(controller.workspace.points.data) == count and controller.canvas.busy == 0
        )
    assert [made.positive for made in next(iter(controller.workspace.annotator.sessions.clicks(1).values()))] == [
        True,
        False,
        True,
    ]


def test_a_tick_in_the_table_does_not_change_the_object_that_clicks_go_to(open_widget, click, qtbot):
    viewer, widget = open_widget(sample_volume("em-like")[0].data)
    controller, table = widget.controller, widget.objects.table
    click(viewer, widget, 100, 130)
    qtbot.mouseClick(widget.objects.next_button, Qt.MouseButton.LeftButton)
    click(viewer, widget, 200, 225)
    qtbot.waitUntil(lambda: table.rowCount() == 2, timeout=10_000)
    cell = table.visualItemRect(table.item(0, SHOW))
    option = QStyleOptionViewItem()
    table.initViewItemOption(option)
    option.rect, option.features = cell, QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
    tick = table.style().subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, option, table).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=tick)
    qtbot.waitUntil(lambda: not controller.workspace.properties(1).visible, timeout=10_000)
    assert controller.workspace.object_id == 2
    assert table.selected == [2]


def test_working_is_not_told_when_the_work_is_done(open_widget, click, qtbot):
    _, widget = open_widget(sample_volume("em-like")[0].data)
    done = Event()
    widget.controller.jobs.submit(lambda: done.wait(60), lambda _result: None)
    qtbot.waitUntil(lambda: widget.status.text() == "Working …", timeout=10_000)
    done.set()
    qtbot.waitUntil(lambda: widget.status.text().startswith("Left click adds to object 1"), timeout=10_000)


def test_of_several_images_opened_together_the_top_one_in_sight_is_annotated(make_napari_viewer_proxy, qtbot):
    viewer = make_napari_viewer_proxy()
    _, widget = viewer.window.add_plugin_dock_widget("napari-simpleclick", "SimpleClick")
    volume = np.zeros((3, 60, 80), np.uint8)
    viewer.add_image(volume, name="t2", visible=False)
    viewer.add_image(volume, name="flair")
    viewer.add_labels(volume, name="seg")
    qtbot.waitUntil(lambda: widget.controller.workspace.image is not None, timeout=10_000)
    assert widget.controller.workspace.image.name == "flair"
    assert [layer.name for layer in viewer.layers][-2:] == ["flair masks", "flair clicks"]
    assert viewer.layers.selection.active == widget.controller.workspace.points


def test_a_click_while_another_layer_is_active_tells_how_to_go_on(open_widget, at, qtbot):
    viewer, widget = open_widget(sample_volume("em-like")[0].data, name="em")
    viewer.add_labels(np.zeros((10, 300, 300), np.uint8), name="other")  # on another grid
    qtbot.mouseClick(viewer.window._qt_viewer.canvas.native, Qt.MouseButton.LeftButton, pos=at(viewer, 100, 130))
    assert widget.status.text() == "'other' is active: choose 'em clicks' in the list of layers to go on."
    assert len(widget.controller.workspace.points.data) == 0
