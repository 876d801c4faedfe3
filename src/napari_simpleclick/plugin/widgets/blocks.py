"""What the panels are built of: menus, rows and columns, and controls that say what they do."""

from typing import Any

from qtpy.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

LEAST_LETTERS = 6
"""Letters of its texts that a menu shows at least."""

SPACING = 2
"""Between icons, in pixels."""


class Menu(QComboBox):
    """A menu that may be narrower than its texts, which would make the dock wide; its list shows them whole."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(LEAST_LETTERS)

    def showPopup(self) -> None:
        """Open the list, as wide as its texts."""
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0))
        super().showPopup()


def named(widget: Any, name: str, tooltip: str) -> Any:
    """Give a control its accessible name and its tooltip.

    Parameters
    ----------
    widget
        The control; is returned.
    name
        What screen readers call it.
    tooltip
        What it does, for those who rest the mouse on it.
    """
    widget.setAccessibleName(name)
    widget.setToolTip(tooltip)
    return widget


def in_a_row(*widgets: QWidget) -> QWidget:
    """Widgets in a row, the first taking the space."""
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    for place, widget in enumerate(widgets):
        layout.addWidget(widget, stretch=1 if place == 0 else 0)
    layout.setSpacing(4)
    return row


def column(*widgets: QWidget) -> QWidget:
    """Widgets below each other."""
    found = QWidget()
    layout = QVBoxLayout(found)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(4)
    for widget in widgets:
        layout.addWidget(widget)
    return found


def section(title: str, *widgets: QWidget) -> QWidget:
    """Widgets below each other, under a title."""
    head = QLabel(title)
    font = head.font()
    font.setBold(True)
    head.setFont(font)
    return column(head, *widgets)


def icon_row(*buttons: QWidget) -> QHBoxLayout:
    """Buttons close to each other, at the left."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACING)
    for button in buttons:
        row.addWidget(button)
    row.addStretch(1)
    return row
