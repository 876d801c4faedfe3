"""Clicks panel: what the mouse buttons do, and what is done with clicks that were made."""

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from napari_simpleclick.plugin.display.layers import NEGATIVE_COLOR, POSITIVE_COLOR
from napari_simpleclick.plugin.tools.threshold import Threshold
from napari_simpleclick.plugin.widgets.setup_panel import named
from napari_simpleclick.plugin.widgets.threshold import ThresholdSlider
from napari_simpleclick.plugin.workspace.workspace import Workspace

BUTTONS = {
    "undo": ("Undo", "Take back what was done last, on whatever slice (Ctrl+Z)"),
    "redo": ("Redo", "Do it again (Ctrl+Shift+Z)"),
    "reset": ("Reset slice", "Remove the object's clicks and mask from this slice (R)"),
}
"""Name of the action, text and tooltip."""


class ClicksPanel(QWidget):
    """Everything about clicks; the buttons in `buttons` are connected by name.

    Parameters
    ----------
    workspace
        Tells what there is.
    threshold
        Of the present mask.
    """

    def __init__(self, workspace: Workspace, threshold: Threshold) -> None:
        super().__init__()
        self.workspace = workspace
        self.polarity = QLabel()
        self.polarity.setTextFormat(Qt.TextFormat.RichText)
        self.buttons = {name: named(QPushButton(text), text, tip) for name, (text, tip) in BUTTONS.items()}
        self.threshold = ThresholdSlider(threshold)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.polarity, 0, 0, 1, len(BUTTONS))
        for column, button in enumerate(self.buttons.values()):
            layout.addWidget(button, 1, column)
        layout.addWidget(self.threshold, 2, 0, 1, len(BUTTONS))

    def refresh(self) -> None:
        """Bring text and buttons up to date."""
        annotator = self.workspace.annotator
        self.polarity.setText(polarity_text(self.workspace.settings.positive))
        self.buttons["undo"].setEnabled(bool(annotator and annotator.can_undo))
        self.buttons["redo"].setEnabled(bool(annotator and annotator.can_redo))
        self.threshold.refresh()


def polarity_text(positive: bool) -> str:
    """What the mouse buttons do, as HTML."""
    add = f"<span style='color:{POSITIVE_COLOR}'>●</span> add"
    remove = f"<span style='color:{NEGATIVE_COLOR}'>■</span> remove"
    left, right = (add, remove) if positive else (remove, add)
    return f"left click {left} &nbsp;·&nbsp; right click {right}"
