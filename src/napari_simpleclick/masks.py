"""Set algebra on boxes, and on masks that store only their bounding box."""

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np

from napari_simpleclick.arrays import BinaryMask, Box, bounding_box

BoxedMask: TypeAlias = tuple[Box, BinaryMask]
"""A mask that stores only its bounding box: the box, and what lies in it."""


def common(first: BoxedMask | None, second: BoxedMask | None) -> BoxedMask | None:
    """The pixels in both, in the smallest box; None if there are none.

    Examples
    --------
    >>> row = np.ones((1, 3), bool)
    >>> common((Box(0, 1, 0, 3), row), (Box(0, 1, 2, 5), row))
    (Box(row_start=0, row_stop=1, col_start=2, col_stop=3), array([[ True]]))
    """
    box = intersection(first[0], second[0]) if first and second else None
    if first is None or second is None or box is None:
        return None
    return trimmed((box, part_of(first, box) & part_of(second, box)))


def minus(first: BoxedMask | None, second: BoxedMask | None) -> BoxedMask | None:
    """The pixels of the first that are not in the second, in the smallest box; None if there are none.

    Examples
    --------
    >>> row = np.ones((1, 3), bool)
    >>> minus((Box(0, 1, 0, 3), row), (Box(0, 1, 1, 4), row))
    (Box(row_start=0, row_stop=1, col_start=0, col_stop=1), array([[ True]]))
    """
    box = intersection(first[0], second[0]) if first and second else None
    if first is None or second is None or box is None:
        return first
    rest = first[1].copy()
    rest[within(box, first[0]).slices] &= ~part_of(second, box)
    return trimmed((first[0], rest))


def union(boxed_masks: Iterable[BoxedMask | None]) -> BoxedMask | None:
    """The pixels in any of them; None if there are none.

    Examples
    --------
    >>> row = np.ones((1, 2), bool)
    >>> union([(Box(0, 1, 0, 2), row), None, (Box(0, 1, 3, 5), row)])[1]
    array([[ True,  True, False,  True,  True]])
    """
    found = [boxed for boxed in boxed_masks if boxed is not None]
    if len(found) < 2:
        return found[0] if found else None
    frame = around([box for box, _ in found])
    whole = np.zeros(frame.shape, bool)
    for box, mask in found:
        whole[within(box, frame).slices] |= mask
    return frame, whole


def trimmed(boxed: BoxedMask, limits: Box | None = None) -> BoxedMask | None:
    """The same pixels in the smallest box that holds them, cut at limits if there are any; None if nothing is left.

    Examples
    --------
    >>> trimmed((Box(0, 2, 0, 3), np.array([[False] * 3, [True] * 3])), Box(0, 9, 1, 9))[0]
    Box(row_start=1, row_stop=2, col_start=1, col_stop=3)
    """
    if limits is not None:
        shown = intersection(boxed[0], limits)
        return None if shown is None else trimmed((shown, part_of(boxed, shown)))
    inner = bounding_box(boxed[1])
    if inner is None or inner.shape == boxed[0].shape:
        return boxed if inner else None
    return moved(inner, boxed[0].row_start, boxed[0].col_start), boxed[1][inner.slices]


def shifted(boxed: BoxedMask, rows: int, cols: int) -> BoxedMask:
    """A mask moved by whole pixels.

    Parameters
    ----------
    boxed
        Its pixels are shared, not copied.
    rows, cols
        Pixels down and to the right; negative ones up and to the left.
    """
    return moved(boxed[0], rows, cols), boxed[1]


def pasted(boxed: BoxedMask, frame: Box) -> BinaryMask:
    """The mask in a larger box."""
    whole = np.zeros(frame.shape, bool)
    whole[within(boxed[0], frame).slices] = boxed[1]
    return whole


def part_of(boxed: BoxedMask, box: Box) -> BinaryMask:
    """The mask in a smaller box."""
    return boxed[1][within(box, boxed[0]).slices]


def moved(box: Box, rows: int, cols: int) -> Box:
    """A box moved down and to the right.

    Parameters
    ----------
    box
        May leave the plane.
    rows, cols
        Pixels down and to the right; negative ones up and to the left.

    Examples
    --------
    >>> moved(Box(0, 5, 0, 5), 3, -1)
    Box(row_start=3, row_stop=8, col_start=-1, col_stop=4)
    """
    return Box(box.row_start + rows, box.row_stop + rows, box.col_start + cols, box.col_stop + cols)


def within(box: Box, frame: Box) -> Box:
    """A box of the plane, counted from the first pixel of a frame.

    Examples
    --------
    >>> within(Box(3, 5, 10, 12), Box(2, 9, 10, 20))
    Box(row_start=1, row_stop=3, col_start=0, col_stop=2)
    """
    return moved(box, -frame.row_start, -frame.col_start)


def widened(box: Box, rim: int) -> Box:
    """A box with a rim of pixels all around.

    Examples
    --------
    >>> widened(Box(3, 5, 10, 12), 2)
    Box(row_start=1, row_stop=7, col_start=8, col_stop=14)
    """
    return Box(box.row_start - rim, box.row_stop + rim, box.col_start - rim, box.col_stop + rim)


def clamped(box: Box, shape: tuple[int, int]) -> Box:
    """The part of a box that lies on a plane of `shape` (height, width).

    Examples
    --------
    >>> clamped(Box(-2, 5, 3, 30), (20, 20))
    Box(row_start=0, row_stop=5, col_start=3, col_stop=20)
    """
    height, width = shape
    return Box(max(box.row_start, 0), min(box.row_stop, height), max(box.col_start, 0), min(box.col_stop, width))


def intersection(first: Box, second: Box) -> Box | None:
    """The pixels in both boxes; None if there are none.

    Examples
    --------
    >>> intersection(Box(0, 5, 0, 5), Box(3, 9, 4, 9))
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
