"""Objects table: number, colour, slices and clicks of every object; a click on a row goes on with it."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from qtpy.QtCore import Qt, Signal
from qtpy.QtGui import QColor, QIcon, QPixmap
from qtpy.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from napari_simpleclick.inference.annotator import ObjectSummary

COLUMNS = ("object", "slices", "to review", "clicks")

ROW_HEIGHT = 24
"""In pixels."""


class ObjectsTable(QTableWidget):
    """One row per object, the present one selected."""

    chosen = Signal(int)
    """The number of the object whose row was clicked."""

    def __init__(self) -> None:
        super().__init__(0, len(COLUMNS))
        self.setAccessibleName("Objects")
        self.setToolTip("Click a row to go on with that object: its clicks come back")
        self.setHorizontalHeaderLabels(COLUMNS)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setMinimumHeight(5 * ROW_HEIGHT)
        self._shown: list[ObjectSummary] = []
        self.cellClicked.connect(lambda row, _column: self.chosen.emit(self._shown[row].object_id))

    def show_objects(
        self, objects: Sequence[ObjectSummary], present: int, color: Callable[[int], np.ndarray | None]
    ) -> None:
        """List these objects, and the present one even if nothing was clicked yet.

        Parameters
        ----------
        objects
            What there is of each.
        present
            Number of the object that clicks go to.
        color
            RGBA, 0 to 1, of an object's mask.
        """
        rows = list(objects)
        if present not in [summary.object_id for summary in rows]:
            rows = sorted([*rows, ObjectSummary(present, 0, 0, 0)], key=lambda summary: summary.object_id)
        if rows != self._shown:
            self._shown = rows
            self.setRowCount(len(rows))
            for row, summary in enumerate(rows):
                self._fill(row, summary, color(summary.object_id))
        self.selectRow([summary.object_id for summary in rows].index(present))

    def _fill(self, row: int, summary: ObjectSummary, color: np.ndarray | None) -> None:
        texts = (summary.object_id, summary.slices, summary.unreviewed or "", summary.clicks)
        for column, text in enumerate(texts):
            item = QTableWidgetItem(str(text))
            item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
            if column == 0 and color is not None:
                item.setIcon(swatch(color))
            self.setItem(row, column, item)


def swatch(color: Any) -> QIcon:
    """A small square of a color given as RGBA, 0 to 1."""
    pixmap = QPixmap(14, 14)
    pixmap.fill(QColor.fromRgbF(*(float(value) for value in color)))
    return QIcon(pixmap)
