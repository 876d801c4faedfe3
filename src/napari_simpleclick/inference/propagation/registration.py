"""Registration: how far what is around an object has moved from one slice to the next, in whole pixels."""

import numpy as np
from scipy.ndimage import gaussian_filter

from napari_simpleclick.arrays import Box
from napari_simpleclick.inference.resample import Plane
from napari_simpleclick.masks import clamped, widened

MARGIN = 24
"""Pixels around the object that are compared too."""

STEPS = 5
"""Steps that are tried up and down, left and right."""

SIDE = 96
"""Side in pixels to which larger surroundings are thinned out; the steps grow with them."""

HABIT = 0.00025
"""By how much a step must improve the correlation to be preferred to standing still."""


def movement(known: Plane, image: Plane, box: Box) -> tuple[int, int]:
    """Rows and columns by which the surroundings of a box correlate best; (0, 0) where nothing is to be seen.

    Parameters
    ----------
    known
        (height, width, 3) uint8 picture of a slice.
    image
        The next slice, of the same shape.
    box
        Where the object is on the known slice.

    Examples
    --------
    >>> known = np.random.default_rng(0).integers(0, 255, (80, 80, 1), np.uint8).repeat(3, axis=2)
    >>> movement(known, np.roll(known, (4, -2), (0, 1)), Box(30, 50, 30, 50))
    (4, -2)
    """
    place = clamped(widened(box, MARGIN), (known.shape[0], known.shape[1]))
    step = max(2, -(-max(place.shape) // SIDE))
    first, second = (thinned(plane, place, step) for plane in (known, image))
    best, found = correlation(first, second, 0, 0), (0, 0)
    for rows in range(-STEPS, STEPS + 1):
        for cols in range(-STEPS, STEPS + 1):
            likeness = correlation(first, second, rows, cols) - HABIT * np.hypot(rows, cols)
            if likeness > best:
                best, found = likeness, (rows * step, cols * step)
    return found


def thinned(plane: Plane, place: Box, step: int) -> np.ndarray:
    """Smoothed grey values of a part of a picture, every `step` pixels, with mean zero."""
    grey = gaussian_filter(np.asarray(plane[place.slices]).mean(axis=2), 0.75 * step)[::step, ::step]
    centred: np.ndarray = grey - grey.mean()
    return centred


def correlation(first: np.ndarray, second: np.ndarray, rows: int, cols: int) -> float:
    """Of the parts that lie on each other when the second has moved so far; 0 where one of them is even."""
    height, width = first.shape
    if abs(rows) >= height or abs(cols) >= width:
        return 0.0
    one = first[max(0, -rows) : height - max(0, rows), max(0, -cols) : width - max(0, cols)]
    other = second[max(0, rows) : height - max(0, -rows), max(0, cols) : width - max(0, -cols)]
    strength = float(np.sqrt((one * one).sum() * (other * other).sum()))
    return float((one * other).sum()) / strength if strength else 0.0
