"""The table of objects with very many of them: filled in turns, and right at the end whatever came and went."""

import numpy as np
import pytest
from qtpy.QtCore import Qt
from qtpy.QtGui import QIcon, QTextDocument

from napari_simpleclick.annotation.objects import ObjectProperties
from napari_simpleclick.annotation.summaries import ObjectSummary
from napari_simpleclick.plugin.widgets.panels import objects_table
from napari_simpleclick.plugin.widgets.panels.object_row import CLICKS, ID, NAME, Measures, swatch
from napari_simpleclick.plugin.widgets.panels.objects_table import ObjectsTable


@pytest.fixture
def table(qtbot, monkeypatch):
    """A table that fills few rows in a turn."""
    ticks = iter(range(10**9))
    monkeypatch.setattr(objects_table, "perf_counter", lambda: next(ticks))
    monkeypatch.setattr(objects_table, "TURN_S", 5)
    table = ObjectsTable()
    qtbot.addWidget(table)
    return table


def measures(numbers):
    return [Measures((number / 100, 0.0, 0.0, 1.0)) for number in numbers]


def fill(table, numbers, clicks, present):
    """Show objects until all rows are filled; how many turns that took."""
    turns = 1
    while not table.show_objects([ObjectSummary(n, 1, 0, clicks) for n in numbers], present, measures):
        turns += 1
    return turns


def shown(table):
    return [(int(table.item(row, ID).text()), int(table.item(row, CLICKS).text())) for row in range(table.rowCount())]


def test_many_objects_are_listed_in_several_turns(table):
    assert fill(table, range(1, 31), 2, present=7) > 3
    assert shown(table) == [(number, 2) for number in range(1, 31)]
    assert table.selected == [7]


def test_rows_stay_right_whatever_comes_and_goes(table):
    random = np.random.default_rng(0)
    for clicks in range(1, 12):
        numbers = sorted(random.choice(np.arange(1, 25), 12, replace=False).tolist())
        present = int(random.choice(numbers))
        fill(table, numbers, clicks, present)
        assert shown(table) == [(number, clicks) for number in numbers]
        assert table.selected == [present]


def test_objects_that_go_while_rows_are_filled(table):
    assert not table.show_objects([ObjectSummary(n, 1, 0, 1) for n in range(1, 31)], 1, measures)
    fill(table, [1, 20, 21], 3, present=1)
    assert shown(table) == [(1, 3), (20, 3), (21, 3)]


def test_present_object_alone_is_selected_while_ctrl_is_pressed(table, qtbot):
    fill(table, range(1, 5), 1, present=1)
    qtbot.keyPress(table, Qt.Key.Key_Control, Qt.KeyboardModifier.ControlModifier)
    fill(table, range(1, 5), 1, present=3)
    qtbot.keyRelease(table, Qt.Key.Key_Control)
    assert table.selected == [3]


def test_names_are_shown_as_text_in_cells_and_tooltips(table):
    name = '<img src="a.png"> & <b>c</b>'
    table.show_objects([ObjectSummary(1, 1, 0, 2, properties=ObjectProperties(name=name))], 1, measures)
    item = table.item(0, NAME)
    document = QTextDocument()
    document.setHtml(item.toolTip())
    assert item.text() == name
    assert document.toPlainText().startswith(name)


def test_numbers_have_place_beside_their_colour(table):
    table.resize(200, 300)
    fill(table, range(1, 121), 1, present=120)
    needed = table.iconSize().width() + table.fontMetrics().horizontalAdvance("120")
    assert table.columnWidth(ID) >= needed + 10


@pytest.mark.parametrize("mode", [QIcon.Mode.Normal, QIcon.Mode.Selected])
def test_the_colour_of_an_object_is_itself_in_a_selected_row(qapp, mode):
    picture = swatch((1.0, 0.84, 0.04, 1.0)).pixmap(14, mode).toImage()
    assert picture.pixelColor(7, 7).name() == "#ffd60a"
