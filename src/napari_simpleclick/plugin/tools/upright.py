"""Upright views of a patient: the head on top in sagittal and coronal views, and letters that tell the directions."""

from typing import TYPE_CHECKING, Any

import numpy as np

from napari_simpleclick.plugin.workspace.layer_place import SOURCE
from napari_simpleclick.plugin.workspace.workspace import Workspace

if TYPE_CHECKING:
    from napari.layers import Image

ENDS = {"x": ("R", "L"), "y": ("A", "P"), "z": ("I", "S")}
"""Where axes of a NIfTI volume begin and end: right and left, front (anterior) and back (posterior), feet and head."""

UP, DOWN = ("up", "right"), ("down", "right")
"""Ways in which the rows and columns of a slice grow on the canvas."""


class Upright:
    """Turns views of NIfTI volumes, and writes the directions into a corner of the canvas.

    Parameters
    ----------
    workspace
        Has the image and the viewer.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._order = tuple(workspace.viewer.dims.order)
        self._rolled: tuple[int, ...] = self._order
        """What the order would be if nothing had been turned here."""
        self._told = ""
        workspace.viewer.dims.events.order.connect(self._on_order)
        workspace.image_changed.connect(self.refresh)

    def stop(self) -> None:
        """Follow no more; views stay as they are."""
        self.workspace.viewer.dims.events.order.disconnect(self._on_order)

    def _on_order(self, _event: object = None) -> None:
        """Swap rows and columns where rolling the axes would lay the patient on the side."""
        dims, before = self.workspace.viewer.dims, self._order
        order = tuple(int(axis) for axis in dims.order)
        if order == before:
            return
        if order == rolled(before):
            order = rolled(self._rolled) if len(self._rolled) == len(before) else order
            self._rolled = order
            letters = axis_letters(self.workspace.image)
            axes = [letters.get(axis) for axis in order[-2:]]
            order = (*order[:-2], order[-1], order[-2]) if axes in (["x", "z"], ["y", "z"], ["x", "y"]) else order
        else:
            self._rolled = order
        self._order = order
        if order != tuple(dims.order):
            dims.order = order
        self.refresh()

    def refresh(self) -> None:
        """Turn the view, and tell the directions."""
        viewer, letters = self.workspace.viewer, axis_letters(self.workspace.image)
        rows, cols = (letters.get(axis) for axis in viewer.dims.displayed[-2:])
        camera = getattr(viewer, "scene", viewer).camera
        overlay = viewer.canvas.overlays.text if hasattr(viewer, "canvas") else viewer.text_overlay
        told = ""
        if rows and cols and viewer.dims.ndisplay == 2:
            up = rows == "z"
            self._turn(camera, UP if up else DOWN)
            told = compass(ENDS[rows][:: -1 if up else 1], ENDS[cols])
        elif self._told:
            self._turn(camera, DOWN)
        if overlay.text in ("", self._told) and told != overlay.text:  # another text is somebody else's
            overlay.text, overlay.visible = told, bool(told)
        self._told = told

    def _turn(self, camera: Any, way: tuple[str, str]) -> None:
        if tuple(str(each) for each in camera.orientation2d) != way:
            camera.orientation2d = way


def rolled(order: tuple[int, ...]) -> tuple[int, ...]:
    """The order of axes after napari's button for the next one.

    Examples
    --------
    >>> rolled((0, 1, 2))
    (2, 0, 1)
    """
    return tuple(int(axis) for axis in np.roll(order, 1))


def axis_letters(image: "Image | None") -> dict[int, str]:
    """The spatial axes of a NIfTI volume, by their number in the viewer; empty for other images."""
    source = None if image is None else image.metadata.get(SOURCE)
    if image is None or source is None or source.geometry is None or image.ndim < 3:
        return {}
    return {axis: label for axis, label in enumerate(image.axis_labels) if label in ENDS}


def compass(vertical: tuple[str, ...], horizontal: tuple[str, ...]) -> str:
    """Letters as they stand around a slice, in lines of one length: napari aligns them at the right.

    Examples
    --------
    >>> compass(("S", "I"), ("A", "P")).splitlines()
    ['  S  ', 'A   P', '  I  ']
    """
    return f"  {vertical[0]}  \n{horizontal[0]}   {horizontal[1]}\n  {vertical[1]}  "
