"""Views of an object: crops around it at random scales, resized as the predictor resizes its region of interest."""

import cv2
import numpy as np

from napari_simpleclick.arrays import Box, bounding_box
from napari_simpleclick.training.noise import Rng

DISTANT = 0.3
"""Chance that a picture is seen from far away, with many small objects."""

STRONGEST_ZOOM = 7.0
"""No pixel is shown larger than this; the predictor's regions reach 448 / 112."""

SMALLEST_REGION, SURROUNDINGS, LONGEST_SMALL_SIDE = 112, 4.0, 200
"""How the predictor shows small objects: sides in pixels, and a side as a multiple of the object's."""

Spans = tuple[tuple[float, float], tuple[float, float]]
"""Rows and columns of a view, from and to, in pixels of the picture."""


def random_crop(
    rng: Rng, image: np.ndarray, target: np.ndarray, size: int, *, furthest: float
) -> tuple[np.ndarray, np.ndarray]:
    """A view of the object as the network gets it: a square around it, cut at the picture's borders, resized.

    Parameters
    ----------
    rng
        Source of chance.
    image, target
        (height, width, 3) uint8 and (height, width) bool; the target is not empty.
    size
        Side of the result.
    furthest
        Largest side as a multiple of the object's; the least is 1.2. Larger where that would enlarge pixels too much.
    """
    return show(image, target, square_around(rng, box_of(target), target.shape, size, furthest=furthest), size)


def square_around(rng: Rng, box: Box, shape: tuple[int, int], size: int, *, furthest: float) -> Spans:
    """A square that holds the object, 1.2 to `furthest` times as large, cut at the borders of a picture of `shape`.

    Parameters
    ----------
    rng
        Source of chance.
    box
        The object, in pixels of the picture.
    shape
        Height and width of the picture.
    size
        Side in pixels to which the view will be resized; views that would be enlarged too much grow.
    furthest
        Largest side, as a multiple of the object's longest one.
    """
    side = max(max(box.shape) * np.exp(rng.uniform(np.log(1.2), np.log(furthest))), size / STRONGEST_ZOOM)
    return placed(rng, box, shape, (side, side))


def region_around(rng: Rng, box: Box, shape: tuple[int, int]) -> Spans:
    """A region of interest as the predictor takes it: each side by the object's own length, so often no square.

    Parameters
    ----------
    rng, box, shape
        As for `square_around`.
    """
    factor = np.exp(rng.uniform(np.log(1.15), np.log(2)))
    sides = [max(factor * n, min(max(SMALLEST_REGION, SURROUNDINGS * n), LONGEST_SMALL_SIDE)) for n in box.shape]
    return placed(rng, box, shape, (sides[0], sides[1]), off_centre=0.15)


def placed(
    rng: Rng, box: Box, shape: tuple[int, int], sides: tuple[float, float], *, off_centre: float = 0.45
) -> Spans:
    """A view with sides of some length that holds the box anywhere, cut at the borders of a picture of `shape`."""
    spans = []
    for start, stop, length, side in ((*box[:2], shape[0], sides[0]), (*box[2:], shape[1], sides[1])):
        centre = (start + stop) / 2 + rng.uniform(-off_centre, off_centre) * (side - (stop - start))
        spans.append((max(centre - side / 2, 0.0), min(centre + side / 2, float(length))))
    return spans[0], spans[1]


def box_of(target: np.ndarray) -> Box:
    """Bounding box of a target.

    Raises
    ------
    ValueError
        If the target is empty.
    """
    box = bounding_box(target)
    if box is None:
        raise ValueError("Expected an object to crop, got an empty mask.")
    return box


def show(image: np.ndarray, target: np.ndarray, spans: Spans, size: int) -> tuple[np.ndarray, np.ndarray]:
    """A view of a picture and of its target, both resized to `size` x `size`.

    Parameters
    ----------
    image
        (height, width, 3) uint8.
    target
        (height, width) bool.
    spans
        First and last row, and first and last column, of the view; may be fractions of pixels.
    size
        Side of the result in pixels.
    """
    (top, bottom), (left, right) = spans
    rows, cols = (pixels(start, stop, size) for start, stop in spans)
    # The predictor does not smooth what it reduces; smoothing there too made no difference (at most 0.2 points).
    if (scale := max(bottom - top, right - left) / size) > 1:
        image = cv2.GaussianBlur(image, (0, 0), 0.4 * scale)
    grid_cols, grid_rows = np.meshgrid(cols, rows)
    crop = cv2.remap(image, grid_cols, grid_rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    mask = cv2.remap(target.astype(np.float32), grid_cols, grid_rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return crop, mask > 0.5


def nearest(labels: np.ndarray, spans: Spans, size: int) -> np.ndarray:
    """The labels in a view: each pixel has that of the nearest one.

    Parameters
    ----------
    labels
        (height, width) integers.
    spans, size
        The view and the side of the result, as for `show`.

    Returns
    -------
    (size, size) integers

    Examples
    --------
    >>> nearest(np.array([[0, 1], [2, 3]]), ((0, 2), (0, 1)), 2)
    array([[0, 0],
           [2, 2]])
    """
    places = (
        np.clip(np.round(pixels(start, stop, size)).astype(np.int64), 0, length - 1)
        for (start, stop), length in zip(spans, labels.shape, strict=True)
    )
    return np.asarray(labels[np.ix_(*places)])


def pixels(start: float, stop: float, size: int) -> np.ndarray:
    """(size,) float32, where the centres of the pixels of a view lie in the picture along one axis."""
    return np.asarray(start + (np.arange(size) + 0.5) * (stop - start) / size - 0.5, np.float32)
