"""Mouse: a click that is no drag becomes a click on the object, whatever layer is active."""

from collections.abc import Iterator
from typing import Any

from napari_simpleclick.plugin.tools.clicks import Clicks
from napari_simpleclick.plugin.workspace.workspace import Workspace

LEFT, RIGHT = 1, 2

STILL = 4
"""The mouse may move by so many pixels of the canvas and still count as clicked."""


class ClickListener:
    """A callback for `viewer.mouse_drag_callbacks`.

    Parameters
    ----------
    workspace
        Knows our layers.
    clicks
        Gets the clicks.
    """

    def __init__(self, workspace: Workspace, clicks: Clicks) -> None:
        self.workspace, self.clicks = workspace, clicks

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
            self.clicks.click_at(position, positive=(button == LEFT) == self.workspace.settings.positive)

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
        """Whether clicks are listened to while this layer is active."""
        workspace = self.workspace
        return layer is None or layer in (workspace.image, workspace.labels, workspace.points)


def moved(start: Any, now: Any) -> bool:
    """Whether the mouse has left the place where it was pressed."""
    return bool(max(abs(now[0] - start[0]), abs(now[1] - start[1])) > STILL)
