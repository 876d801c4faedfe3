"""Slices panel: the strip of the present object's slices, and what carries it from slice to slice."""

from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QGridLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from napari_simpleclick.plugin.tools.propagation import Propagation
from napari_simpleclick.plugin.tools.slice_navigation import SliceNavigation
from napari_simpleclick.plugin.widgets.blocks import SPACING, named
from napari_simpleclick.plugin.widgets.icons import IconButton
from napari_simpleclick.plugin.widgets.panels.slice_strip import SliceStrip, legend
from napari_simpleclick.plugin.workspace.slices import slice_states
from napari_simpleclick.plugin.workspace.workspace import Workspace

BUTTONS = {
    "previous": ("back", "Previous slice", "Previous slice (U)"),
    "review": ("look", "Review", "Go to the least certain slice that nobody has looked at (Shift+D; Shift+U: back)"),
    "next": ("forward", "Next slice", "Next slice (D)"),
    "back": ("far_back", "Propagate back", "Propagate the object to the slices before, until it is lost (Shift+G)"),
    "both": ("both", "Propagate both ways", "Propagate the object to the slices after, then to those before (Alt+G)"),
    "forward": ("far_forward", "Propagate", "Propagate the object to the slices after, until it is lost (G)"),
    "cancel": ("stop", "Stop", "Stop propagating after the present slice, or loading a model (Esc)"),
    "fill": ("between", "Interpolate", "Fill the slices between those that were clicked, painted or accepted (Q)"),
    "fit": ("refine", "Interpolate + refine", "Fill the slices between, and let the network refine them (Shift+Q)"),
    "accept": ("check", "Accept slice", "This slice is right: go on to the next one to review (Enter)"),
    "accept_all": ("checks", "Accept all", "All slices of this object are right (Shift+Enter)"),
}
"""Name of the action, icon, name and tooltip."""

ROWS = {
    "Slice": ("previous", "review", "next"),
    "Propagate": ("back", "both", "forward"),
    "": ("place", "to", "cancel"),
    "Interpolate": ("fill", "fit"),
    "Accept": ("accept", "accept_all"),
}
"""Words, and the buttons beside them, from top to bottom; "place" and "to" propagate to a slice."""

COLUMNS = 3
"""Of buttons."""


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
        self.workspace, self.propagation = workspace, propagation
        self.strip = SliceStrip()
        self.legend = QLabel()
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.legend.setWordWrap(True)
        self.buttons = {action: IconButton(*about) for action, about in BUTTONS.items()}
        self.place_box = named(QSpinBox(), "Slice to propagate to", "Number of a slice, as the slider counts them")
        self.place_box.setPrefix("to slice ")
        self.place_box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # as wide as there is place
        self.to_button = IconButton(
            "to", "Propagate to slice", "Propagate the object to the slices up to the one of this number"
        )
        self.left = named(QProgressBar(), "Slices left", "Slices that propagation has done, of those to do")
        self.left.setFormat("%v of %m slices")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.strip)
        self.told = QStackedWidget()  # the bar takes the place of the legend, so that no button moves
        self.told.addWidget(self.legend)
        self.told.addWidget(self.left)
        layout.addWidget(self.told)
        layout.addLayout(self._rows())
        self.strip.chosen.connect(slices.go_to)
        self.to_button.clicked.connect(lambda _checked: propagation.propagate_to(self.place_box.value()))
        self.refresh()

    def refresh(self) -> None:
        """Bring strip and bar up to date."""
        states, progress = slice_states(self.workspace), self.propagation.progress
        self.strip.show_states(states)
        self.legend.setText(legend(set(states.origins.values())) or "No slice has the object yet.")
        self.place_box.setMaximum(max(states.count - 1, 0))
        self.told.setCurrentWidget(self.legend if progress is None else self.left)
        if progress is not None:
            done, all_of_them = progress
            self.left.setRange(0, all_of_them)
            self.left.setValue(done)

    def _rows(self) -> QGridLayout:
        """A word, then its buttons at the right."""
        grid = QGridLayout()
        grid.setSpacing(SPACING)
        grid.setColumnStretch(0, 1)
        widgets = {**self.buttons, "to": self.to_button}
        for row, (word, names) in enumerate(ROWS.items()):
            if word:
                grid.addWidget(QLabel(word), row, 0, 1, 1 + COLUMNS - len(names))
            for column, name in enumerate(names, start=1 + COLUMNS - len(names)):
                if name == "place":
                    grid.addWidget(self.place_box, row, 0, 1, 1 + column)
                else:
                    grid.addWidget(widgets[name], row, column)
        return grid
