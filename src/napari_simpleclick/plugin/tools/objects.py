"""Objects as wholes: next one, name, class, lock and colour, remove, merge."""

from collections.abc import Callable
from typing import Any

from napari_simpleclick.annotation.annotator import Annotator, Change
from napari_simpleclick.annotation.object_edits import clear, describe, merge, remove
from napari_simpleclick.plugin.display.canvas import Canvas
from napari_simpleclick.plugin.workspace.slices import counted, planes_after, slice_axis
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
        self._highest = 0
        workspace.image_changed.connect(self._begin_anew)

    def _begin_anew(self) -> None:
        self._highest = 0

    def next_object(self) -> None:
        """Go on with a new object; the masks of the others are kept."""
        workspace = self.workspace
        used = {summary.object_id for summary in workspace.annotator.summaries()} if workspace.annotator else set()
        used |= workspace.pending.objects  # whose first click may not be answered yet
        # A number that was removed stays free: names and notes elsewhere may still mean the old object.
        self._highest = max(self._highest, *used, 0)
        fresh = workspace.object_id not in used and workspace.object_id > self._highest
        workspace.select_object(workspace.object_id if fresh else self._highest + 1)

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
        self._highest = max(self._highest, *chosen)

        def removed(changes: list[Change]) -> None:
            slices = len({(change.object_id, change.plane) for change in changes if change.plane is not None})
            what = f"Object {chosen[0]}" if len(chosen) == 1 else f"{len(chosen)} objects"
            back = "it" if len(chosen) == 1 else "them"
            self.workspace.status.emit(f"{what} removed from {counted(slices)}: Ctrl+Z brings {back} back.")

        self._do(lambda annotator: remove(annotator, *chosen), told=removed, nothing="There is nothing to remove.")

    def clear_rest(self) -> None:
        """Remove the present object from the displayed slice and all after it."""
        workspace, plane = self.workspace, self.workspace.plane()
        axis = slice_axis(plane) if plane is not None else None
        if plane is None or axis is None:
            workspace.status.emit("The image has no other slice.")
            return
        object_id = workspace.object_id
        keys = [plane.key, *(each.key for each in planes_after(plane, 1))]

        def removed(changes: list[Change]) -> None:
            workspace.status.emit(
                f"Object {object_id} removed from {counted(len(changes))}, from here to the end: Ctrl+Z brings it back."
            )

        missing = f"Object {object_id} is not on this slice or after it."
        self._do(lambda annotator: clear(annotator, object_id, keys), told=removed, nothing=missing)

    def clear_slice(self) -> None:
        """Remove all clicks, and their mask, of the present object on the displayed slice."""
        object_id, plane = self.workspace.object_id, self.workspace.plane()
        if plane is not None:
            missing = f"Object {object_id} is not on this slice."
            self._do(lambda annotator: clear(annotator, object_id, [plane.key]), nothing=missing)

    def merge(self, *object_ids: int) -> None:
        """Make one object of several; the first keeps its number and name, and is the present one then."""
        if len(set(object_ids)) < 2:
            self.workspace.status.emit("Select two or more rows of the table (Ctrl+click), then merge them.")
            return
        target, *others = dict.fromkeys(object_ids)
        self._do(lambda annotator: merge(annotator, target, *others), lambda: self.workspace.select_object(target))

    def _do(
        self,
        job: Callable[[Annotator], list[Change]],
        then: Callable[[], None] | None = None,
        *,
        told: Callable[[list[Change]], None] | None = None,
        nothing: str = "",
    ) -> None:
        """Change objects on the worker.

        Parameters
        ----------
        job
            Changes them.
        then
            Called when the changes are shown.
        told
            Tells what changed instead of the usual message.
        nothing
            Is told where nothing was to be changed.
        """
        annotator = self.workspace.annotator
        if annotator is None:
            self.workspace.status.emit(STILL_LOADING)
            return

        def done(changes: list[Change]) -> None:
            self.canvas.apply(changes, then)
            if nothing and not changes:
                self.workspace.status.emit(nothing)
            elif told is not None:
                told(changes)

        self.canvas.change(lambda: job(annotator), done, told=told is None)
