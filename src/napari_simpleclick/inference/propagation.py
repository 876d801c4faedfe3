"""Propagation: an object of one slice found again on the next, on a leash."""

import numpy as np
from scipy.ndimage import distance_transform_edt

from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.patches import overlap, part_of
from napari_simpleclick.inference.prediction import Patch, Prediction
from napari_simpleclick.inference.resample import Plane
from napari_simpleclick.inference.session import PredictorLike

LARGEST_GROWTH = 1.8
"""From slice to slice the area may grow or shrink by this factor."""

SMALLEST_IOU = 0.4
"""Masks on neighbouring slices overlap at least so much."""


def follow(predictor: PredictorLike, previous: Prediction, image: Plane) -> Prediction:
    """Find an object on the slice next to the one where it is known.

    Parameters
    ----------
    predictor
        Answers a click on the middle of the object.
    previous
        The object on the known slice.
    image
        (height, width, 3) uint8 picture of the next slice.

    Raises
    ------
    ValueError
        If the object is empty.
    """
    patch = previous.object_mask()
    if patch is None:
        raise ValueError("There is nothing to propagate: click the object on this slice first.")
    return predictor.predict(image, [centre_click(patch)], previous)


def centre_click(patch: Patch) -> Click:
    """A click on the pixel deepest inside an object.

    Examples
    --------
    >>> from napari_simpleclick.arrays import Box
    >>> centre_click((Box(10, 15, 20, 23), np.ones((5, 3), bool)))
    Click(row=11, col=21, positive=True)
    """
    box, mask = patch
    depth = distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1]
    row, col = np.unravel_index(np.argmax(depth), depth.shape)
    return Click(int(row) + box.row_start, int(col) + box.col_start)


def why_stop(before: Patch, after: Patch | None) -> str | None:
    """The reason not to trust an object found on the next slice; None if there is none.

    Examples
    --------
    >>> from napari_simpleclick.arrays import Box
    >>> disk = (Box(0, 5, 0, 5), np.ones((5, 5), bool))
    >>> why_stop(disk, None)
    'nothing was found'
    >>> why_stop(disk, (Box(3, 8, 3, 8), np.ones((5, 5), bool)))
    'the overlap fell to 9 %'
    """
    if after is None:
        return "nothing was found"
    areas = int(before[1].sum()), int(after[1].sum())
    shared = shared_area(before, after)
    if shared / (sum(areas) - shared) < SMALLEST_IOU:
        return f"the overlap fell to {100 * shared / (sum(areas) - shared):.0f} %"
    if not 1 / LARGEST_GROWTH <= areas[1] / areas[0] <= LARGEST_GROWTH:
        return f"the area went from {areas[0]} to {areas[1]} pixels"
    return None


def shared_area(first: Patch, second: Patch) -> int:
    """Number of pixels in both objects."""
    box = overlap(first[0], second[0])
    return 0 if box is None else int((part_of(first, box) & part_of(second, box)).sum())
