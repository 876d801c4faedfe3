"""Sizes of objects: pixels of their masks, kept up to date as they change, and what that is in the image's units."""

from collections.abc import Hashable
from typing import TYPE_CHECKING

import numpy as np

from napari_simpleclick.masks import BoxedMask

if TYPE_CHECKING:
    from napari.layers import Image

PIXELS = "px"
"""Unit of images that have none."""

LARGER = {"nm": ("µm", 1e-3), "pm": ("nm", 1e-3)}
"""Units whose cubes would be very large numbers: the unit that is shown instead, and how many of it one is."""


class Areas:
    """Pixels of the masks of objects."""

    def __init__(self) -> None:
        self._areas: dict[tuple[int, Hashable], int] = {}
        self._totals: dict[int, int] = {}

    def update(self, object_id: int, plane: Hashable, mask: BoxedMask | None) -> None:
        """The mask of an object on a plane is another one now, or gone.

        Parameters
        ----------
        object_id, plane
            The object, and the key of the plane.
        mask
            The mask now; None if it is gone.
        """
        area = int(np.count_nonzero(mask[1])) if mask else 0
        before = self._areas.pop((object_id, plane), 0)
        if area:
            self._areas[object_id, plane] = area
        self._totals[object_id] = self._totals.get(object_id, 0) + area - before

    def total(self, object_id: int) -> int:
        """Pixels of an object on all planes."""
        return self._totals.get(object_id, 0)


def pixel_size(image: "Image | None") -> tuple[str, float]:
    """Unit of sizes, and how large a pixel is in it: volume of a stack's pixel, area of a picture's.

    Examples
    --------
    >>> from napari.layers import Image
    >>> stack = np.zeros((2, 3, 4))
    >>> pixel_size(Image(stack, scale=(3, 0.5, 0.5), units="mm"))
    ('mm³', 0.75)
    >>> unit, size = pixel_size(Image(stack, scale=(50, 4, 4), units="nm"))
    >>> unit, round(size, 9)
    ('µm³', 8e-07)
    >>> pixel_size(Image(stack[0])), pixel_size(None)
    (('px', 1.0), ('px', 1.0))
    """
    if image is None:
        return PIXELS, 1.0
    axes = min(image.ndim, 3)
    units = {f"{unit:~}" for unit in image.units[-axes:]}
    unit = units.pop() if len(units) == 1 else "pixel"
    if unit == "pixel":
        return PIXELS, 1.0
    unit, factor = LARGER.get(unit, (unit, 1.0))
    size = float(np.prod([abs(step) * factor for step in image.scale[-axes:]]))
    return f"{unit}{'³' if axes == 3 else '²'}", size


def short(size: float) -> str:
    """A size in few letters; empty for nothing.

    Examples
    --------
    >>> short(0), short(0.0001), short(0.0123), short(12.34), short(1234.5), short(45_678), short(7_890_000)
    ('', '<.001', '0.012', '12.3', '1234', '45.7k', '7.89M')
    """
    if not size:
        return ""
    if size < 0.1:
        return f"{size:.3f}" if size >= 0.001 else "<.001"
    if size < 100:
        return f"{size:.3g}"
    for least, unit, letter in ((1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k")):
        if size >= least:
            return f"{size / unit:.3g}{letter}"
    return f"{size:.0f}"
