"""Folded sections of the dock: what is set once and then left alone."""

from qtpy.QtWidgets import QWidget
from superqt import QCollapsible


class Folded(QCollapsible):
    """A section that is closed at first.

    Parameters
    ----------
    title
        Its name.
    contents
        Widgets below each other.
    """

    def __init__(self, title: str, *contents: QWidget) -> None:
        super().__init__(title, expandedIcon="▾", collapsedIcon="▸")
        self.setDuration(0)
        button = self.toggleButton()
        button.setAccessibleName(title)
        button.setToolTip("Show or hide these settings")
        for widget in contents:
            self.addWidget(widget)
        for layout in (self.layout(), self.content().layout()):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(2)
        self.toggled.connect(self.content().setVisible)  # or the tabulator goes through what nobody sees
        self.collapse(animate=False)
        self.content().setVisible(False)
