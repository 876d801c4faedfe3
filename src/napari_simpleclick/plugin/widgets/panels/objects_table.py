"""Objects table: a row per object with name, class, what there is of it, lock and eye; rows are selected and edited."""

from collections.abc import Callable, Sequence
from time import perf_counter

from qtpy.QtCore import QEvent, QItemSelectionModel, QSignalBlocker, QSize, Qt, Signal
from qtpy.QtGui import QColor, QResizeEvent
from qtpy.QtWidgets import QAbstractItemView, QColorDialog, QHeaderView, QTableWidget, QTableWidgetItem

from napari_simpleclick.annotation.summaries import ObjectSummary
from napari_simpleclick.plugin.display.painter import TURN_S
from napari_simpleclick.plugin.widgets.panels.object_row import (
    CLASS,
    COLUMNS,
    EDITABLE,
    ID,
    LOCK,
    NAME,
    SHOW,
    SIZE,
    SURE,
    WIDEST,
    Measures,
    cells,
)

PADDING = 8
"""Beside a text, in pixels: less, and Qt writes dots for the last letters."""

HEADER_PADDING = 4
"""Beside the name of a column, in pixels."""

LEAST_SHOWN = SURE + 1
"""Columns that the table has place for at least, unless letters are large."""

WIDEST_MINIMUM = 225
"""Pixels that the table needs at most: with large letters its columns are scrolled to."""

FEWEST_ROWS, MOST_ROWS = 2, 6
"""Rows that the table asks place for; it takes what is left."""


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
        self.horizontalHeader().setMinimumSectionSize(24)
        self.horizontalHeader().setStyleSheet("QHeaderView::section { padding: 2px 1px; font-weight: normal }")
        self.verticalHeader().hide()
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setShowGrid(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._shown: list[ObjectSummary] = []
        self._filled: dict[int, tuple[ObjectSummary, Measures]] = {}
        self._present = 0
        self._largest = 1
        self.cellClicked.connect(self._on_clicked)
        self.cellDoubleClicked.connect(self._on_double_clicked)
        self.itemChanged.connect(self._on_edited)
        self.fit()

    @property
    def row_height(self) -> int:
        """In pixels, for the present font."""
        return round(1.5 * self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        """The columns that are needed most, the header, two rows and a scroll bar."""
        columns = sum(self._width(column) for column in range(LEAST_SHOWN)) + 2 * self.frameWidth() + 1
        return QSize(min(columns, WIDEST_MINIMUM), (FEWEST_ROWS + 2) * self.row_height)

    def sizeHint(self) -> QSize:
        """All rows if they are few, the header and a scroll bar."""
        rows = min(max(self.rowCount(), FEWEST_ROWS), MOST_ROWS)
        return QSize(self.minimumSizeHint().width(), (rows + 2) * self.row_height)

    def changeEvent(self, event: QEvent | None) -> None:
        """Follow napari's size of font."""
        super().changeEvent(event)
        if event is not None and event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self.fit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Give names the place that is left."""
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Make columns as wide as their texts; names take what is left."""
        self.verticalHeader().setDefaultSectionSize(self.row_height)
        swatch_side = round(0.8 * self.fontMetrics().height())
        self.setIconSize(QSize(swatch_side, swatch_side))
        widths = {column: self._width(column) for column in range(len(COLUMNS))}
        for last in range(len(COLUMNS), LEAST_SHOWN - 1, -1):  # as many columns as there is place for
            left = self.viewport().width() - sum(widths[column] for column in range(last))
            if left >= 0 or last == LEAST_SHOWN:
                widths[NAME] += max(left, 0)
                break
        for column, width in widths.items():
            self.setColumnWidth(column, width)
        self.updateGeometry()

    def _width(self, column: int) -> int:
        letters = self.fontMetrics()
        if column == ID:
            return self.iconSize().width() + letters.horizontalAdvance(f" {self._largest}") + PADDING + HEADER_PADDING
        name, widest = self.horizontalHeaderItem(column).text(), WIDEST[column]
        return max(letters.horizontalAdvance(name) + HEADER_PADDING, letters.horizontalAdvance(widest) + PADDING)

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
        measures: Callable[[Sequence[int]], Sequence[Measures]],
    ) -> bool:
        """List these objects, and the present one even if nothing was clicked yet.

        Parameters
        ----------
        objects
            What there is of each.
        present
            Number of the object that clicks go to.
        measures
            What else is shown of objects, by their numbers.

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
        wanted = dict(zip(numbers, zip(rows, measures(numbers), strict=True), strict=True))
        with QSignalBlocker(self):
            self._make_room(numbers)
            self._filled = {number: row for number, row in self._filled.items() if number in wanted}
            for row, (number, (summary, measured)) in enumerate(wanted.items()):
                if self._filled.get(number) == (summary, measured):
                    continue
                complete = perf_counter() < end or not filled  # a row at least, however long the rest took
                if not complete:
                    break
                self._fill(row, summary, measured)
                self._filled[number], filled = (summary, measured), True
        self._shown = rows
        if len(str(numbers[-1])) != len(str(self._largest)):
            self._largest = numbers[-1]
            self.fit()
        if present != self._present:
            self._present = present
            self._select(numbers.index(present))
        return complete

    def show_unit(self, unit: str) -> None:
        """Tell the unit of sizes: "mm³"."""
        self.horizontalHeaderItem(SIZE).setText(unit)

    def _select(self, row: int) -> None:
        """Select a row and no other: `selectRow` adds to the selection while Ctrl is pressed, as after Ctrl+Z."""
        index = self.model().index(row, NAME)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def _make_room(self, numbers: Sequence[int]) -> None:
        """Remove the rows of objects that are gone and add empty ones for new objects; the others stay."""
        before = [summary.object_id for summary in self._shown]
        if len(before) != len(numbers):
            self.updateGeometry()
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

    def _fill(self, row: int, summary: ObjectSummary, measured: Measures) -> None:
        for column, cell in enumerate(cells(summary, measured)):
            self.setItem(row, column, cell)

    def _on_clicked(self, row: int, _column: int) -> None:
        # A tick is set without selecting its row.
        if [index.row() for index in self.selectionModel().selectedRows()] == [row]:
            self._present = self._shown[row].object_id
            self.chosen.emit(self._present)

    def _on_double_clicked(self, row: int, column: int) -> None:
        if column == ID:
            object_id = self._shown[row].object_id
            rgba = self._measured(object_id).color
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
            self._fill(item.row(), summary, self._measured(summary.object_id))
        if value != getattr(summary.properties, name):
            self.described.emit(summary.object_id, name, value)

    def _measured(self, object_id: int) -> Measures:
        return self._filled[object_id][1] if object_id in self._filled else Measures()
