"""Bilinear resampling between plane and network; the cost depends on the network's size, not on the plane's.

Corners of the crop fall on corners of the network's input (`align_corners=True`), as in the published prediction.
"""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from jaxtyping import Float32

from napari_simpleclick.arrays import Box

Positions = np.ndarray
"""(count,) sorted integer row or column numbers of a plane."""


class Plane(Protocol):
    """A picture (height, width, 3) uint8 that is read in parts: a numpy array, or one that converts what is asked."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Height, width, 3."""

    def __getitem__(self, index: Any, /) -> np.ndarray:
        """Pixels at a pair of slices, or at `np.ix_(rows, columns)`."""


def resample_at(read: Callable[[Positions, Positions], np.ndarray], box: Box, size: int) -> np.ndarray:
    """Resize a region, reading only the four neighbours of each pixel of the result.

    Parameters
    ----------
    read
        Returns the values at sorted rows and columns of the plane, (rows, columns, ...).
    box
        The region.
    size
        Side of the result in pixels.

    Returns
    -------
    (size, size, ...) float32
        The resized region.
    """
    rows, row_low, row_high, row_part = taps(box.row_start, box.row_stop, size)
    cols, col_low, col_high, col_part = taps(box.col_start, box.col_stop, size)
    values = read(rows, cols).astype(np.float32)
    trailing = (1,) * (values.ndim - 2)
    values = lerp(values[row_low], values[row_high], row_part.reshape(-1, 1, *trailing))
    return lerp(values[:, col_low], values[:, col_high], col_part.reshape(1, -1, *trailing))


def taps(start: int, stop: int, size: int) -> tuple[Positions, np.ndarray, np.ndarray, np.ndarray]:
    """Which rows of start..stop a resized map of `size` rows is made from.

    Returns
    -------
    rows
        Sorted row numbers that are needed.
    low, high
        (size,) places in `rows` of the neighbours of each resized row.
    part
        (size,) float32, how far each lies from its low to its high neighbour.

    Examples
    --------
    >>> rows, low, high, part = taps(10, 14, 2)
    >>> rows, low, high, part
    (array([10, 13]), array([0, 1]), array([0, 1]), array([0., 0.], dtype=float32))
    """
    exact = np.linspace(0, stop - start - 1, size)
    low = np.floor(exact).astype(np.int64)
    high = np.ceil(exact).astype(np.int64)
    rows, places = np.unique(np.concatenate([low, high]), return_inverse=True)
    return rows + start, places[:size], places[size:], (exact - low).astype(np.float32)


def enlarge(small: Float32[np.ndarray, "size size"], box: Box, rows: Positions, cols: Positions) -> np.ndarray:
    """Values, at rows and columns of the plane, of a map that covers `box`; zero outside.

    Parameters
    ----------
    small
        The map at the network's size.
    box
        The region of the plane that it covers.
    rows, cols
        Sorted row and column numbers of the plane.

    Returns
    -------
    (len(rows), len(cols)) float32
        The enlarged map there.

    Examples
    --------
    >>> small = np.array([[0, 0], [1, 1]], np.float32)
    >>> enlarge(small, Box(4, 7, 0, 2), np.arange(3, 8), np.array([0]))[:, 0]
    array([0. , 0. , 0.5, 1. , 0. ], dtype=float32)
    """
    enlarged = np.zeros((len(rows), len(cols)), np.float32)
    row_range = slice(*np.searchsorted(rows, (box.row_start, box.row_stop)))
    col_range = slice(*np.searchsorted(cols, (box.col_start, box.col_stop)))
    row_low, row_high, row_part = neighbours(rows[row_range] - box.row_start, box.shape[0], small.shape[0])
    col_low, col_high, col_part = neighbours(cols[col_range] - box.col_start, box.shape[1], small.shape[1])
    tall = lerp(small[row_low], small[row_high], row_part[:, None])
    enlarged[row_range, col_range] = lerp(tall[:, col_low], tall[:, col_high], col_part)
    return enlarged


def neighbours(indices: np.ndarray, extent: int, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of the small map on either side of rows of the enlarged one, and how far each lies between them."""
    exact = indices * ((size - 1) / max(extent - 1, 1))
    low = np.minimum(np.floor(exact).astype(np.int64), size - 1)
    return low, np.minimum(low + 1, size - 1), (exact - low).astype(np.float32)


def lerp(low: np.ndarray, high: np.ndarray, part: np.ndarray) -> np.ndarray:
    """Linear interpolation, in place where numpy allows: low + part * (high - low)."""
    between: np.ndarray = high - low
    between *= part
    between += low
    return between
