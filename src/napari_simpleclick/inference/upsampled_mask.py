"""Where an enlarged map exceeds a threshold, to the pixel, without enlarging it where the answer is plain.

Between four values that all exceed the threshold every interpolated value does. So a map that covers thousands of
pixels is interpolated along the outline of the object only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np

from napari_simpleclick.array_types import Bool, Float32
from napari_simpleclick.arrays import BinaryMask, Box, bounding_box
from napari_simpleclick.inference.resample import enlarge, neighbours

MARGIN = 1e-5
"""Values closer to the threshold are interpolated: more than float32 can err."""

FEWEST_PIXELS = 1 << 17
"""Smaller parts are interpolated as a whole: that is faster."""

CELLS_AT_ONCE = 2048

LARGE_CELL = 8
"""Pixels per side from which cells are written one after the other rather than all together."""


def enlarged_mask(small: Float32[np.ndarray, "size size"], covered: Box, part: Box, threshold: float) -> BinaryMask:
    """Where a map, enlarged to the plane, exceeds a threshold: `enlarge(...) > threshold` in a part of the plane.

    Parameters
    ----------
    small
        The map at the network's resolution, in [0, 1].
    covered
        The region of the plane that the map covers.
    part
        The part of that region which is asked for.
    threshold
        What has to be exceeded.

    Returns
    -------
    (height, width) bool
        Of the part.

    Examples
    --------
    >>> small = np.array([[0, 0], [1, 1]], np.float32)
    >>> enlarged_mask(small, Box(0, 11, 0, 11), Box(4, 8, 0, 2), 0.5)[:, 0]
    array([False, False,  True,  True])
    """
    if is_small(small, covered, part):
        return enlarged_at_once(small, covered, part, threshold)
    cells = Cells.of(small, covered, part, threshold)
    mask: BinaryMask = cells.above.take(cell_of(cells.col_starts), axis=1).take(cell_of(cells.row_starts), axis=0)
    for rows, cols in some_at_a_time(*places_of(cells.unsure)):
        write_tiles(mask, cells.interpolated(rows, cols, threshold), *cells.extents(rows, cols))
    return mask


def enlarged_box(small: Float32[np.ndarray, "size size"], covered: Box, part: Box, threshold: float) -> Box | None:
    """The smallest box that holds what `enlarged_mask` finds, counted from the start of the part; None if it is empty.

    Only cells beyond those that are plainly inside are interpolated.

    Parameters
    ----------
    small, covered, part, threshold
        As for `enlarged_mask`.

    Examples
    --------
    >>> small = np.array([[0, 0], [1, 1]], np.float32)
    >>> enlarged_box(small, Box(0, 11, 0, 11), Box(4, 8, 0, 2), 0.5)
    Box(row_start=2, row_stop=4, col_start=0, col_stop=2)
    """
    if is_small(small, covered, part):
        return bounding_box(enlarged_at_once(small, covered, part, threshold))
    cells = Cells.of(small, covered, part, threshold)
    inner = bounding_box(cells.above)
    rows, cols = places_of(cells.unsure)
    edges = []
    if inner is not None:
        tops, lefts = cells.row_starts[list(inner[:2])], cells.col_starts[list(inner[2:])]
        edges.append([*tops, *lefts])
        beyond = (
            (rows < inner.row_start) | (rows >= inner.row_stop) | (cols < inner.col_start) | (cols >= inner.col_stop)
        )
        rows, cols = rows[beyond], cols[beyond]
    for some_rows, some_cols in some_at_a_time(rows, cols):
        (top, bottom), (left, right) = cells.extents(some_rows, some_cols)
        found = cells.interpolated(some_rows, some_cols, threshold)
        found &= np.arange(found.shape[1])[:, None] < (bottom - top)[:, None, None]
        found &= np.arange(found.shape[2]) < (right - left)[:, None, None]
        tile, row, col = np.nonzero(found)
        if len(tile):
            row, col = row + top[tile], col + left[tile]
            edges.append([row.min(), row.max() + 1, col.min(), col.max() + 1])
    if not edges:
        return None
    starts, stops = np.min(edges, axis=0), np.max(edges, axis=0)
    return Box(int(starts[0]), int(stops[1]), int(starts[2]), int(stops[3]))


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """What lies between every four values of a map, in pixels of the plane.

    Parameters
    ----------
    above, unsure
        Cells in which every pixel exceeds the threshold, and those in which some may.
    values
        (cells + 1,) rows and columns of the map that lie around them.
    row_starts, col_starts
        (cells + 1,) first pixel of each, counted from the first that is asked for; at the end their number.
    down, across
        (cells, pixels of the largest) how far each pixel lies from the value before it to the one behind it.
    """

    above: Bool[np.ndarray, "rows cols"]
    unsure: Bool[np.ndarray, "rows cols"]
    values: Float32[np.ndarray, "rows+1 cols+1"]
    row_starts: np.ndarray
    col_starts: np.ndarray
    down: np.ndarray
    across: np.ndarray

    @classmethod
    def of(cls, small: Float32[np.ndarray, "size size"], covered: Box, part: Box, threshold: float) -> Self:
        """The cells of a part; see `enlarged_mask`."""
        row_values, row_starts, down = side_of(part[:2], covered[:2], small.shape[0])
        col_values, col_starts, across = side_of(part[2:], covered[2:], small.shape[1])
        values = small.take(row_values, axis=0).take(col_values, axis=1)
        above = of_corners(np.minimum, values) > threshold + MARGIN
        unsure = of_corners(np.maximum, values) > threshold - MARGIN
        unsure &= ~above
        return cls(above, unsure, values, row_starts, col_starts, down, across)

    @property
    def large(self) -> bool:
        """Whether cells have enough pixels for each to be worth a few calls of numpy."""
        return bool(max(self.down.shape[1], self.across.shape[1]) >= LARGE_CELL)

    def interpolated(
        self, rows: np.ndarray, cols: np.ndarray, threshold: float
    ) -> Bool[np.ndarray, "count down across"]:
        """Which pixels of some cells exceed the threshold; those beyond the end of a cell mean nothing."""
        corner = [self.values[rows + low, cols + right] for low in (0, 1) for right in (0, 1)]
        if self.large:
            shaped = [values[:, None, None] for values in corner]
            return exceeds(shaped, self.down[rows][:, :, None], self.across[cols][:, None, :], threshold)
        # numpy is slow where the last axis is short.
        return np.moveaxis(exceeds(corner, self.down.T[:, None, rows], self.across.T[None, :, cols], threshold), 2, 0)

    def extents(self, rows: np.ndarray, cols: np.ndarray) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
        """First row and one past the last of some cells, and the same of their columns."""
        down, across = self.row_starts, self.col_starts
        return (down[rows], down[rows + 1]), (across[cols], across[cols + 1])


def exceeds(corner: list[np.ndarray], down: np.ndarray, across: np.ndarray, threshold: float) -> np.ndarray:
    """Whether what is interpolated between four corners exceeds a threshold; arrays of any shapes that go together."""
    left = corner[0] + down * (corner[2] - corner[0])
    right = corner[1] + down * (corner[3] - corner[1])
    found: np.ndarray = left + across * (right - left) > threshold
    return found


def is_small(small: np.ndarray, covered: Box, part: Box) -> bool:
    """Whether it is faster to interpolate a whole part."""
    height, width = part.shape
    return min(covered.shape) < small.shape[0] or height * width < FEWEST_PIXELS


def enlarged_at_once(small: Float32[np.ndarray, "size size"], covered: Box, part: Box, threshold: float) -> BinaryMask:
    """What `enlarged_mask` finds, by interpolating the whole part."""
    return enlarge(small, covered, np.arange(*part[:2]), np.arange(*part[2:])) > threshold


def places_of(mask: BinaryMask) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of the True pixels; np.nonzero takes ten times longer."""
    rows, cols = np.divmod(np.flatnonzero(mask), mask.shape[1])
    return rows, cols


