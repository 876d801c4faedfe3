"""Objects panel: the table of objects, and what is done with selected rows."""

from collections.abc import Sequence

from qtpy.QtCore import QEvent, QObject
from qtpy.QtWidgets import QPushButton, QVBoxLayout, QWidget

from napari_simpleclick.plugin.display.object_colors import ObjectColors
from napari_simpleclick.plugin.tools.objects import Objects
from napari_simpleclick.plugin.widgets.blocks import SPACING, in_a_row, named
from napari_simpleclick.plugin.widgets.icons import IconButton
from napari_simpleclick.plugin.widgets.panels.object_row import Measures
from napari_simpleclick.plugin.widgets.panels.objects_table import ObjectsTable
from napari_simpleclick.plugin.workspace.sizes import pixel_size, short
from napari_simpleclick.plugin.workspace.workspace import Workspace


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
        self.next_button = named(
            QPushButton("New object"), "New object", "Keep this mask and start a new object (N, or Shift+click on it)"
        )
        self.merge_button = IconButton(
            "merge", "Merge objects", "Make one object of the selected rows (Ctrl+click); Undo parts them"
        )
        self.remove_button = IconButton(
            "delete", "Remove objects", "Remove the selected objects from all slices; Undo brings them back"
        )
        self.outlines_button = IconButton(
            "outline",
            "Outlines",
            "Show masks as outlines, to see what lies under them, instead of filled",
            checkable=True,
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.table, stretch=1)
        row = in_a_row(self.next_button, self.merge_button, self.remove_button, self.outlines_button)
        row.layout().setSpacing(SPACING)
        layout.addWidget(row)
        self.next_button.installEventFilter(self)
        self._connect()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Write the table in the size of buttons: napari's style tells none for tables."""
        if event is not None and event.type() == QEvent.Type.FontChange:
            self.table.setFont(self.next_button.font())
        return super().eventFilter(watched, event)

    def _connect(self) -> None:
        workspace, objects = self.workspace, self.objects
        self.table.chosen.connect(workspace.select_object)
        self.table.described.connect(lambda object_id, name, value: objects.describe(object_id, **{name: value}))
        self.next_button.clicked.connect(lambda _checked: objects.next_object())
        self.merge_button.clicked.connect(lambda _checked: objects.merge(*self.table.selected))
        self.remove_button.clicked.connect(lambda _checked: objects.remove(*self.table.selected))
        self.outlines_button.toggled.connect(lambda on: workspace.change_settings(outlines=on))

    def refresh(self) -> None:
        """Bring the table up to date."""
        workspace = self.workspace
        self.table.show_unit(pixel_size(workspace.image)[0])
        summaries = workspace.annotator.summaries() if workspace.annotator else []
        if not self.table.show_objects(summaries, workspace.object_id, self.measures):
            workspace.changed.emit()  # the window comes back for the rest

    def measures(self, object_ids: Sequence[int]) -> list[Measures]:
        """Colour, size and confidence of objects."""
        workspace, sure = self.workspace, self._confidence(object_ids)
        _, size = pixel_size(workspace.image)
        return [
            Measures(color, short(size * workspace.areas.total(object_id)), sure.get(object_id))
            for object_id, color in zip(object_ids, self.colors.colors(object_ids), strict=True)
        ]

    def _confidence(self, object_ids: Sequence[int]) -> dict[int, float]:
        """Of the least certain slice to review, by object."""
        annotator = self.workspace.annotator
        sure = {number: annotator.sessions.confidences(number) for number in object_ids} if annotator else {}
        return {number: min(each.values()) for number, each in sure.items() if each}
