"""Bilinear resampling between plane and network; the cost depends on the network's size, not on the plane's.

Corners of the crop fall on corners of the network's input (`align_corners=True`), as in the published prediction.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Protocol, cast

import numpy as np

from napari_simpleclick.array_types import Float32
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


def same_picture(first: Plane, second: Plane) -> bool:
    """Whether two pictures are one, so that what was computed from the first serves the second."""
    return first is second or (not isinstance(first, np.ndarray) and first == second)


WHOLE_BELOW = 4
"""Multiple of the network's size up to which regions are remembered whole; of larger ones what is resampled."""


def pixels_now(image: Plane, box: Box, size: int) -> bytes | None:
    """The stored pixels that a resized region is made from, as they are now; None where they are not in memory.

    Parameters
    ----------
    image
        The picture; one that is no array tells its pixels by a method `stored`.
    box
        The region.
    size
        Side of the resized region.
    """
    index: tuple[Any, Any] = box.slices
    if max(box.shape) > WHOLE_BELOW * size:
        rows, cols = (sampling(extent, size)[0] for extent in box.shape)
        index = rows + box.row_start, cols + box.col_start
    if isinstance(image, np.ndarray):
        return image[index if isinstance(index[0], slice) else np.ix_(*index)].tobytes()
    stored = getattr(image, "stored", None)
    return None if stored is None else cast("bytes | None", stored(*index))


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
    height, width = box.shape
    rows, row_matrix = sampling(height, size)
    cols, col_matrix = sampling(width, size)
    values = read(rows + box.row_start, cols + box.col_start).astype(np.float32)
    return np.ascontiguousarray(both_ways(row_matrix, col_matrix, values))


@lru_cache(maxsize=4)
def sampling(extent: int, size: int) -> tuple[Positions, Any]:
    """Which rows of `extent` are needed for `size` resized ones, and the sparse matrix that makes these of them."""
    rows, low, high, part = taps(0, extent, size)
    return rows, two_per_row(low, high, part, len(rows))


def resize(values: np.ndarray, size: int) -> np.ndarray:
    """Resize a whole map (height, width) to (size, size) float32; for large maps `resample_at` reads less.

    Examples
    --------
    >>> resize(np.array([[0, 4], [8, 12]], np.uint8), 3)[1]
    array([4., 6., 8.], dtype=float32)
    """
    height, width = values.shape
    return both_ways(resize_matrix(height, size), resize_matrix(width, size), values.astype(np.float32))


def enlarge_map(small: Float32[np.ndarray, "rows cols"], size: int) -> Float32[np.ndarray, "size size"]:
    """The same for a map that is smaller than the result, which then lies in memory row by row."""
    rows, cols = (resize_matrix(extent, size) for extent in small.shape)
    return both_ways(cols, rows, np.ascontiguousarray(small.T)).T


@lru_cache(maxsize=8)
def resize_matrix(extent: int, size: int) -> Any:
    """Sparse (size, extent) matrix that resizes a column; kept, since maps of a network have few sizes."""
    rows, low, high, part = taps(0, extent, size)
    return two_per_row(rows[low], rows[high], part, extent)


def both_ways(rows: Any, cols: Any, values: np.ndarray) -> np.ndarray:
    """Sparse matrices applied to the rows and to the columns of (rows, columns) or (rows, columns, channels)."""
    tall: np.ndarray = (rows @ values.reshape(len(values), -1)).reshape(rows.shape[0], *values.shape[1:])
    turned = np.ascontiguousarray(np.moveaxis(tall, 1, 0))
    wide: np.ndarray = (cols @ turned.reshape(len(turned), -1)).reshape(cols.shape[0], *turned.shape[1:])
    return np.moveaxis(wide, 1, 0)


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
    height, width = box.shape
    row_low, row_high, row_part = neighbours(rows[row_range] - box.row_start, height, small.shape[0])
    col_low, col_high, col_part = neighbours(cols[col_range] - box.col_start, width, small.shape[1])
    tall = lerp(small[row_low], small[row_high], row_part[:, None])
    enlarged[row_range, col_range] = lerp(tall[:, col_low], tall[:, col_high], col_part)
    return enlarged


