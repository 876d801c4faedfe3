"""Scroll column: widgets below each other that small screens show in part, always as wide as they need to be."""

from qtpy.QtCore import QEvent, QObject, QSize, Qt
from qtpy.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

SMALLEST_HEIGHT = 200
"""In pixels."""

GAP = 3
"""Between the column and its scroll bar, in pixels."""


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
        layout.setContentsMargins(0, 0, GAP, 0)
        layout.setSpacing(6)
        for widget in widgets:
            layout.addWidget(widget, stretch=int(widget is stretched))
        self.setWidget(column)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the tabulator goes to what is in it
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Ask for more width when the column needs it."""
        if event is not None and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def minimumSizeHint(self) -> QSize:
        """The width of the column, which napari's style sheet changes after it was made."""
        beside = self.verticalScrollBar().sizeHint().width() + 2 * self.frameWidth()
        return QSize(self.widget().minimumSizeHint().width() + beside, SMALLEST_HEIGHT)

    def sizeHint(self) -> QSize:
        """All of the column."""
        return self.minimumSizeHint().expandedTo(self.widget().sizeHint())
