"""Clicks, scribbles, boxes and lassos as the two click maps of the network.

A click is a disk, and a scribble a line as wide. A box or lasso is a click in its middle: that is what networks know
that learnt from clicks, and the region of interest and the answer follow the line (docs/decisions/0023).
"""

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, floor

import numpy as np

from napari_simpleclick.array_types import Float32, UInt8
from napari_simpleclick.clicks import Click, positions
from napari_simpleclick.prompts import Prompt, middle_of

CLICK_RADIUS = 5
"""Of the disk of a click, in pixels of the map."""

ROUNDING = 1e-9
"""Squared pixels by which a distance that is the radius may come out larger."""


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
        top, bottom = span(row, row, CLICK_RADIUS, height)
        left, right = span(col, col, CLICK_RADIUS, width)
        rows = np.arange(top, bottom)[:, None] - row
        cols = np.arange(left, right)[None, :] - col
        drawn[top:bottom, left:right][rows * rows + cols * cols <= CLICK_RADIUS**2] = 1


def draw_prompts(
    maps: Float32[np.ndarray, "2 height width"],
    prompts: Sequence[Click],
    *,
    origin: tuple[float, float] = (0, 0),
    scale: tuple[float, float] = (1, 1),
) -> None:
    """Draw clicks and prompts at the resolution of the network, in place.

    Parameters
    ----------
    maps
        (2, height, width): what is positive, what is negative; 1 where something was drawn, 0 elsewhere.
    prompts
        Clicks and prompts in pixels of the plane; their order does not matter.
    origin
        Row and column of the plane where the maps begin.
    scale
        Pixels of the map for a pixel of the plane, along rows and columns.

    Examples
    --------
    >>> from napari_simpleclick.prompts import box
    >>> maps = np.zeros((2, 64, 64), np.float32)
    >>> draw_prompts(maps, [box((8, 8), (40, 40)), Click(50, 50, positive=False)])
    >>> maps[0, 8, 20], maps[0, 24, 24], maps[1, 50, 50]
    (np.float32(0.0), np.float32(1.0), np.float32(1.0))
    """
    maps[...] = 0
    drawn = [middle_of(prompt) for prompt in prompts]
    clicks = [click for click in drawn if not isinstance(click, Prompt)]
    for map_, positive in zip(maps, (True, False), strict=True):
        draw_disks(map_, (positions(clicks, positive=positive) - origin) * np.asarray(scale))
    for line in drawn:
        if isinstance(line, Prompt):
            path = (np.asarray(line.path, np.float64) - origin) * np.asarray(scale)
            draw_line(maps[0 if line.positive else 1], path, CLICK_RADIUS)


def draw_line(drawn: Float32[np.ndarray, "height width"], path: np.ndarray, radius: float) -> None:
    """Draw a line into a map, in place: 1 where the distance to it is at most `radius`.

    Parameters
    ----------
    drawn
        (height, width); parts of the line outside are left out.
    path
        (count, 2) row and column of the points that the line goes through; of one point it is a disk.
    radius
        Half the width, in pixels of the map.
    """
    for start, end in pairwise(path if len(path) > 1 else [path[0], path[0]]):
        (top, bottom), (left, right) = (
            span(start[axis], end[axis], radius, size) for axis, size in enumerate(drawn.shape)
        )
        rows, cols = np.arange(top, bottom)[:, None] - start[0], np.arange(left, right)[None, :] - start[1]
        down, across = end - start
        length = down * down + across * across
        along = np.clip((rows * down + cols * across) / length, 0, 1) if length else 0.0
        apart = (rows - along * down) ** 2 + (cols - along * across) ** 2
        drawn[top:bottom, left:right][apart <= radius**2 + ROUNDING] = 1


def span(start: float, end: float, radius: float, size: int) -> tuple[int, int]:
    """First and one past the last index that a disk, or a piece of a line, of this radius can reach."""
    first = min(max(ceil(min(start, end) - radius), 0), size)
    return first, min(max(floor(max(start, end) + radius) + 1, first), size)
