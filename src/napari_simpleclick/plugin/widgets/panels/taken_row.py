"""Taken row: what can be done about a click that lay on another object."""

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from napari_simpleclick.plugin.tools.clicks import Clicks
from napari_simpleclick.plugin.widgets.blocks import in_a_row, named


class TakenRow(QWidget):
    """Whose the place is, and two buttons; hidden while there is no such click.

    Parameters
    ----------
    clicks
        Knows the click, and makes it after all.
    """

    def __init__(self, clicks: Clicks) -> None:
        super().__init__()
        self.clicks = clicks
        self.told = QLabel()
        self.told.setWordWrap(True)
        self.told.setTextFormat(Qt.TextFormat.PlainText)  # it quotes names of layers and objects
        self.take_button = named(
            QPushButton("Take over"), "Take over", "Make the click: the other object gives up its pixels (Alt+click)"
        )
        self.select_button = named(
            QPushButton("Select it"), "Select it", "Go on with the object that is there (Ctrl+click)"
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.told)
        layout.addWidget(in_a_row(self.take_button, self.select_button))
        self.take_button.clicked.connect(lambda _checked: clicks.take_over())
        self.select_button.clicked.connect(lambda _checked: clicks.select_owner())
        self.refresh()

    def refresh(self) -> None:
        """Show what there is to decide."""
        taken = self.clicks.taken
        self.setVisible(taken is not None)
        if taken is not None:
            self.told.setText(f"Here is {taken.name}{', locked' if taken.locked else ''}.")
            self.take_button.setEnabled(not taken.locked)
