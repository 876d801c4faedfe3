"""The layer that shows boxes, lassos and scribbles of the present object, and the line that is being drawn."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from napari_simpleclick.clicks import Click
from napari_simpleclick.data.plane import SliceView
from napari_simpleclick.plugin.display.layers import NEGATIVE_COLOR, POSITIVE_COLOR, placement
from napari_simpleclick.plugin.workspace.workspace import Workspace
from napari_simpleclick.prompts import Prompt

if TYPE_CHECKING:
    from napari.layers import Shapes

LINE_WIDTH = 2
"""In pixels of the canvas."""

PROMPTS = "napari-simpleclick prompts"
"""Marks the layer in its metadata."""

Line = tuple[SliceView, Prompt]


class DrawnPrompts:
    """A shapes layer that is there as long as there is something to show; nothing is read from it.

    Parameters
    ----------
    workspace
        Has the image and the prompts.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.layer: Shapes | None = None
        self._shown: list[Line] = []
        workspace.image_changed.connect(self.remove)

    def show(self, clicks: Sequence[tuple[SliceView, Click]]) -> None:
        """Show the prompts among some clicks, each with its plane."""
        lines = [(plane, click) for plane, click in clicks if isinstance(click, Prompt) and len(click.path) > 1]
        if lines == self._shown and (not lines or self._is_there()):
            return
        if not lines:
            self.remove()
            return
        layer = self._layer()
        if layer is None:
            return
        self._shown = lines
        layer.data = []
        layer.add_paths(
            [np.array([plane.to_volume(*point) for point in prompt.path]) for plane, prompt in lines],
            edge_color=[POSITIVE_COLOR if prompt.positive else NEGATIVE_COLOR for _, prompt in lines],
            edge_width=self._width(),
        )

    def remove(self) -> None:
        """Take the layer away."""
        self._shown = []
        layer, self.layer = self.layer, None
        if layer is not None and layer in self.workspace.viewer.layers:
            self.workspace.viewer.layers.remove(layer)

    def _is_there(self) -> bool:
        return self.layer is not None and self.layer in self.workspace.viewer.layers

    def _layer(self) -> "Shapes | None":
        """The layer, below that of the clicks; made if it is not there."""
        image, viewer = self.workspace.image, self.workspace.viewer
        if self._is_there() or image is None:
            return self.layer
        from napari.layers import Shapes

        active = viewer.layers.selection.active
        self.layer = Shapes(
            ndim=image.ndim, name=f"{image.name} prompts", metadata={PROMPTS: True}, opacity=1, **placement(image)
        )
        viewer.add_layer(self.layer)
        self.layer.editable = False
        viewer.layers.selection.active = active
        return self.layer

    def _width(self) -> float:
        """Width of a line in pixels of the image, so that it has `LINE_WIDTH` on the canvas now."""
        image, viewer = self.workspace.image, self.workspace.viewer
        zoom = float(getattr(viewer, "scene", viewer).camera.zoom)
        step = min(abs(float(scale)) for scale in image.scale[-2:]) if image is not None else 1.0
        return LINE_WIDTH / max(zoom * step, 1e-9)
