"""Baselines without weights: what a model has to beat before its numbers mean anything."""

from collections.abc import Callable, Sequence

import numpy as np
from skimage.color import rgb2gray
from skimage.segmentation import flood, random_walker
from skimage.transform import resize

from napari_simpleclick.arrays import BinaryMask, Box, bounding_box
from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.resample import Plane

Segment = Callable[[np.ndarray, Sequence[Click]], BinaryMask]
"""From (height, width, 3) uint8 and all clicks to (height, width) bool."""


class MaskPredictor:
    """A predictor around a function that answers with a mask.

    Parameters
    ----------
    segment
        The function; it sees the picture and all clicks, but no earlier prediction.
    """

    def __init__(self, segment: Segment) -> None:
        self.segment = segment

    def predict(
        self, image: Plane, clicks: Sequence[Click], previous: Prediction | None = None, *, view: Box | None = None
    ) -> Prediction:
        """Segment what the clicks point at; the previous prediction and the view do not matter."""
        mask = self.segment(np.asarray(image), clicks)
        box = bounding_box(mask)
        return Prediction.from_boxed(None if box is None else (box, mask[box.slices]), (mask.shape[0], mask.shape[1]))


def disks_predictor() -> MaskPredictor:
    """The floor: a disk around each click."""
    return MaskPredictor(disks)


def flood_fill_predictor() -> MaskPredictor:
    """Connected pixels of nearly the clicked brightness."""
    return MaskPredictor(flood_fill)


def random_walker_predictor() -> MaskPredictor:
    """Random walker from the clicks."""
    return MaskPredictor(walk)


def disks(image: np.ndarray, clicks: Sequence[Click], *, radius: float = 0.05) -> BinaryMask:
    """A disk around each click; later ones cover earlier ones, negative ones erase.

    Parameters
    ----------
    image
        (height, width, 3) uint8.
    clicks
        All clicks, oldest first.
    radius
        As a part of the shorter side of the picture; the clicked pixel is always in.

    Examples
    --------
    >>> disks(np.zeros((3, 4, 3), np.uint8), [Click(1, 2)]).astype(int).tolist()
    [[0, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]]
    """
    mask: BinaryMask = np.zeros(image.shape[:2], bool)
    rows, cols = np.ogrid[: mask.shape[0], : mask.shape[1]]
    reach = max(radius * min(mask.shape), 0.5) ** 2
    for click in clicks:
        mask[(rows - click.row) ** 2 + (cols - click.col) ** 2 <= reach] = click.positive
    return mask


def flood_fill(image: np.ndarray, clicks: Sequence[Click], *, tolerance: float = 0.1) -> BinaryMask:
    """Everything that is connected to a click and nearly as bright; negative clicks erase the same.

    Parameters
    ----------
    image, clicks
        As for `disks`.
    tolerance
        Largest difference of brightness, as a part of the whole range.
    """
    gray = rgb2gray(image)
    mask: BinaryMask = np.zeros(gray.shape, bool)
    for click in clicks:
        mask[flood(gray, pixel(click), tolerance=tolerance)] = click.positive
    return mask


def walk(image: np.ndarray, clicks: Sequence[Click], *, longest_side: int = 192) -> BinaryMask:
    """Random walker (Grady 2006) from the clicks; the rim of the picture is background unless it is clicked.

    Parameters
    ----------
    image, clicks
        As for `disks`.
    longest_side
        Larger pictures are reduced to it, in pixels: the time grows faster than their number.
    """
    shape = image.shape[:2]
    scale = min(1.0, longest_side / max(shape))
    small = (max(2, round(shape[0] * scale)), max(2, round(shape[1] * scale)))
    markers = seeds(clicks, (shape[0], shape[1]), small)
    if not (markers == 1).any():
        return np.zeros(shape, bool)
    labels = random_walker(resize(rgb2gray(image), small), markers, beta=130, mode="cg_j", prob_tol=0.1)
    mask: BinaryMask = resize(labels == 1, shape, order=0)
    return mask


def seeds(clicks: Sequence[Click], shape: tuple[int, int], small: tuple[int, int]) -> np.ndarray:
    """Markers on the reduced picture: 1 object, 2 background, 0 to be found.

    Examples
    --------
    >>> seeds([Click(4, 4)], (9, 9), (3, 3)).tolist()
    [[2, 2, 2], [2, 1, 2], [2, 2, 2]]
    """
    markers = np.zeros(small, np.int32)
    markers[[0, -1]] = 2
    markers[:, [0, -1]] = 2
    for click in clicks:
        row, col = pixel(click)
        markers[row * small[0] // shape[0], col * small[1] // shape[1]] = 1 if click.positive else 2
    return markers


def pixel(click: Click) -> tuple[int, int]:
    """The pixel that a click lies on."""
    return round(click.row), round(click.col)
