"""Interpolation: the shape of an object between two slices, from signed distances, without a network."""

import numpy as np
from scipy.ndimage import distance_transform_edt

from napari_simpleclick.arrays import BinaryMask, Box
from napari_simpleclick.masks import BoxedMask, around, pasted, shifted, trimmed


def between(first: BoxedMask, last: BoxedMask, fraction: float, plane_shape: tuple[int, int]) -> BoxedMask | None:
    """The object at a fraction of the way from one slice to another; it moves and changes its shape evenly.

    Both shapes are laid over each other at their centres, so that an object that moves by more than its size is
    found in between as well.

    Parameters
    ----------
    first, last
        The object on both slices.
    fraction
        0 at the first, 1 at the last.
    plane_shape
        Height and width of the slices in pixels; what would lie outside is cut off.

    Examples
    --------
    >>> square = np.ones((3, 3), bool)
    >>> between((Box(0, 3, 0, 3), square), (Box(10, 13, 20, 23), square), 0.5, (50, 50))[0]
    Box(row_start=5, row_stop=8, col_start=10, col_stop=13)
    """
    starts, stops = centre(first), centre(last)
    middle = tuple(round((1 - fraction) * a + fraction * b) for a, b in zip(starts, stops, strict=True))
    moved = [shifted(boxed, middle[0] - at[0], middle[1] - at[1]) for boxed, at in ((first, starts), (last, stops))]
    frame = around([moved[0][0], moved[1][0]])
    inside = [signed_distance(pasted(boxed, frame)) for boxed in moved]
    found = (frame, (1 - fraction) * inside[0] + fraction * inside[1] > 0)
    return trimmed(found, Box(0, plane_shape[0], 0, plane_shape[1]))


def centre(boxed: BoxedMask) -> tuple[int, int]:
    """The pixel nearest to the centre of gravity."""
    rows, cols = np.nonzero(boxed[1])
    return round(rows.mean()) + boxed[0].row_start, round(cols.mean()) + boxed[0].col_start


def signed_distance(mask: BinaryMask) -> np.ndarray:
    """Distance to the border of the object in pixels, positive inside; what is outside the array is background."""
    padded = np.pad(mask, 1)
    inside: np.ndarray = distance_transform_edt(padded) - distance_transform_edt(~padded)
    return inside[1:-1, 1:-1]
