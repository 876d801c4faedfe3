"""Clicks as maps: disks of radius 5 pixels at the resolution of the network."""

from math import ceil, floor

import numpy as np
from jaxtyping import Float32, UInt8

CLICK_RADIUS = 5


def click_map(positions: np.ndarray, height: int, width: int) -> Float32[np.ndarray, "height width"]:
    """Draw a disk around every position; the cost is that of the disks, not of the map.

    Parameters
    ----------
    positions
        (count, 2) row and column in pixels of the map; positions outside draw what reaches inside.
    height, width
        Size of the map.

    Returns
    -------
    (height, width) float32
        1 where the squared distance to a position is at most 25, 0 elsewhere (SimpleClick, section 3.1).

    Examples
    --------
    >>> int(click_map(np.array([[10.0, 10.0]]), 32, 32).sum())
    81
    """
    drawn = np.zeros((height, width), np.float32)
    draw_disks(drawn, positions)
    return drawn


def draw_disks(
    drawn: Float32[np.ndarray, "height width"] | UInt8[np.ndarray, "height width"], positions: np.ndarray
) -> None:
    """Draw the disks of `click_map` into a map, in place."""
    height, width = drawn.shape
    for row, col in positions:
        top, bottom = disk_span(row, height)
        left, right = disk_span(col, width)
        rows = np.arange(top, bottom)[:, None] - row
        cols = np.arange(left, right)[None, :] - col
        drawn[top:bottom, left:right][rows * rows + cols * cols <= CLICK_RADIUS**2] = 1


def disk_span(centre: float, size: int) -> tuple[int, int]:
    """First and one past the last index that a disk around `centre` can reach."""
    first = min(max(ceil(centre - CLICK_RADIUS), 0), size)
    last = min(max(floor(centre + CLICK_RADIUS) + 1, first), size)
    return first, last
