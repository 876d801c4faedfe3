"""Scroll column: widgets below each other that small screens show in part, always as wide as they need to be."""

from qtpy.QtCore import QSize, Qt
from qtpy.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

SMALLEST_HEIGHT = 200
"""In pixels."""


class ScrollColumn(QScrollArea):
    """A column of widgets.

    Parameters
    ----------
    widgets
        From top to bottom.
    stretched
        The one that takes the space that is left.
    """

    def __init__(self, *widgets: QWidget, stretched: QWidget) -> None:
        super().__init__()
        column = QWidget()
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in widgets:
            layout.addWidget(widget, stretch=int(widget is stretched))
        self.setWidget(column)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def minimumSizeHint(self) -> QSize:
        """The width of the column, which napari's style sheet changes after it was made."""
        beside = self.verticalScrollBar().sizeHint().width() + 2 * self.frameWidth()
        return QSize(self.widget().minimumSizeHint().width() + beside, SMALLEST_HEIGHT)

    def sizeHint(self) -> QSize:
        """All of the column."""
        return self.minimumSizeHint().expandedTo(self.widget().sizeHint())
