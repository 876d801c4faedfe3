"""Objects table: a row per object with name, class, what there is of it, lock and eye; rows are selected and edited."""

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from qtpy.QtCore import QItemSelectionModel, QSignalBlocker, QSize, Qt, Signal
from qtpy.QtGui import QColor, QIcon, QPixmap
from qtpy.QtWidgets import QAbstractItemView, QColorDialog, QHeaderView, QTableWidget, QTableWidgetItem

from napari_simpleclick.annotation.objects import ObjectSummary
from napari_simpleclick.plugin.display.messages import plain_tooltip
from napari_simpleclick.plugin.display.painter import TURN_S

COLUMNS = {
    "id": "Number and colour: double-click to choose another colour",
    "name": "Name: double-click to write one",
    "class": "Class: double-click to write a number from 1 on",
    "slices": "Slices that the object is on, and how many of these were propagated or filled and not accepted",
    "clicks": "Clicks on all slices",
    "lock": "Nothing changes a locked object",
    "show": "Whether the mask is shown; it is kept in any case",
}
ID, NAME, CLASS, SLICES, CLICKS, LOCK, SHOW = range(len(COLUMNS))

EDITABLE = {NAME: "name", CLASS: "class_id", LOCK: "locked", SHOW: "visible"}
"""Columns that the user edits, and what they are called in `ObjectProperties`."""

WIDEST = {
    ID: "■ 999",
    NAME: "a name here",
    CLASS: "class",
    SLICES: "99 (99)",
    CLICKS: "clicks",
    LOCK: "lock",
    SHOW: "show ",
}
"""A text that each column has place for; names get more where there is more."""

ROW_HEIGHT = 24
"""In pixels."""