def regrid(small: Float32[np.ndarray, "size size"], box: Box, onto: Box, size: int) -> np.ndarray:
    """A map that covers `box`, enlarged to the plane and resized to cover another region; zero outside `box`.

    The same as `resample_at` of what `enlarge` returns, but as two sparse products, whose cost depends on the sizes of
    the maps only.

    Parameters
    ----------
    small
        The map at the network's resolution.
    box
        The region of the plane that it covers.
    onto
        The region that the result covers.
    size
        Side of the result.

    Returns
    -------
    (size, size) float32

    Examples
    --------
    >>> regrid(np.eye(2, dtype=np.float32), Box(0, 3, 0, 3), Box(0, 3, 0, 3), 3)[1]
    array([0.5, 0.5, 0.5], dtype=float32)
    """
    (height, width), (rows_wanted, cols_wanted) = box.shape, onto.shape
    rows = regrid_matrix(small.shape[0], height, onto.row_start - box.row_start, rows_wanted, size)
    cols = regrid_matrix(small.shape[1], width, onto.col_start - box.col_start, cols_wanted, size)
    return both_ways(rows, cols, small)


@lru_cache(maxsize=4)
def regrid_matrix(side: int, covered: int, start: int, wanted: int, size: int) -> Any:
    """Sparse (size, side) matrix that takes a column of a map over some pixels to one over others.

    Kept for the next click, which mostly has the same region.

    Parameters
    ----------
    side
        Values of the map.
    covered
        Pixels that it covers.
    start
        Where the wanted pixels start, counted from the first that is covered.
    wanted
        Number of pixels that are wanted.
    size
        Values of the result.
    """
    exact = np.linspace(start, start + wanted - 1, size)
    low, high = np.floor(exact).astype(np.int64), np.ceil(exact).astype(np.int64)
    places, weights = [], []
    for pixels, share in ((low, 1 - (exact - low)), (high, exact - low)):
        below, above, between = neighbours(pixels, covered, side)
        share = share * ((pixels >= 0) & (pixels < covered))
        places += [below, above]
        weights += [share * (1 - between), share * between]
    return sparse(np.stack(weights, axis=1).astype(np.float32), np.clip(np.stack(places, axis=1), 0, side - 1), side)


def two_per_row(low: np.ndarray, high: np.ndarray, part: np.ndarray, columns: int) -> Any:
    """Sparse matrix of linear interpolation: in each row 1 - part at `low` and part at `high`."""
    return sparse(np.stack([1 - part, part], axis=1), np.stack([low, high], axis=1), columns)


def sparse(weights: np.ndarray, places: np.ndarray, columns: int) -> Any:
    """Sparse matrix with (rows, some) weights at (rows, some) columns; those at the same place are added."""
    from scipy.sparse import csr_array  # takes a quarter of a second to import, and the window opens without

    rows, some = weights.shape
    starts = np.arange(0, rows * some + 1, some)
    return csr_array((weights.ravel(), places.ravel(), starts), shape=(rows, columns))


def neighbours(indices: np.ndarray, extent: int, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of the small map on either side of rows of the enlarged one, and how far each lies between them.

    Parameters
    ----------
    indices
        Rows of the enlarged map.
    extent
        Number of its rows.
    size
        Number of rows of the small map.
    """
    exact = indices * ((size - 1) / max(extent - 1, 1))
    low = np.minimum(np.floor(exact).astype(np.int64), size - 1)
    return low, np.minimum(low + 1, size - 1), (exact - low).astype(np.float32)


def lerp(low: np.ndarray, high: np.ndarray, part: np.ndarray) -> np.ndarray:
    """Linear interpolation, in place where numpy allows: low + part * (high - low)."""
    between: np.ndarray = high - low
    between *= part
    between += low
    return between
