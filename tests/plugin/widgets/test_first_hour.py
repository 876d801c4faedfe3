"""What a new user does in the first hour, with mouse and keys in a real window."""

import numpy as np
import pytest
import tifffile
from napari.layers import Image
from napari.settings import get_settings
from qtpy.QtCore import QPoint, Qt
from qtpy.QtWidgets import (
    QApplication,
    QCheckBox,
    QDockWidget,
    QFileDialog,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyle,
    QWidget,
)

from napari_simpleclick.data.samples import sample_volume
from napari_simpleclick.plugin.widgets.panels.object_row import ID, SIZE, SLICES, SURE
from napari_simpleclick.plugin.widgets.panels.objects_table import LEAST_SHOWN
from napari_simpleclick.plugin.widgets.scroll_column import ScrollColumn
from napari_simpleclick.plugin.workspace.sizes import short

pytestmark = pytest.mark.filterwarnings("ignore:Private attribute access")  # the canvas, to press the mouse on it


def focused(widget):
    return QApplication.focusWidget() or widget


def test_keys_act_after_a_row_a_menu_and_a_number_were_chosen_and_with_other_layers_active(open_widget, click, qtbot):
    viewer, widget = open_widget(sample_volume("em-like")[0].data, name="em")
    workspace, table = widget.workspace, widget.objects.table
    click(viewer, widget, 97, 136)
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualItemRect(table.item(0, 1)).center())
    qtbot.keyClick(focused(table), Qt.Key.Key_N)
    assert workspace.object_id == 2
    qtbot.keyClick(table, Qt.Key.Key_N)  # should the table still have the focus, as after the tabulator
    workspace.select_object(1)

    here = viewer.dims.current_step[0]
    field = widget.slices.place_box
    field.setFocus()
    field.selectAll()  # as the tabulator does
    qtbot.keyClick(field, Qt.Key.Key_D)
    assert viewer.dims.current_step[0] == here + 1
    qtbot.keyClick(field, Qt.Key.Key_3)
    assert field.value() == 3

    canvas = viewer.window._qt_viewer.canvas.native
    viewer.add_image(np.zeros((10, 256, 256), np.uint8), name="other")
    assert viewer.layers.selection.active.name == "other"
    qtbot.keyClick(canvas, Qt.Key.Key_U)
    assert viewer.dims.current_step[0] == here
    viewer.add_shapes(name="drawing")
    assert widget.status.text().startswith("'drawing' is active: ")
    assert "R" in widget.status.text()


def test_choosing_an_image_annotates_and_shows_it(open_widget, qtbot):
    viewer, widget = open_widget(sample_volume("em-like")[0].data, name="em")
    viewer.add_image(np.zeros((4, 90, 90), np.uint8), name="hidden", visible=False)
    menu = widget.setup.image_menu
    menu.setFocus()
    qtbot.keyClick(menu, Qt.Key.Key_Down if menu.currentText() == "em" else Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: widget.workspace.image.name == "hidden", timeout=10_000)
    assert viewer.layers["hidden"].visible


def test_choosing_another_modality_keeps_the_masks_and_shows_it_on_top(open_widget, click, qtbot):
    viewer, widget = open_widget(sample_volume("em-like")[0].data, name="em")
    click(viewer, widget, 97, 136)
    viewer.add_image(np.zeros((10, 256, 256), np.uint8), name="hidden", visible=False)
    menu = widget.setup.image_menu
    menu.setFocus()
    qtbot.keyClick(menu, Qt.Key.Key_Down if menu.currentText() == "em" else Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: "hidden" in widget.status.text(), timeout=10_000)
    assert (menu.currentText(), viewer.layers["hidden"].visible) == ("hidden", True)
    assert widget.workspace.image.name == "em"
    assert [layer.name for layer in viewer.layers if "masks" in layer.name] == ["em masks"]
    assert viewer.layers["em masks"].data.any()


