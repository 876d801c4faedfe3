"""Mouse: a click that is no drag becomes a click on the object, whatever layer is active."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from napari_simpleclick.plugin.controller import Controller

LEFT, RIGHT = 1, 2

STILL = 4
"""The mouse may move by so many pixels of the canvas and still count as clicked."""


class ClickListener:
    """A callback for `viewer.mouse_drag_callbacks`.

    Parameters
    ----------
    controller
        Gets the clicks.
    """

    def __init__(self, controller: "Controller") -> None:
        self.controller = controller

    def __call__(self, viewer: Any, event: Any) -> Iterator[None]:
        """Wait for the release; a drag moves the picture as ever, and so do clicks with a modifier."""
        if event.button not in (LEFT, RIGHT) or event.modifiers:
            return
        if not self.listens(viewer):
            self.tell_why(viewer)
            return
        start, position, button = event.pos, tuple(event.position), event.button
        yield
        dragged = False
        while event.type == "mouse_move":
            dragged = dragged or moved(start, event.pos)
            yield
        if not dragged and not moved(start, event.pos):
            self.controller.click_at(position, positive=(button == LEFT) == self.controller.positive)

    def listens(self, viewer: Any) -> bool:
        """Whether the active layer is one of ours and no painting or selecting tool is chosen."""
        controller = self.controller
        active = viewer.layers.selection.active
        return controller.ready and self.is_ours(active) and (active is None or str(active.mode) == "pan_zoom")

    def tell_why(self, viewer: Any) -> None:
        """Tell somebody who clicks while another layer is active, as after opening one, how to go on."""
        active, points = viewer.layers.selection.active, self.controller.points
        if self.controller.ready and points is not None and not self.is_ours(active):
            from napari.layers import Image

            other = " To outline objects in it, choose it under Image and press Annotate."
            self.controller.status.emit(
                f"{active.name!r} is active: choose {points.name!r} in the list of layers to go on."
                f"{other if isinstance(active, Image) else ''}"
            )

    def is_ours(self, layer: Any) -> bool:
        """Whether clicks are listened to while this layer is active."""
        controller = self.controller
        return layer is None or layer in (controller.image, controller.labels, controller.points)


def moved(start: Any, now: Any) -> bool:
    """Whether the mouse has left the place where it was pressed."""
    return max(abs(now[0] - start[0]), abs(now[1] - start[1])) > STILL
