"""Objects panel: the table of objects, what is done with selected rows, and who gets the pixels that objects share."""

from qtpy.QtWidgets import QCheckBox, QComboBox, QPushButton, QVBoxLayout, QWidget

from napari_simpleclick.plugin.display.object_colors import ObjectColors
from napari_simpleclick.plugin.tools.objects import Objects
from napari_simpleclick.plugin.widgets.objects_table import ObjectsTable
from napari_simpleclick.plugin.widgets.setup_panel import in_a_row, named
from napari_simpleclick.plugin.workspace.workspace import Workspace

OVERLAPS = {"keep": "Overlap: keep", "overwrite": "Overlap: overwrite"}

SHOWN = {"objects": "Label by: object", "classes": "Label by: class"}


class ObjectsPanel(QWidget):
    """Everything about whole objects.

    Parameters
    ----------
    workspace
        Has the objects and the settings.
    objects
        Change objects.
    colors
        Tell the colours of objects.
    """

    def __init__(self, workspace: Workspace, objects: Objects, colors: ObjectColors) -> None:
        super().__init__()
        self.workspace, self.objects, self.colors = workspace, objects, colors
        self.table = ObjectsTable()
        self.next_button = named(QPushButton("Next object"), "Next object", "Keep this mask and start a new object (N)")
        self.merge_button = named(
            QPushButton("Merge"), "Merge objects", "Make one object of the selected rows (Ctrl+click); Undo parts them"
        )
        self.remove_button = named(
            QPushButton("Remove"),
            "Remove objects",
            "Remove the selected objects from all slices; Undo brings them back",
        )
        self.overlap_menu = named(
            QComboBox(),
            "Overlap",
            "Pixels that two objects claim, by clicks, propagation or brush: "
            "keep leaves them with the object that has them, overwrite gives them to the one edited last",
        )
        self.shown_menu = named(
            QComboBox(),
            "Label by",
            "What is written into the labels layer, and to files saved from it: numbers of objects or of classes",
        )
        self.negative_box = named(
            QCheckBox("other objects are negative"),
            "Other objects are negative",
            "The network is shown that pixels of other objects belong to something else",
        )
        self.outlines_box = named(
            QCheckBox("outlines"), "Outlines", "Show masks as outlines, to see what lies under them, instead of filled"
        )
        for menu, texts in ((self.overlap_menu, OVERLAPS), (self.shown_menu, SHOWN)):
            for value, text in texts.items():
                menu.addItem(text, value)
            menu.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            menu.setMinimumContentsLength(10)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table, stretch=1)
        layout.addWidget(in_a_row(self.next_button, self.merge_button, self.remove_button))
        layout.addWidget(in_a_row(self.overlap_menu, self.shown_menu))
        layout.addWidget(in_a_row(self.negative_box, self.outlines_box))

    def _connect(self) -> None:
        workspace, objects = self.workspace, self.objects
        self.table.chosen.connect(workspace.select_object)
        self.table.described.connect(lambda object_id, name, value: objects.describe(object_id, **{name: value}))
        self.next_button.clicked.connect(lambda _checked: objects.next_object())
        self.merge_button.clicked.connect(lambda _checked: objects.merge(*self.table.selected))
        self.remove_button.clicked.connect(lambda _checked: objects.remove(*self.table.selected))
        self.overlap_menu.activated.connect(
            lambda _row: workspace.change_settings(overlap=self.overlap_menu.currentData())
        )
        self.shown_menu.activated.connect(
            lambda _row: workspace.change_settings(label_by=self.shown_menu.currentData())
        )
        self.negative_box.toggled.connect(lambda on: workspace.change_settings(others_negative=on))
        self.outlines_box.toggled.connect(lambda on: workspace.change_settings(outlines=on))

    def refresh(self) -> None:
        """Bring the table up to date."""
        workspace = self.workspace
        summaries = workspace.annotator.summaries() if workspace.annotator else []
        if not self.table.show_objects(summaries, workspace.object_id, self.colors.colors):
            workspace.changed.emit()  # the window comes back for the rest
