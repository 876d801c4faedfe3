"""Views of an object: crops around it at random scales, resized as the predictor resizes its region of interest."""

import cv2
import numpy as np

from napari_simpleclick.arrays import bounding_box
from napari_simpleclick.training.shapes import Rng

STRONGEST_ZOOM = 7.0
"""No pixel is shown larger than this; the predictor's regions reach 448 / 112."""


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
        The square is 1.2 to so many times as large as the object, larger where that would enlarge pixels too much.
    """
    box = bounding_box(target)
    if box is None:
        raise ValueError("Expected an object to crop, got an empty mask.")
    side = max(max(box.shape) * np.exp(rng.uniform(np.log(1.2), np.log(furthest))), size / STRONGEST_ZOOM)
    spans = []
    for start, stop, length in ((box.row_start, box.row_stop, len(target)), (*box[2:], target.shape[1])):
        centre = (start + stop) / 2 + rng.uniform(-0.45, 0.45) * (side - (stop - start))
        spans.append((max(centre - side / 2, 0.0), min(centre + side / 2, float(length))))
    (top, bottom), (left, right) = spans
    rows, cols = (
        (start + (np.arange(size) + 0.5) * (stop - start) / size - 0.5).astype(np.float32) for start, stop in spans
    )
    # The predictor does not smooth what it reduces; smoothing there too made no difference (at most 0.2 points).
    if (scale := max(bottom - top, right - left) / size) > 1:
        image = cv2.GaussianBlur(image, (0, 0), 0.4 * scale)
    grid_cols, grid_rows = np.meshgrid(cols, rows)
    crop = cv2.remap(image, grid_cols, grid_rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    mask = cv2.remap(target.astype(np.float32), grid_cols, grid_rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return crop, mask > 0.5
