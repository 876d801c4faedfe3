"""Prompt tools: what the mouse buttons do, and what is done with clicks that were made, in rows of icons."""

from qtpy.QtWidgets import QButtonGroup, QVBoxLayout, QWidget

from napari_simpleclick.plugin.tools.threshold import Threshold
from napari_simpleclick.plugin.widgets.blocks import icon_row
from napari_simpleclick.plugin.widgets.icons import IconButton
from napari_simpleclick.plugin.widgets.panels.threshold import ThresholdSlider
from napari_simpleclick.plugin.workspace.workspace import Workspace

BUTTONS = {
    "undo": ("undo", "Undo", "Undo: take back what was done last, on whatever slice (Ctrl+Z)"),
    "redo": ("redo", "Redo", "Redo what was taken back (Ctrl+Shift+Z)"),
    "reset": ("clear", "Reset slice", "Reset slice: remove the object's clicks and mask from this slice (R)"),
}
"""Name of the action, icon, name and tooltip."""

TOOLS: dict[str, tuple[str, str, str]] = {
    "box": (
        "box",
        "Box",
        "Box: drag from corner to corner around the object; right button: scribble what is not it (B)",
    ),
    "lasso": ("lasso", "Lasso", "Lasso: drag around the object; right button: scribble what is not it (L)"),
    "scribble": ("scribble", "Scribble", "Scribble: drag over the object; right button: over what is not it (S)"),
}
"""Name of the tool and its action, icon, name and tooltip."""


class ClicksPanel(QWidget):
    """Everything about clicks; the buttons in `buttons` are connected by name.

    Parameters
    ----------
    workspace
        Tells what there is, and what the left mouse button does.
    threshold
        Of the present mask.
    """

    def __init__(self, workspace: Workspace, threshold: Threshold) -> None:
        super().__init__()
        self.workspace = workspace
        self.add_button = IconButton("add", "Left click adds", "Left click adds, right click removes (T)")
        self.remove_button = IconButton("remove", "Left click removes", "Left click removes, right click adds (T)")
        self.signs = QButtonGroup(self)
        for button in (self.add_button, self.remove_button):
            button.setCheckable(True)
            self.signs.addButton(button)
        self.tools = {tool: IconButton(*about, checkable=True) for tool, about in TOOLS.items()}
        self.buttons = {action: IconButton(*about) for action, about in BUTTONS.items()} | self.tools
        self.hover_button = IconButton(
            "eye",
            "Hover preview",
            "Hover preview: where the mouse rests, outline what a left click there would give. Nothing is done until "
            "you click; switched off by itself where the network is too slow",
            checkable=True,
        )
        self.threshold = ThresholdSlider(threshold)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        # Two rows: one of all icons would make the dock wider than anything else in it does.
        layout.addLayout(icon_row(self.add_button, self.remove_button, *self.tools.values()))
        layout.addLayout(icon_row(*(self.buttons[action] for action in BUTTONS), self.hover_button))
        layout.addWidget(self.threshold)
        self.signs.buttonClicked.connect(lambda button: self._choose(positive=button is self.add_button))

    def refresh(self) -> None:
        """Bring the buttons up to date."""
        annotator, positive = self.workspace.annotator, self.workspace.settings.positive
        (self.add_button if positive else self.remove_button).setChecked(True)
        for tool, button in self.tools.items():
            button.setChecked(tool == self.workspace.settings.tool)
        self.buttons["undo"].setEnabled(bool(annotator and annotator.can_undo))
        self.buttons["redo"].setEnabled(bool(annotator and annotator.can_redo))
        self.threshold.refresh()

    def _choose(self, *, positive: bool) -> None:
        if positive != self.workspace.settings.positive:
            self.workspace.toggle_polarity()
