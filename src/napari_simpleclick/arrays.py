"""Arrays and boxes on planes: types that state shape, axis order and range; rows always come before columns."""

from typing import NamedTuple, TypeAlias

import numpy as np

from napari_simpleclick.array_types import Bool, Float, Float32, Integer, UInt8

RgbImage: TypeAlias = UInt8[np.ndarray, "height width 3"]
"""(height, width, 3) uint8, 0-255."""

BinaryMask: TypeAlias = Bool[np.ndarray, "height width"]
"""(height, width) bool, True on the object."""

ProbabilityMap: TypeAlias = Float32[np.ndarray, "height width"]
"""(height, width) float32 in [0, 1]."""

LabelMap: TypeAlias = Integer[np.ndarray, "height width"]
"""(height, width) integers: 0 is background, -1 is ignored, others are object ids."""

Affine: TypeAlias = Float[np.ndarray, "4 4"]
"""Voxel indices to millimetres, homogeneous."""


class Box(NamedTuple):
    """A rectangle of pixels on a plane; stops are exclusive, as in slices.

    Examples
    --------
    >>> Box(2, 5, 10, 14).shape
    (3, 4)
    >>> np.zeros((8, 20))[Box(2, 5, 10, 14).slices].shape
    (3, 4)
    """

    row_start: int
    row_stop: int
    col_start: int
    col_stop: int

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.row_stop - self.row_start, self.col_stop - self.col_start

    @property
    def slices(self) -> tuple[slice, slice]:
        """Index of the rectangle in an array (height, width, ...)."""
        return slice(self.row_start, self.row_stop), slice(self.col_start, self.col_stop)


def bounding_box(mask: BinaryMask) -> Box | None:
    """Smallest box that holds every True pixel; None if there is none.

    Examples
    --------
    >>> bounding_box(np.eye(5, dtype=bool)[:, 1:4])
    Box(row_start=1, row_stop=4, col_start=0, col_stop=3)
    """
    rows, cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return None
    return Box(int(rows[0]), int(rows[-1]) + 1, int(cols[0]), int(cols[-1]) + 1)


def disk_radius(mask: BinaryMask) -> float:
    """Radius in pixels of a disk as large as a mask.

    Examples
    --------
    >>> round(disk_radius(np.ones((10, 10), bool)), 2)
    5.64
    """
    return float(np.sqrt(mask.sum() / np.pi))
