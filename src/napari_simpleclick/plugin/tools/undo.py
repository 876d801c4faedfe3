"""Undo and redo, on whatever slice and object something was done."""

from collections.abc import Callable, Sequence

from napari_simpleclick.annotation.annotator import Change
from napari_simpleclick.plugin.display.canvas import Canvas
from napari_simpleclick.plugin.display.messages import what_came_back
from napari_simpleclick.plugin.workspace.planes import go_to_plane
from napari_simpleclick.plugin.workspace.workspace import Workspace


class Undo:
    """Takes back what was done, and does it again.

    Parameters
    ----------
    workspace, canvas
        What is annotated, and how it is shown.
    """

    def __init__(self, workspace: Workspace, canvas: Canvas) -> None:
        self.workspace, self.canvas = workspace, canvas

    def undo(self) -> None:
        """Take back what was done last."""
        if self.workspace.annotator:
            self._go(self.workspace.annotator.undo, undone=True)

    def redo(self) -> None:
        """Do again what was taken back last."""
        if self.workspace.annotator:
            self._go(self.workspace.annotator.redo, undone=False)

    def _go(self, job: Callable[[], Sequence[Change]], *, undone: bool) -> None:
        """Undo or redo, show the object that was meant, and go to its slice."""
        workspace = self.workspace

        def done(changes: list[Change]) -> None:
            if changes:
                workspace.object_id = changes[0].object_id
                self.canvas.apply(changes)
                if changes[0].plane is not None and workspace.image is not None:
                    go_to_plane(workspace.viewer.dims, workspace.image, workspace.planes[changes[0].plane])
            workspace.status.emit(what_came_back(changes, undone=undone))

        self.canvas.change(job, done, told=False)