def some_at_a_time(rows: np.ndarray, cols: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """So few cells that what is computed of them stays in the processor's cache."""
    for start in range(0, len(rows), CELLS_AT_ONCE):
        yield rows[start : start + CELLS_AT_ONCE], cols[start : start + CELLS_AT_ONCE]


def of_corners(choose: np.ufunc, values: np.ndarray) -> np.ndarray:
    """The smallest or largest of the four values around each cell, (rows - 1, columns - 1)."""
    pairs = choose(values[:-1], values[1:])
    found: np.ndarray = choose(pairs[:, :-1], pairs[:, 1:])
    return found


def write_tiles(
    mask: BinaryMask, tiles: np.ndarray, rows: tuple[np.ndarray, ...], cols: tuple[np.ndarray, ...]
) -> None:
    """Write (count, height, width) tiles into a mask, each from its first row and column up to its last."""
    (top, bottom), (left, right) = rows, cols
    _, height, width = tiles.shape
    if max(height, width) >= LARGE_CELL:
        places = zip(*(edge.tolist() for edge in (top, bottom, left, right)), strict=True)
        for tile, (first, last, start, stop) in zip(tiles, places, strict=True):
            mask[first:last, start:stop] = tile[: last - first, : stop - start]
        return
    down, across = top + np.arange(height)[:, None], left + np.arange(width)[:, None]
    inside = (down < bottom)[:, None] & (across < right)[None]
    places = (down * mask.shape[1])[:, None] + across[None]
    mask.reshape(-1)[places[inside]] = np.moveaxis(tiles, 0, 2)[inside]


def side_of(part: tuple[int, int], covered: tuple[int, int], size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The values of a map between which the pixels of one side lie.

    Parameters
    ----------
    part, covered
        First pixel and one past the last of what is asked for and of what the map covers.
    size
        Side of the map.

    Returns
    -------
    values
        (cells + 1,) which values of the map lie around them.
    starts
        (cells + 1,) first pixel of each cell, counted from the first that is asked for; at the end their number.
    between
        (cells, pixels of the largest) float32, how far each pixel lies from the value before it to the one behind it;
        the rest is of no use.
    """
    low, _, between = neighbours(np.arange(*part) - covered[0], covered[1] - covered[0], size)
    values = np.arange(low[0], low[-1] + 2)
    starts = np.searchsorted(low, values)
    places = starts[:-1, None] + np.arange(int(np.diff(starts).max()))
    return np.minimum(values, size - 1), starts, between[np.minimum(places, len(between) - 1)]


def cell_of(starts: np.ndarray) -> np.ndarray:
    """(pixels,) the cell in which each lies."""
    return np.repeat(np.arange(len(starts) - 1), np.diff(starts))
