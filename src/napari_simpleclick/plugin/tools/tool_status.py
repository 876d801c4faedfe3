"""What a click does with the tool of napari that is chosen on our layers, in the status line."""

from typing import TYPE_CHECKING, Any

from napari_simpleclick.plugin.display.canvas import Canvas
from napari_simpleclick.plugin.workspace.workspace import Workspace

if TYPE_CHECKING:
    from napari.layers import Labels, Points

MASK_TOOLS = {
    "paint": "Brush: drag to add to object {}; other objects keep their pixels unless Overlap is overwrite.",
    "erase": "Eraser: drag to take pixels from any object that is not locked; Ctrl+Z brings them back.",
    "fill": "Bucket: click an area to give it to object {}.",
    "pick": "Picker: click an object to go on with it.",
    "polygon": "Polygon: click its corners, Enter gives the inside to object {}, Esc drops it.",
}
"""By the mode of the masks layer; {} is the number of the object."""

CLICK_TOOLS = {
    "add": "Add points: left click adds to object {}, right click removes from it.",
    "select": "Select points: drag clicks to move them, Delete removes them; the mask follows.",
}
"""By the mode of the clicks layer."""


class ToolStatus:
    """Tells what the tool does that was chosen.

    Parameters
    ----------
    workspace
        Has the status line.
    canvas
        Tells when there are new layers.
    """

    def __init__(self, workspace: Workspace, canvas: Canvas) -> None:
        self.workspace = workspace
        canvas.labels_added.connect(self._watch)
        canvas.points_added.connect(self._watch)

    def _watch(self, layer: "Labels | Points") -> None:
        tools = CLICK_TOOLS if layer is self.workspace.points else MASK_TOOLS

        def chosen(event: Any) -> None:
            told = tools.get(str(event.mode))
            if layer not in (self.workspace.labels, self.workspace.points):
                return
            if told is None:
                self.workspace.say_next()
            else:
                self.workspace.status.emit(told.format(self.workspace.object_id))

        layer.events.mode.connect(chosen)