def test_double_clicks_are_one_click_fast_clicks_are_all_kept_and_nothing_zooms(open_widget, at, qtbot):
    viewer, widget = open_widget(sample_volume("em-like")[0].data, name="em")
    canvas, zoom = viewer.window._qt_viewer.canvas.native, viewer.camera.zoom
    place = at(viewer, 97, 136)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=place)
    spots = [at(viewer, row, 100 + 8 * row // 10) for row in range(80, 130, 10)]
    for spot in spots:  # as Qt delivers fast clicks: every second one as a double-click
        qtbot.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=spot)
    qtbot.waitUntil(lambda: widget.controller.canvas.busy == 0, timeout=60_000)
    assert len(widget.workspace.points.data) == 1 + len(spots)
    assert viewer.camera.zoom == zoom


def test_clicks_with_keys_begin_an_object_take_over_and_go_on_with_one(open_widget, click, at, qtbot):
    viewer, widget = open_widget(sample_volume("em-like")[0].data, name="em")
    workspace, labels = widget.workspace, widget.workspace.labels
    viewer.dims.set_current_step(0, 2)
    click(viewer, widget, 199, 223)
    canvas = viewer.window._qt_viewer.canvas.native

    def held(key, row, col):
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, key, pos=at(viewer, row, col))
        qtbot.waitUntil(lambda: widget.controller.canvas.busy == 0, timeout=60_000)

    held(Qt.KeyboardModifier.ShiftModifier, 96, 133)
    assert (labels.data[2, 199, 223], labels.data[2, 96, 133]) == (1, 2)
    qtbot.keyClick(canvas, Qt.Key.Key_N)
    assert workspace.object_id == 3
    masks = labels.data.copy()
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at(viewer, 96, 133))
    qtbot.waitUntil(widget.taken.isVisible, timeout=5_000)
    np.testing.assert_array_equal(labels.data, masks)
    assert widget.taken.told.text() == "Here is object 2."
    held(Qt.KeyboardModifier.AltModifier, 96, 133)
    assert labels.data[2, 96, 133] == 3
    held(Qt.KeyboardModifier.ControlModifier, 199, 223)
    assert workspace.object_id == 1
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at(viewer, 96, 133))
    qtbot.waitUntil(widget.taken.isVisible, timeout=5_000)
    qtbot.mouseClick(widget.taken.select_button, Qt.MouseButton.LeftButton)
    assert workspace.object_id == 3
    assert len(labels.data[labels.data == 1]) == len(masks[masks == 1])

    shown = workspace.points
    qtbot.keyClick(canvas, Qt.Key.Key_H)
    assert not shown.visible
    qtbot.keyClick(canvas, Qt.Key.Key_H)
    assert shown.visible
    assert viewer.window.add_plugin_dock_widget("napari-simpleclick", "SimpleClick")[1] is widget, "one dock is enough"


def test_masks_are_saved_beside_their_image_with_its_pixel_size(open_widget, click, qtbot, tmp_path, monkeypatch):
    tifffile.imwrite(tmp_path / "em.tif", sample_volume("em-like")[0].data)
    viewer, widget = open_widget(sample_volume("em-like")[0].data, name="em", scale=(0.05, 0.004, 0.004))
    click(viewer, widget, 97 * 0.004, 136 * 0.004)
    asked = []

    def answer(_parent, _title, suggested, filters, chosen):
        asked.append((suggested, filters, chosen))
        return str(tmp_path / "masks.tif"), chosen

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    qtbot.mouseClick(widget.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: widget.status.text() == f"Saved 1 object: {tmp_path / 'masks.tif'}", timeout=30_000)
    assert asked[0][0].endswith("em_masks.tif")
    assert "NIfTI (*.nii.gz *.nii)" in asked[0][1]
    assert asked[0][2].startswith("TIFF")
    with tifffile.TiffFile(tmp_path / "masks.tif") as file:
        np.testing.assert_array_equal(file.asarray(), widget.workspace.labels.data)
        assert file.imagej_metadata["spacing"] == pytest.approx(0.05)
    qtbot.keyClick(viewer.window._qt_viewer.canvas.native, Qt.Key.Key_S, Qt.KeyboardModifier.ShiftModifier)
    assert len(asked) == 2


def test_a_picture_has_no_slices_and_a_stack_has(open_widget, qtbot):
    viewer, widget = open_widget(np.asarray(sample_volume("em-like")[0].data[5]), name="picture")
    qtbot.waitUntil(lambda: not widget.slices_group.isVisible(), timeout=5_000)
    stack = viewer.add_layer(Image(sample_volume("em-like")[0].data, name="stack"))
    widget.setup.image_menu.setCurrentText(stack.name)
    widget.setup.image_menu.activated.emit(widget.setup.image_menu.currentIndex())
    qtbot.waitUntil(widget.slices_group.isVisible, timeout=10_000)


def cut(widget):
    """Texts and icons of a dock that have less place than they need."""
    seen = [child for child in widget.findChildren(QWidget) if child.isVisible() and not child.isWindow()]
    told = [
        child for child in seen if isinstance(child, (QLabel, QPushButton, QCheckBox)) and child.minimumWidth() >= 0
    ]
    return [
        child.accessibleName() or child.text()
        for child in told
        if child.sizePolicy().horizontalPolicy() != QSizePolicy.Policy.Ignored
        and child.width() < (child.minimumSizeHint().width() if isinstance(child, QLabel) else child.sizeHint().width())
    ]


def place_of_text(table, column):
    """Width that Qt has for the text of a cell, in pixels."""
    margin = table.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, None, table) + 1
    return table.columnWidth(column) - 2 * margin - (table.iconSize().width() + margin if column == ID else 0)


