"""Slices panel: the strip of the present object's slices, and what carries it from slice to slice."""

from collections.abc import Mapping, Sequence

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QGridLayout, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from napari_simpleclick.plugin.tools.propagation import Propagation
from napari_simpleclick.plugin.tools.slice_navigation import SliceNavigation
from napari_simpleclick.plugin.widgets.setup_panel import named
from napari_simpleclick.plugin.widgets.slice_strip import SliceStrip, legend
from napari_simpleclick.plugin.workspace.slices import slice_states
from napari_simpleclick.plugin.workspace.workspace import Workspace

BUTTONS = {
    "previous": ("◀ Slice", "Previous slice (U)"),
    "review": ("Review", "Go to the least certain slice that nobody has looked at (Shift+D; Shift+U: back)"),
    "next": ("Slice ▶", "Next slice (D)"),
    "back": ("◀ Propagate", "Propagate the object to the slices before, until it is lost (Shift+G)"),
    "both": ("◀ Both ▶", "Propagate the object to the slices after, then to those before (Alt+G)"),
    "forward": ("Propagate ▶", "Propagate the object to the slices after, until it is lost (G)"),
    "fill": ("Interpolate", "Interpolate the slices between those that were clicked, painted or accepted (Q)"),
    "fit": ("Interpolate + refine", "Interpolate the slices between, and let the network refine them (Shift+Q)"),
    "cancel": ("Stop", "Stop propagating after the present slice, or loading a model (Esc)"),
    "accept": ("Accept slice", "This slice is right: go on to the next one to review (Enter)"),
    "accept_all": ("Accept all", "All slices of this object are right (Shift+Enter)"),
}
"""Name of the action, text and tooltip."""

ROWS = (
    ("previous", "review", "next"),
    ("back", "both", "forward"),
    ("to", "place", "cancel"),
    ("fill", "fit"),
    ("accept", "accept_all"),
)
"""Where the buttons are, from top to bottom; "to" and "place" propagate to a slice."""

COLUMNS = 6
"""Of the grid: rows of two and of three fill it."""


class SlicesPanel(QWidget):
    """Everything about the slices of the present object.

    Parameters
    ----------
    workspace
        Has the object.
    slices, propagation
        What the strip and the buttons act on; those in `buttons` are connected by name.
    """

    def __init__(self, workspace: Workspace, slices: SliceNavigation, propagation: Propagation) -> None:
        super().__init__()
        self.workspace = workspace
        self.strip = SliceStrip()
        self.legend = QLabel(legend())
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.legend.setWordWrap(True)
        self.buttons = {name: named(QPushButton(text), text.strip("◀▶ "), tip) for name, (text, tip) in BUTTONS.items()}
        self.place_box = named(QSpinBox(), "Slice to propagate to", "Number of a slice, as the slider counts them")
        self.to_button = named(
            QPushButton("Propagate to"), "Propagate to slice", "Propagate the object to the slices up to this one"
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.strip)
        layout.addWidget(self.legend)
        layout.addLayout(in_rows(ROWS, {**self.buttons, "to": self.to_button, "place": self.place_box}))
        self.strip.chosen.connect(slices.go_to)
        self.to_button.clicked.connect(lambda _checked: propagation.propagate_to(self.place_box.value()))

    def refresh(self) -> None:
        """Bring the strip up to date."""
        states = slice_states(self.workspace)
        self.strip.show_states(states)
        self.place_box.setMaximum(max(states.count - 1, 0))


def in_rows(rows: Sequence[Sequence[str]], widgets: Mapping[str, QWidget]) -> QGridLayout:
    """Widgets in rows of two or three that are equally wide."""
    grid = QGridLayout()
    for row, names in enumerate(rows):
        span = COLUMNS // len(names)
        for place, name in enumerate(names):
            grid.addWidget(widgets[name], row, place * span, 1, span)
    return grid
