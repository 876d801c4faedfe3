"""Objects as wholes: next one, name, class, lock and colour, remove, merge."""

from collections.abc import Callable
from typing import Any

from napari_simpleclick.annotation.annotator import Annotator, Change
from napari_simpleclick.annotation.object_edits import describe, merge, remove
from napari_simpleclick.plugin.display.canvas import Canvas
from napari_simpleclick.plugin.workspace.workspace import Workspace

STILL_LOADING = "The model is still loading: try again in a moment."


class Objects:
    """What a user does with whole objects; everything can be undone.

    Parameters
    ----------
    workspace, canvas
        What is annotated, and how it is shown.
    """

    def __init__(self, workspace: Workspace, canvas: Canvas) -> None:
        self.workspace, self.canvas = workspace, canvas

    def next_object(self) -> None:
        """Go on with a new object; the masks of the others are kept."""
        workspace = self.workspace
        used = {summary.object_id for summary in workspace.annotator.summaries()} if workspace.annotator else set()
        used |= workspace.pending.objects  # whose first click may not be answered yet
        workspace.select_object(max(used) + 1 if workspace.object_id in used else workspace.object_id)

    def describe(self, object_id: int, **values: Any) -> None:
        """Set name, class_id, color, locked or visible of an object.

        That happens at once: no mask changes, so no click is waited for.
        """
        workspace = self.workspace
        if workspace.annotator is None:
            workspace.status.emit(STILL_LOADING)
            return
        try:
            changes = describe(workspace.annotator, object_id, **values)
        except ValueError as error:
            workspace.failed.emit(error)
        else:
            self.canvas.apply(changes)

    def remove(self, *object_ids: int) -> None:
        """Remove objects, the present one if none is named, from all slices."""
        chosen = object_ids or (self.workspace.object_id,)
        self._do(lambda annotator: remove(annotator, *chosen))

    def clear_slice(self) -> None:
        """Remove all clicks, and their mask, of the present object on the displayed slice."""
        object_id, plane = self.workspace.object_id, self.workspace.plane()
        if plane is not None:
            missing = f"Object {object_id} is not on this slice."
            self._do(lambda annotator: annotator.clear(object_id, plane.key), nothing=missing)

    def merge(self, *object_ids: int) -> None:
        """Make one object of several; the first keeps its number and name, and is the present one then."""
        if len(set(object_ids)) < 2:
            self.workspace.status.emit("Select two or more rows of the table (Ctrl+click), then merge them.")
            return
        target, *others = dict.fromkeys(object_ids)
        self._do(lambda annotator: merge(annotator, target, *others), lambda: self.workspace.select_object(target))

    def _do(
        self, job: Callable[[Annotator], list[Change]], then: Callable[[], None] | None = None, *, nothing: str = ""
    ) -> None:
        """Change objects on the worker; `nothing` is told where nothing was to be changed."""
        annotator = self.workspace.annotator
        if annotator is None:
            self.workspace.status.emit(STILL_LOADING)
            return

        def done(changes: list[Change]) -> None:
            self.canvas.apply(changes, then)
            if nothing and not changes:
                self.workspace.status.emit(nothing)

        self.canvas.change(lambda: job(annotator), done)