class ObjectsTable(QTableWidget):
    """One row per object, the present one selected; more rows can be selected, to merge or remove them."""

    chosen = Signal(int)
    """The number of the object whose row was clicked."""

    described = Signal(int, str, object)
    """Number of an object, which of its properties was edited, and its value."""

    def __init__(self) -> None:
        super().__init__(0, len(COLUMNS))
        self.setAccessibleName("Objects")
        self.setToolTip("Click a row to go on with that object: its clicks come back. Ctrl+click selects more rows")
        self.setHorizontalHeaderLabels(list(COLUMNS))
        for column, tip in enumerate(COLUMNS.values()):
            self.horizontalHeaderItem(column).setToolTip(tip)
        # Sections as wide as their contents, with the padding of napari's style, would leave no place for the name.
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setMinimumSectionSize(24)
        self.horizontalHeader().setStyleSheet("QHeaderView::section { padding: 2px 1px }")
        widths = {column: self.fontMetrics().horizontalAdvance(text) + 10 for column, text in WIDEST.items()}
        for column, width in widths.items():
            self.setColumnWidth(column, width)
        self.setMinimumWidth(sum(widths.values()) + self.verticalScrollBar().sizeHint().width())
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setShowGrid(False)
        self.setMinimumHeight(4 * ROW_HEIGHT)
        self._shown: list[ObjectSummary] = []
        self._filled: dict[int, tuple[ObjectSummary, tuple[float, ...] | None]] = {}
        self._present = 0
        self.cellClicked.connect(self._on_clicked)
        self.cellDoubleClicked.connect(self._on_double_clicked)
        self.itemChanged.connect(self._on_edited)

    def sizeHint(self) -> QSize:
        """Some rows, and the header."""
        return QSize(super().sizeHint().width(), 6 * ROW_HEIGHT)

    @property
    def selected(self) -> list[int]:
        """Numbers of the objects whose rows are selected, the present one first."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        numbers = [self._shown[row].object_id for row in rows]
        return sorted(numbers, key=lambda number: number != self._present)

    def show_objects(
        self,
        objects: Sequence[ObjectSummary],
        present: int,
        colors: Callable[[Sequence[int]], Sequence[tuple[float, ...] | None]],
    ) -> bool:
        """List these objects, and the present one even if nothing was clicked yet.

        Parameters
        ----------
        objects
            What there is of each.
        present
            Number of the object that clicks go to.
        colors
            RGBA, 0 to 1, of the masks of objects.

        Returns
        -------
        bool
            Whether all rows are up to date; many are filled in several turns, so that the window answers in between.
        """
        end, filled, complete = perf_counter() + TURN_S, False, True
        rows = list(objects)
        if present not in [summary.object_id for summary in rows]:
            rows = sorted([*rows, ObjectSummary(present, 0, 0, 0)], key=lambda summary: summary.object_id)
        numbers = [summary.object_id for summary in rows]
        wanted = dict(zip(numbers, zip(rows, colors(numbers), strict=True), strict=True))
        with QSignalBlocker(self):
            self._make_room(numbers)
            self._filled = {number: row for number, row in self._filled.items() if number in wanted}
            for row, (number, (summary, rgba)) in enumerate(wanted.items()):
                if self._filled.get(number) == (summary, rgba):
                    continue
                complete = perf_counter() < end or not filled  # a row at least, however long the rest took
                if not complete:
                    break
                self._fill(row, summary, rgba)
                self._filled[number], filled = (summary, rgba), True
        self._shown = rows
        if present != self._present:
            self._present = present
            self._select(numbers.index(present))
        return complete

    def _select(self, row: int) -> None:
        """Select a row and no other: `selectRow` adds to the selection while Ctrl is pressed, as after Ctrl+Z."""
        index = self.model().index(row, NAME)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def _make_room(self, numbers: Sequence[int]) -> None:
        """Remove the rows of objects that are gone and add empty ones for new objects; the others stay."""
        before = [summary.object_id for summary in self._shown]
        there = set(numbers)
        for row in reversed(range(len(before))):
            if before[row] not in there:
                self.removeRow(row)
        kept = [number for number in before if number in there]
        if numbers[: len(kept)] == kept:
            self.setRowCount(len(numbers))  # the new ones come last: much faster than one by one
            return
        there = set(kept)
        for row, number in enumerate(numbers):
            if number not in there:
                self.insertRow(row)

    def _fill(self, row: int, summary: ObjectSummary, color: tuple[float, ...] | None) -> None:
        about = summary.properties
        slices = f"{summary.slices} ({summary.unreviewed})" if summary.unreviewed else summary.slices
        texts = (summary.object_id, about.name, about.class_id, slices, summary.clicks, "", "")
        for column, text in enumerate(texts):
            item = QTableWidgetItem(str(text))
            flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
            if column in (LOCK, SHOW):
                flags |= Qt.ItemFlag.ItemIsUserCheckable
                on = about.locked if column == LOCK else about.visible
                item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
            elif column in EDITABLE:
                flags |= Qt.ItemFlag.ItemIsEditable
            item.setFlags(flags)
            tip = list(COLUMNS.values())[column]
            item.setToolTip(plain_tooltip(f"{about.name}\n{tip}") if column == NAME and about.name else tip)
            item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
            if column == ID and color is not None:
                item.setIcon(swatch(color))
            self.setItem(row, column, item)

    def _on_clicked(self, row: int, _column: int) -> None:
        # A tick is set without selecting its row.
        if [index.row() for index in self.selectionModel().selectedRows()] == [row]:
            self._present = self._shown[row].object_id
            self.chosen.emit(self._present)

    def _on_double_clicked(self, row: int, column: int) -> None:
        if column == ID:
            object_id = self._shown[row].object_id
            rgba = self._color(object_id)
            now = QColor.fromRgbF(*rgba) if rgba else QColor("white")
            picked = QColorDialog.getColor(now, self, f"Colour of object {object_id}")
            if picked.isValid():
                self.described.emit(object_id, "color", picked.name())

    def _on_edited(self, item: QTableWidgetItem) -> None:
        summary = self._shown[item.row()]
        name = EDITABLE.get(item.column())
        if name is None:
            return
        value: object = item.text().strip()
        if item.column() in (LOCK, SHOW):
            value = item.checkState() == Qt.CheckState.Checked
        elif item.column() == CLASS and str(value).isdecimal():
            value = int(str(value))
        with QSignalBlocker(self):
            self._fill(item.row(), summary, self._color(summary.object_id))
        if value != getattr(summary.properties, name):
            self.described.emit(summary.object_id, name, value)

    def _color(self, object_id: int) -> tuple[float, ...] | None:
        return self._filled[object_id][1] if object_id in self._filled else None


def swatch(color: Any) -> QIcon:
    """A small square of a color given as RGBA, 0 to 1."""
    pixmap = QPixmap(14, 14)
    pixmap.fill(QColor.fromRgbF(*(float(value) for value in color)))
    return QIcon(pixmap)
