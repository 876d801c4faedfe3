"""Where an enlarged map exceeds a threshold, to the pixel, without enlarging it where the answer is plain.

Between four values that all exceed the threshold every interpolated value does. So a map that covers thousands of
pixels is interpolated along the outline of the object only.
"""

import numpy as np
from jaxtyping import Float32

from napari_simpleclick.arrays import BinaryMask, Box
from napari_simpleclick.inference.resample import enlarge, neighbours

MARGIN = 1e-5
"""Values closer to the threshold are interpolated: more than float32 can err."""

FEWEST_PIXELS = 1 << 17
"""Smaller parts are interpolated as a whole: that is faster."""

CELLS_AT_ONCE = 512

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
    if min(covered.shape) < small.shape[0] or part.shape[0] * part.shape[1] < FEWEST_PIXELS:
        return enlarge(small, covered, np.arange(*part[:2]), np.arange(*part[2:])) > threshold
    row_cells, row_starts, row_part = cells(part[:2], covered[:2], small.shape[0])
    col_cells, col_starts, col_part = cells(part[2:], covered[2:], small.shape[1])
    values = small[np.ix_(row_cells, col_cells)]
    corners = values[:-1, :-1], values[:-1, 1:], values[1:, :-1], values[1:, 1:]
    above = of_corners(np.minimum, values) > threshold + MARGIN
    unsure = of_corners(np.maximum, values) > threshold - MARGIN
    unsure &= ~above
    mask: BinaryMask = np.repeat(np.repeat(above, np.diff(col_starts), axis=1), np.diff(row_starts), axis=0)
    rows, cols = np.nonzero(unsure)
    for start in range(0, len(rows), CELLS_AT_ONCE):
        some = slice(start, start + CELLS_AT_ONCE)
        tops, lefts = rows[some], cols[some]
        down = padded(row_part, row_starts, tops)[:, :, None]
        across = padded(col_part, col_starts, lefts)[:, None, :]
        corner = [corner[tops, lefts][:, None, None] for corner in corners]
        left = corner[0] + down * (corner[2] - corner[0])
        right = corner[1] + down * (corner[3] - corner[1])
        found = left + across * (right - left) > threshold
        write_tiles(mask, found, (row_starts[tops], row_starts[tops + 1]), (col_starts[lefts], col_starts[lefts + 1]))
    return mask


def of_corners(choose: np.ufunc, values: np.ndarray) -> np.ndarray:
    """The smallest or largest of the four values around each cell, (rows - 1, columns - 1)."""
    pairs = choose(values[:-1], values[1:])
    found: np.ndarray = choose(pairs[:, :-1], pairs[:, 1:])
    return found


def write_tiles(
    mask: BinaryMask, tiles: np.ndarray, rows: tuple[np.ndarray, np.ndarray], cols: tuple[np.ndarray, np.ndarray]
) -> None:
    """Write (count, height, width) tiles into a mask, each from its first row and column up to its last."""
    (top, bottom), (left, right) = rows, cols
    _, height, width = tiles.shape
    if max(height, width) >= LARGE_CELL:
        places = zip(*(edge.tolist() for edge in (top, bottom, left, right)), strict=True)
        for tile, (first, last, start, stop) in zip(tiles, places, strict=True):
            mask[first:last, start:stop] = tile[: last - first, : stop - start]
        return
    down, across = top[:, None] + np.arange(height), left[:, None] + np.arange(width)
    inside = (down < bottom[:, None])[:, :, None] & (across < right[:, None])[:, None, :]
    places = (down * mask.shape[1])[:, :, None] + across[:, None, :]
    mask.reshape(-1)[places[inside]] = tiles[inside]


def cells(part: tuple[int, int], covered: tuple[int, int], size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
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
        (pixels,) float32, how far each lies from the value below it to the value above.
    """
    low, _, between = neighbours(np.arange(*part) - covered[0], covered[1] - covered[0], size)
    values = np.arange(low[0], low[-1] + 2)
    return np.minimum(values, size - 1), np.searchsorted(low, values), between


def padded(between: np.ndarray, starts: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """What `cells` gives for the pixels of chosen cells, (chosen, pixels of the largest); the rest is of no use."""
    longest = int(np.diff(starts).max())
    places = starts[chosen][:, None] + np.arange(longest)
    values: np.ndarray = between[np.minimum(places, len(between) - 1)]
    return values
