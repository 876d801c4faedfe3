"""Mouse: a click that is no drag becomes a click on the object, whatever layer is active; a drag may draw a prompt."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_simpleclick.data.plane import SliceView
from napari_simpleclick.plugin.display.drawn_prompts import PROMPTS
from napari_simpleclick.plugin.tools.clicks import Clicks
from napari_simpleclick.plugin.tools.drawing import Drawing
from napari_simpleclick.plugin.workspace.planes import layer_data
from napari_simpleclick.plugin.workspace.workspace import Workspace

if TYPE_CHECKING:
    from napari.layers import Image

LEFT, RIGHT = 1, 2

HELD = ("Shift", "Alt", "Control")
"""Keys that change a left click: a new object, an object that takes over, the object that is there."""

STILL = 4
"""Pixels of the canvas by which the mouse may move and still count as clicked."""


class ClickListener:
    """A callback for `viewer.mouse_drag_callbacks`.

    Parameters
    ----------
    workspace
        Knows our layers.
    clicks
        Gets the clicks.
    drawing
        Takes drags with a tool.
    new_object
        Goes on with a new object, before a click with Shift.
    """

    def __init__(self, workspace: Workspace, clicks: Clicks, drawing: Drawing, new_object: Callable[[], None]) -> None:
        self.workspace, self.clicks, self.drawing, self.new_object = workspace, clicks, drawing, new_object
        self._last: Any = None

    def __call__(self, viewer: Any, event: Any) -> Iterator[None]:
        """Wait for the release; a drag moves the picture as ever, or draws with the chosen tool."""
        if not is_click(event):
            return
        if not self.listens(viewer):
            self.tell_why(viewer)
            return
        start, position, button, held = event.pos, tuple(event.position), event.button, tuple(event.modifiers)
        plane = self.workspace.shown_plane  # which a slider may leave until the button is released
        self._last = start
        stroke = self.drawing.begin(None if held else plane, positive=self._adds(button))
        dragged = False
        try:
            while True:
                dragged = dragged or moved(start, event.pos)
                if stroke:
                    stroke.add(tuple(event.position))
                if event.type == "mouse_release":
                    break
                yield
        finally:
            if stroke:
                stroke.end(made=dragged and event.type == "mouse_release")
        if not dragged:
            self._click(position, button, held, plane=plane)

    def double_click(self, viewer: Any, event: Any) -> bool:
        """Take the second of two fast clicks, which napari calls a double-click; False if it is not for us.

        On the place of the first it is the same click; elsewhere it is one of its own. Nothing zooms.
        """
        if not self.listens(viewer):
            return False
        if is_click(event) and (self._last is None or moved(self._last, event.pos)):
            self._click(tuple(event.position), event.button, tuple(event.modifiers))
        self._last = event.pos
        return True

    def _click(
        self, position: tuple[float, ...], button: int, held: tuple[str, ...], *, plane: SliceView | None = None
    ) -> None:
        """Click the present object, or a new one, which a click can only add to; or choose the object that is there."""
        if "Control" in held:
            self.clicks.select_at(position, plane=plane)
            return
        if "Shift" in held:
            self.new_object()
        positive = bool(held) or self._adds(button)
        self.clicks.offer_at(position, positive=positive, plane=plane, take_over="Alt" in held)

    def _adds(self, button: int) -> bool:
        """Whether the object is where this button is pressed."""
        return (button == LEFT) == self.workspace.settings.positive

    def listens(self, viewer: Any) -> bool:
        """Whether the active layer is one of ours and no painting or selecting tool is chosen."""
        workspace = self.workspace
        active = viewer.layers.selection.active
        return workspace.ready and self.is_ours(active) and (active is None or str(active.mode) == "pan_zoom")

    def tell_why(self, viewer: Any) -> None:
        """Tell somebody who clicks while another layer is active, as after opening one, how to go on."""
        active, points = viewer.layers.selection.active, self.workspace.points
        if self.workspace.ready and points is not None and not self.is_ours(active):
            from napari.layers import Image

            other = " To outline objects in it, choose it under Image and press Annotate."
            self.workspace.status.emit(
                f"{active.name!r} is active: choose {points.name!r} in the list of layers to go on."
                f"{other if isinstance(active, Image) else ''}"
            )

    def is_ours(self, layer: Any) -> bool:
        """Whether clicks are listened to while this layer is active: ours, and others on the same grid."""
        workspace = self.workspace
        if layer in (None, workspace.image, workspace.labels, workspace.points) or PROMPTS in layer.metadata:
            return True
        return workspace.image is not None and on_same_grid(layer, workspace.image)


def is_click(event: Any) -> bool:
    """Whether a press is ours: either button alone, or the left one with one of `HELD`."""
    if not event.modifiers:
        return event.button in (LEFT, RIGHT)
    return event.button == LEFT and len(event.modifiers) == 1 and any(key in event.modifiers for key in HELD)


def on_same_grid(layer: Any, image: "Image") -> bool:
    """Whether a layer lies pixel on pixel on an image: another modality of a patient, or labels of it."""
    from napari.layers import Image, Labels

    if not isinstance(layer, (Image, Labels)) or layer.ndim != image.ndim:
        return False
    shapes = [layer_data(each).shape[: each.ndim] for each in (layer, image)]
    same = np.allclose(layer.data_to_world((1,) * layer.ndim), image.data_to_world((1,) * image.ndim))
    return shapes[0] == shapes[1] and same and np.allclose(layer.translate, image.translate)


def moved(start: Any, now: Any) -> bool:
    """Whether the mouse has left the place where it was pressed."""
    return bool(max(abs(now[0] - start[0]), abs(now[1] - start[1])) > STILL)