def test_the_dock_leaves_the_canvas_its_place_and_cuts_nothing(open_widget, click, qtbot):
    viewer, widget = open_widget(sample_volume("em-like")[0].data, name="em", scale=(50, 4, 4), units="nm")
    canvas, table, column = viewer.window._qt_viewer.canvas.native, widget.objects.table, widget.findChild(ScrollColumn)
    for size in ((1920, 1080), (1280, 800)):
        viewer.window.resize(*size)
        qtbot.waitUntil(lambda size=size: canvas.window().width() == size[0] and canvas.width() >= 0.55 * size[0])
    width = widget.width()
    viewer.layers["em"].name = "a_very_long_name_of_a_file_" * 5
    widget.workspace.status.emit("Saved: /a/very/long/path/" + "without_any_space_in_it" * 12 + ".nii.gz")
    for section in widget.sections.values():
        section.expand(animate=False)
    widget.help_button.setChecked(True)
    qtbot.wait(100)
    assert widget.width() == width
    assert canvas.mapTo(canvas.window(), QPoint(0, 0)).x() >= 0

    click(viewer, widget, 97 * 4, 136 * 4)
    appearance = get_settings().appearance
    before = appearance.font_size
    try:
        for points in (before, 16):
            appearance.font_size = points
            qtbot.waitUntil(lambda points=points: table.font().pointSize() >= points, timeout=5_000)
            qtbot.wait(100)
            assert cut(widget) == []
            assert column.widget().width() <= column.viewport().width()
            for place in range(LEAST_SHOWN):
                text = table.item(0, place).text()
                assert table.fontMetrics().horizontalAdvance(text) <= place_of_text(table, place), text
            assert table.rowHeight(0) >= table.fontMetrics().height()
            shown = sum(table.columnWidth(place) for place in range(LEAST_SHOWN))
            assert points == 16 or shown <= table.viewport().width()
            # napari's own docks leave 767 pixels with large letters, so that half of the window cannot be reached.
            assert canvas.width() >= (0.55 if points == before else 0.36) * 1280
        assert widget.buttons["undo"].iconSize().height() >= 20
        window = viewer.window._qt_window
        docks = window.findChildren(QDockWidget)
        dock = next(each for each in docks if each.isAncestorOf(widget))
        window.tabifyDockWidget(next(each for each in docks if each.windowTitle() == "layer controls"), dock)
        dock.raise_()
        qtbot.waitUntil(lambda: canvas.width() >= 0.55 * 1280, timeout=5_000)
        assert cut(widget) == []
    finally:
        appearance.font_size = before


def test_table_and_bar_follow_propagation_and_the_view_stays(open_widget, click, qtbot):
    stack = np.stack([sample_volume("em-like")[0].data[5]] * 9)
    viewer, widget = open_widget(stack, name="em", scale=(50, 4, 4), units="nm")
    workspace, table, bar = widget.workspace, widget.objects.table, widget.slices.left
    viewer.dims.set_current_step(0, 3)
    click(viewer, widget, 97 * 4, 136 * 4)

    def told(column):
        return table.item(0, column).text()

    def volume():
        return short(np.count_nonzero(workspace.labels.data) * 50 * 4 * 4 / 1e9)

    assert table.horizontalHeaderItem(SIZE).text() == "µm³"
    qtbot.waitUntil(lambda: told(SIZE) == volume(), timeout=5_000)
    assert (told(SLICES), told(SURE)) == ("1", "")
    qtbot.mouseClick(widget.buttons["forward"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bar.isVisible() and bar.value() >= 1, timeout=60_000)
    assert bar.text() == f"{bar.value()} of 5 slices"
    viewer.dims.set_current_step(0, 7)
    qtbot.waitUntil(lambda: not widget.controller.propagation.running, timeout=60_000)
    assert viewer.dims.current_step[0] == 7
    qtbot.waitUntil(lambda: not bar.isVisible() and told(SIZE) == volume(), timeout=5_000)
    assert told(SLICES) == str(np.count_nonzero(workspace.labels.data.any(axis=(1, 2))))
    assert told(SURE) == f"{100 * min(workspace.annotator.sessions.confidences(1).values()):.0f}"
    qtbot.mouseClick(widget.buttons["accept_all"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: told(SURE) == "", timeout=10_000)

    qtbot.mouseClick(widget.clicks.remove_button, Qt.MouseButton.LeftButton)
    click(viewer, widget, 30 * 4, 30 * 4)
    assert not workspace.points.features["positive"].iloc[-1]
    qtbot.keyClick(viewer.window._qt_viewer.canvas.native, Qt.Key.Key_T)
    qtbot.waitUntil(widget.clicks.add_button.isChecked, timeout=5_000)


def test_earlier_work_is_offered_until_it_is_restored_or_dismissed(open_widget, click, qtbot):
    stack = sample_volume("em-like")[0].data
    viewer, widget = open_widget(stack, name="em")
    viewer.dims.set_current_step(0, 2)
    click(viewer, widget, 199, 223)
    masks = widget.workspace.labels.data.copy()
    widget.autosave.save_now()
    widget.autosave._image = widget.autosave.journal = None  # as in the next run: looks for files of the image again
    widget.workspace.begin(widget.workspace.image)
    widget.controller.canvas.add_layers(widget.workspace.image)
    widget._show_state()
    qtbot.waitUntil(lambda: not widget.restore_button.isHidden(), timeout=20_000)
    assert widget.earlier.told.text().startswith("Earlier work: 1 object, 1 slice, ")
    click(viewer, widget, 96, 133)
    qtbot.wait(50)
    assert not widget.restore_button.isHidden(), "a click does not take the offer away"
    qtbot.mouseClick(widget.restore_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(widget.restore_button.isHidden, timeout=20_000)
    np.testing.assert_array_equal(widget.workspace.labels.data, masks)
