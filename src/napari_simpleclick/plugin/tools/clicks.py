"""Clicks of the user: each is answered on the worker; those made before the model is loaded wait for it."""

from napari_simpleclick.annotation.history import Change
from napari_simpleclick.clicks import Click
from napari_simpleclick.data.volume import SliceView
from napari_simpleclick.plugin.display.canvas import Canvas
from napari_simpleclick.plugin.workspace.channels import pictures
from napari_simpleclick.plugin.workspace.workspace import Workspace


class Clicks:
    """Passes clicks to the annotator.

    Parameters
    ----------
    workspace, canvas
        What is annotated, and how it is shown.
    """

    def __init__(self, workspace: Workspace, canvas: Canvas) -> None:
        self.workspace, self.canvas = workspace, canvas

    def click_at(self, world: tuple[float, ...], *, positive: bool, plane: SliceView | None = None) -> None:
        """Click the present object at a position in world coordinates of the viewer.

        Parameters
        ----------
        world
            One coordinate per axis of the viewer, in the viewer's units.
        positive
            Whether the object is there.
        plane
            The slice that was seen; the displayed one if None.
        """
        workspace = self.workspace
        if not workspace.ready or workspace.image is None:
            workspace.status.emit("Choose an image and press Annotate.")
            return
        plane = plane or workspace.plane()
        if plane is None:
            return
        row, col = (round(v) for v in plane.to_plane(workspace.image.world_to_data(world)[-workspace.image.ndim :]))
        height, width = plane.shape
        if 0 <= row < height and 0 <= col < width:
            self.ask(workspace.object_id, plane, Click(row, col, positive))

    def ask(self, object_id: int, plane: SliceView, click: Click) -> None:
        """Click an object on a plane; before a predictor is there, as soon as it is."""
        workspace, image, annotator = self.workspace, self.workspace.image, self.workspace.annotator
        if image is None:
            return
        pending = object_id, plane, click
        workspace.pending.objects.add(object_id)
        if annotator is None:
            workspace.pending.early.append(pending)
            workspace.status.emit("The model is still loading: your click is answered as soon as it is there.")
            return
        picture, view = pictures(image), workspace.view(plane)
        workspace.planes[plane.key] = plane
        workspace.pending.asked.append(pending)

        def answer() -> list[Change]:
            return annotator.click(object_id, plane.key, picture(plane), click, view=view)

        def ended() -> None:
            if pending in workspace.pending.asked:
                workspace.pending.asked.remove(pending)

        def answered(changes: list[Change]) -> None:
            ended()
            self.canvas.apply(changes)

        self.canvas.change(answer, answered, ended)

    def ask_early(self) -> None:
        """Ask what was clicked before a predictor was there."""
        pending = self.workspace.pending
        early, pending.early = pending.early, []
        for each in early:
            self.ask(*each)
