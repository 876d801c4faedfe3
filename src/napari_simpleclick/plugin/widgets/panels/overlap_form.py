"""Overlap form: who gets pixels that objects share, what the numbers of the labels are, what the network is told."""

from qtpy.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from napari_simpleclick.plugin.widgets.blocks import Menu, named
from napari_simpleclick.plugin.workspace.workspace import Workspace

OVERLAPS = {"keep": "Overlap: keep", "overwrite": "Overlap: overwrite"}

SHOWN = {"objects": "Label by: object", "classes": "Label by: class"}


class OverlapForm(QWidget):
    """Settings about objects beside each other.

    Parameters
    ----------
    workspace
        Has the settings.
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.overlap_menu = named(
            Menu(),
            "Overlap",
            "Pixels that two objects claim, by clicks, propagation or brush: "
            "keep leaves them with the object that has them, overwrite gives them to the one edited last",
        )
        self.shown_menu = named(
            Menu(),
            "Label by",
            "What is written into the labels layer, and to files saved from it: numbers of objects or of classes",
        )
        self.negative_box = named(
            QCheckBox("others are negative"),
            "Other objects are negative",
            "The network is shown that pixels of other objects belong to something else",
        )
        for menu, texts in ((self.overlap_menu, OVERLAPS), (self.shown_menu, SHOWN)):
            for value, text in texts.items():
                menu.addItem(text, value)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.overlap_menu, self.shown_menu, self.negative_box):
            layout.addWidget(widget)
        self.overlap_menu.activated.connect(
            lambda _row: workspace.change_settings(overlap=self.overlap_menu.currentData())
        )
        self.shown_menu.activated.connect(
            lambda _row: workspace.change_settings(label_by=self.shown_menu.currentData())
        )
        self.negative_box.toggled.connect(lambda on: workspace.change_settings(others_negative=on))
