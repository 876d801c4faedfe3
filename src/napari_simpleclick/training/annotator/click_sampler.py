"""Clicks of a simulated annotator in training: mostly where the robot user clicks, sometimes nearby."""

from collections.abc import Sequence

import cv2
import numpy as np

from napari_simpleclick.arrays import BinaryMask
from napari_simpleclick.clicks import Click
from napari_simpleclick.prompts import marked_pixels
from napari_simpleclick.training.noise import Rng

EXACT, DEEP = 0.5, 0.25
"""Chances that the deepest pixel is clicked, as the robot user does, and one at least half as deep; otherwise, as
people do, any pixel of the error, the deeper the likelier."""


def sample_click(rng: Rng, predicted: BinaryMask, target: BinaryMask, clicks: Sequence[Click] = ()) -> Click | None:
    """A click in the larger of the missed and the wrongly taken part; None when nothing is wrong.

    Parameters
    ----------
    rng
        Source of chance.
    predicted, target
        (height, width) bool.
    clicks
        Earlier clicks; their pixels are not clicked again.
    """
    missed, wrong = depth(target & ~predicted, clicks), depth(predicted & ~target, clicks)
    positive = bool(missed.max() > wrong.max())
    chosen = missed if positive else wrong
    deepest = chosen.max()
    if deepest == 0:
        return None
    chance = rng.random()
    if chance < EXACT:
        row, col = np.unravel_index(np.argmax(chosen), chosen.shape)
    elif chance < EXACT + DEEP:
        row, col = rng.choice(np.argwhere(chosen >= deepest / 2))
    else:
        row, col = (np.intp(place) for place in anywhere(rng, chosen))
    return Click(int(row), int(col), positive)


def anywhere(rng: Rng, depths: np.ndarray) -> tuple[int, int]:
    """A pixel drawn with a chance proportional to its depth (height, width), zero outside of the error."""
    total = np.cumsum(depths.ravel(), dtype=np.float64)
    place = int(np.searchsorted(total, rng.random() * total[-1], side="right"))
    row, col = divmod(min(place, depths.size - 1), int(depths.shape[1]))
    return row, col


def depth(error: BinaryMask, clicks: Sequence[Click]) -> np.ndarray:
    """Distance to the border of an error, the picture's border included; zero at earlier clicks."""
    padded = np.pad(error.astype(np.uint8), 1)
    distances: np.ndarray = cv2.distanceTransform(padded, cv2.DIST_L2, 5)[1:-1, 1:-1]
    for click in clicks:
        for row, col in marked_pixels(click):
            distances[row, col] = 0
    return distances


def border_distances(mask: BinaryMask) -> tuple[np.ndarray, np.ndarray]:
    """Distances to the border of a mask, inside of it, where the picture ends too, and outside; each 0 elsewhere."""
    return depth(mask, ()), cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5)
