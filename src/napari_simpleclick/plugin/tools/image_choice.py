"""Image choice: begin on an image, or go on with what was done on it before."""

from typing import TYPE_CHECKING

from napari_simpleclick.plugin.display.canvas import Canvas
from napari_simpleclick.plugin.workspace.kept_workspaces import come_back, keep, switch
from napari_simpleclick.plugin.workspace.workspace import Workspace

if TYPE_CHECKING:
    from napari.layers import Image


class ImageChoice:
    """Takes a workspace from image to image.

    Parameters
    ----------
    workspace, canvas
        What is annotated, and how it is shown.
    """

    def __init__(self, workspace: Workspace, canvas: Canvas) -> None:
        self.workspace, self.canvas = workspace, canvas

    def annotate(self, image: "Image") -> None:
        """Start or go on with an image: add layers for masks and clicks, or put back those that were removed."""
        if self.workspace.image is not image:
            switch(self.workspace, image)
        self.canvas.add_layers(image)
        self.workspace.say_next()

    def come_back(self) -> None:
        """Go on with what another widget left of the present image."""
        workspace, kept = self.workspace, come_back(self.workspace)
        if kept is None:
            return
        if workspace.labels is not None and kept.labels is not None and not kept.painted:
            workspace.labels.name = kept.labels.name
        if workspace.points is not None and kept.points is not None:
            workspace.points.name = kept.points.name
        self.canvas.paint_all()

    def leave(self) -> None:
        """Keep what was done on the present image."""
        keep(self.workspace)
