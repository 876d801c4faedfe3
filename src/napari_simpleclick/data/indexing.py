"""Rows and columns of planes of arrays on disk and in memory, read the way that is fast there."""

from typing import Any

import numpy as np

ROWS_AT_ONCE, CACHE_LINE = 16, 64
"""Rows that stay in the processor's cache, and bytes that it reads at once."""


def read_plane(data: Any, point: tuple[int, ...], axes: tuple[int, int], rows: Any, cols: Any) -> np.ndarray:
    """Pixels of a plane at two slices, or at two sorted vectors of indices: (rows, columns) or (rows, columns, 3).

    Parameters
    ----------
    data
        The array.
    point
        Index of any pixel of the plane.
    axes
        The axis that runs down the plane's rows and the one along its columns.
    rows, cols
        What is read of them.
    """
    index: list[Any] = list(point)
    row_span, rows_within = cover(rows)
    col_span, cols_within = cover(cols)
    index[axes[0]], index[axes[1]] = row_span, col_span
    pixels = data[tuple(index)]
    if axes[0] > axes[1]:
        pixels = pixels.swapaxes(0, 1)
    if isinstance(pixels, np.ndarray) and not isinstance(rows, slice):
        return picked(pixels, rows_within, cols_within)
    return np.asarray(pixels[rows_within][:, cols_within])


def cover(indices: Any) -> tuple[slice, Any]:
    """A slice that covers sorted indices, and where they are in what it selects.

    Arrays on disk read slices well and lists of indices badly, if at all.

    Examples
    --------
    >>> cover(np.array([4, 6, 7]))
    (slice(4, 8, None), array([0, 2, 3]))
    """
    if isinstance(indices, slice):
        return indices, slice(None)
    first, last = int(indices[0]), int(indices[-1])
    return slice(first, last + 1), indices - first


def picked(pixels: np.ndarray, rows: np.ndarray, cols: np.ndarray) -> np.ndarray:
    """Rows and columns of (height, width, ...): `pixels[np.ix_(rows, cols)]`, without jumping through memory.

    Where columns are so close that every part of a row is read anyway, whole rows are copied, some at a time.

    Examples
    --------
    >>> picked(np.arange(12).reshape(3, 4), np.array([0, 2]), np.array([1, 3]))
    array([[ 1,  3],
           [ 9, 11]])
    """
    if not pixels[0].flags.c_contiguous or pixels[0].nbytes > CACHE_LINE * len(cols):
        jumping: np.ndarray = pixels[np.ix_(rows, cols)]
        return jumping
    found = np.empty((len(rows), len(cols), *pixels.shape[2:]), pixels.dtype)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        some = slice(start, start + ROWS_AT_ONCE)
        # Never clips: numpy only copies once more where it may have to raise.
        pixels[rows[some]].take(cols, axis=1, out=found[some], mode="clip")
    return found
