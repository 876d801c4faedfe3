"""A row of the objects table: its columns, and what they tell of an object."""

from dataclasses import dataclass
from typing import Any

from qtpy.QtCore import Qt
from qtpy.QtGui import QColor, QIcon, QPixmap
from qtpy.QtWidgets import QTableWidgetItem

from napari_simpleclick.annotation.summaries import ObjectSummary
from napari_simpleclick.plugin.display.messages import plain_tooltip

COLUMNS = {
    "id": "Number and colour: double-click to choose another colour",
    "name": "Name: double-click to write one",
    "slices": "Slices that the object is on",
    "size": "Volume, or area on a picture: pixels of the masks times the size of a pixel",
    "conf": "Confidence of the least certain slice that was propagated and not accepted, in percent",
    "show": "Whether the mask is shown; it is kept in any case",
    "lock": "Nothing changes a locked object",
    "clicks": "Clicks on all slices",
    "class": "Class: double-click to write a number from 1 on",
}
"""Those that are needed most come first: a narrow dock shows them, the others are scrolled to."""

ID, NAME, SLICES, SIZE, SURE, SHOW, LOCK, CLICKS, CLASS = range(len(COLUMNS))

EDITABLE = {NAME: "name", CLASS: "class_id", LOCK: "locked", SHOW: "visible"}
"""Columns that the user edits, and what they are called in `ObjectProperties`."""

WIDEST = {
    NAME: "",
    SLICES: "100",
    SIZE: "<.001",
    SURE: "100",
    SHOW: "",
    LOCK: "",
    CLICKS: "1000",
    CLASS: "100",
}
"""A text that each column has place for, as it has for its own name; names of objects get more where there is more."""


@dataclass(frozen=True, slots=True)
class Measures:
    """What the table shows of an object beside its summary.

    Parameters
    ----------
    color
        RGBA, 0 to 1; None for the automatic one.
    size
        Volume or area as it is written; empty if there is nothing.
    confidence
        Of its least certain slice to review, 0 to 1; None if there is none.
    """

    color: tuple[float, ...] | None = None
    size: str = ""
    confidence: float | None = None


def cells(summary: ObjectSummary, measured: Measures) -> list[QTableWidgetItem]:
    """The cells of an object, in the order of `COLUMNS`."""
    about = summary.properties
    sure = "" if measured.confidence is None else f"{100 * measured.confidence:.0f}"
    texts = {
        ID: str(summary.object_id),
        NAME: about.name,
        SLICES: str(summary.slices),
        SIZE: measured.size,
        SURE: sure,
        CLICKS: str(summary.clicks),
        CLASS: str(about.class_id),
    }
    items = []
    for column, tip in enumerate(COLUMNS.values()):
        item = QTableWidgetItem(texts.get(column, ""))
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if column in (LOCK, SHOW):
            flags |= Qt.ItemFlag.ItemIsUserCheckable
            on = about.locked if column == LOCK else about.visible
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        elif column in EDITABLE:
            flags |= Qt.ItemFlag.ItemIsEditable
        item.setFlags(flags)
        told = texts.get(column, "")
        if column == SLICES and summary.unreviewed:
            told = f"{told}, {summary.unreviewed} to review"
        item.setToolTip(plain_tooltip(f"{told}\n{tip}") if told else tip)
        item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
        if column == ID and measured.color is not None:
            item.setIcon(swatch(measured.color))
        items.append(item)
    return items


def swatch(color: Any) -> QIcon:
    """A small square of a color given as RGBA, 0 to 1, in a selected row too, where Qt would mix it with the row's."""
    pixmap, found = QPixmap(14, 14), QIcon()
    pixmap.fill(QColor.fromRgbF(*(float(value) for value in color)))
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
        found.addPixmap(pixmap, mode)
    return found
