"""Patches: an object in the part of a plane that holds it, and what is in two of them, in one or in either."""

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np

from napari_simpleclick.arrays import BinaryMask, Box, bounding_box

Patch: TypeAlias = tuple[Box, BinaryMask]
"""An object in the part of a plane that holds it."""


def common(first: Patch | None, second: Patch | None) -> Patch | None:
    """The pixels in both, in the smallest box; None if there are none.

    Examples
    --------
    >>> row = np.ones((1, 3), bool)
    >>> common((Box(0, 1, 0, 3), row), (Box(0, 1, 2, 5), row))
    (Box(row_start=0, row_stop=1, col_start=2, col_stop=3), array([[ True]]))
    """
    box = overlap(first[0], second[0]) if first and second else None
    if first is None or second is None or box is None:
        return None
    return trimmed((box, part_of(first, box) & part_of(second, box)))


def minus(first: Patch | None, second: Patch | None) -> Patch | None:
    """The pixels of the first that are not in the second, in the smallest box; None if there are none.

    Examples
    --------
    >>> row = np.ones((1, 3), bool)
    >>> minus((Box(0, 1, 0, 3), row), (Box(0, 1, 1, 4), row))
    (Box(row_start=0, row_stop=1, col_start=0, col_stop=1), array([[ True]]))
    """
    box = overlap(first[0], second[0]) if first and second else None
    if first is None or second is None or box is None:
        return first
    rest = first[1].copy()
    rows, cols = box.row_start - first[0].row_start, box.col_start - first[0].col_start
    rest[rows : rows + box.shape[0], cols : cols + box.shape[1]] &= ~part_of(second, box)
    return trimmed((first[0], rest))


def union(patches: Iterable[Patch | None]) -> Patch | None:
    """The pixels in any of them; None if there are none.

    Examples
    --------
    >>> row = np.ones((1, 2), bool)
    >>> union([(Box(0, 1, 0, 2), row), None, (Box(0, 1, 3, 5), row)])[1]
    array([[ True,  True, False,  True,  True]])
    """
    found = [patch for patch in patches if patch is not None]
    if len(found) < 2:
        return found[0] if found else None
    frame = around([box for box, _ in found])
    whole = np.zeros(frame.shape, bool)
    for box, mask in found:
        rows, cols = box.row_start - frame.row_start, box.col_start - frame.col_start
        whole[rows : rows + mask.shape[0], cols : cols + mask.shape[1]] |= mask
    return frame, whole


def trimmed(patch: Patch) -> Patch | None:
    """The same pixels in the smallest box that holds them; None if there are none."""
    inner = bounding_box(patch[1])
    if inner is None or inner.shape == patch[0].shape:
        return patch if inner else None
    row, col = patch[0].row_start, patch[0].col_start
    placed = Box(inner.row_start + row, inner.row_stop + row, inner.col_start + col, inner.col_stop + col)
    return placed, patch[1][inner.slices]


def part_of(patch: Patch, box: Box) -> BinaryMask:
    """The mask in a smaller box."""
    rows, cols = box.row_start - patch[0].row_start, box.col_start - patch[0].col_start
    height, width = box.shape
    return patch[1][rows : rows + height, cols : cols + width]


def overlap(first: Box, second: Box) -> Box | None:
    """The pixels in both boxes.

    Examples
    --------
    >>> overlap(Box(0, 5, 0, 5), Box(3, 9, 4, 9))
    Box(row_start=3, row_stop=5, col_start=4, col_stop=5)
    """
    box = Box(
        max(first.row_start, second.row_start),
        min(first.row_stop, second.row_stop),
        max(first.col_start, second.col_start),
        min(first.col_stop, second.col_stop),
    )
    return box if min(box.shape) > 0 else None


def around(boxes: list[Box]) -> Box:
    """Smallest box that holds all.

    Examples
    --------
    >>> around([Box(0, 2, 0, 2), Box(1, 5, 1, 3)])
    Box(row_start=0, row_stop=5, col_start=0, col_stop=3)
    """
    starts, stops = np.min(boxes, axis=0), np.max(boxes, axis=0)
    return Box(int(starts[0]), int(stops[1]), int(starts[2]), int(stops[3]))
