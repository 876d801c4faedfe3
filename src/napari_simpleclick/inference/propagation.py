"""Propagation: an object of one slice found again on the next, on a leash."""

from dataclasses import replace
from functools import partial

import numpy as np
from scipy.ndimage import distance_transform_edt

from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.interpolation import pasted, shifted, signed_distance, trimmed
from napari_simpleclick.inference.patches import around, overlap, part_of
from napari_simpleclick.inference.prediction import Patch, Prediction
from napari_simpleclick.inference.registration import movement
from napari_simpleclick.inference.resample import Plane, Positions, resample_at
from napari_simpleclick.inference.session import PredictorLike

LARGEST_GROWTH = 1.8
"""From slice to slice the area may grow or shrink by this factor."""

SMALLEST_IOU = 0.4
"""Masks on neighbouring slices overlap at least so much."""


RIM = 6
"""So many pixels outside the object negative clicks are set around it."""

TRUST = 3.0
"""Logit by which a pixel gains when it lies as deep in the expected shape as a third of its radius."""


def follow(predictor: PredictorLike, previous: Prediction, image: Plane, *, known: Plane | None = None) -> Prediction:
    """Find an object on the slice next to the one where it is known.

    Parameters
    ----------
    predictor
        Answers clicks on the middle of the object and around it.
    previous
        The object on the known slice.
    image
        (height, width, 3) uint8 picture of the next slice.
    known
        Picture of the known slice: the object is expected where its surroundings have moved to. Without it the object
        is expected where it was.

    Raises
    ------
    ValueError
        If the object is empty.
    """
    patch = expected_shape(previous, image, known)
    if patch is None:
        raise ValueError("There is nothing to propagate: click the object on this slice first.")
    return refine(predictor, patch, image, previous.plane_shape)


def expected_shape(previous: Prediction, image: Plane, known: Plane | None = None) -> Patch | None:
    """The object of the known slice, moved as its surroundings moved; None if it is empty. See `follow`."""
    patch = previous.object_mask()
    if patch is None or known is None:
        return patch
    height, width = previous.plane_shape
    return trimmed(shifted(patch, *movement(known, image, patch[0])), Box(0, height, 0, width)) or patch


def refine(predictor: PredictorLike, expected: Patch, image: Plane, plane_shape: tuple[int, int]) -> Prediction:
    """Ask the network for an object that is expected to look and lie like another one, and weigh both.

    The network sees the expected shape as previous mask, a positive click in its middle and negative ones around it.
    Its logits are raised inside the expected shape and lowered outside, in proportion to the distance from the rim.

    Parameters
    ----------
    predictor
        Answers the clicks.
    expected
        The shape, not empty.
    image
        (height, width, 3) uint8 picture of the slice.
    plane_shape
        Height and width of the slice in pixels.
    """
    clicks = [*clicks_around(expected, plane_shape), centre_click(expected)]
    answer = predictor.predict(image, clicks, Prediction.from_patch(expected, plane_shape))
    if answer.network_map is None:
        return answer
    map_of_answer = answer.network_map
    size = map_of_answer.shape[0]
    depth = resample_at(partial(depths, expected), answer.roi, size)
    scale = max(2.0, np.sqrt(expected[1].sum() / np.pi) / 3)
    likely = np.clip(map_of_answer, 1e-4, 1 - 1e-4)
    logits = np.log(likely / (1 - likely)) + TRUST * depth / scale
    return replace(answer, network_map=(1 / (1 + np.exp(-logits.clip(-30, 30)))).astype(np.float32))


def depths(patch: Patch, rows: Positions, cols: Positions) -> np.ndarray:
    """Distance to the rim of an object at rows and columns of the plane, positive inside, (len(rows), len(cols))."""
    box, _ = patch
    frame = around([box, Box(int(rows[0]), int(rows[-1]) + 1, int(cols[0]), int(cols[-1]) + 1)])
    depth = signed_distance(pasted(patch, frame)).astype(np.float32)
    chosen: np.ndarray = depth[np.ix_(np.asarray(rows) - frame.row_start, np.asarray(cols) - frame.col_start)]
    return chosen


def clicks_around(patch: Patch, plane_shape: tuple[int, int]) -> list[Click]:
    """Negative clicks below, above, right and left of the middle of an object, a little outside; on the plane only.

    Examples
    --------
    >>> square = Box(10, 15, 20, 25), np.ones((5, 5), bool)
    >>> [(click.row, click.col) for click in clicks_around(square, (40, 27))]
    [(20, 22), (4, 22), (12, 14)]
    """
    box, mask = patch
    middle, pad = centre_click(patch), RIM + 2
    away = distance_transform_edt(~np.pad(mask, pad))
    row, col = int(middle.row) - box.row_start + pad, int(middle.col) - box.col_start + pad
    rays = (away[row:, col], 1, 0), (away[row::-1, col], -1, 0), (away[row, col:], 0, 1), (away[row, col::-1], 0, -1)
    steps = [(int(np.argmax(ahead >= RIM)), down, right) for ahead, down, right in rays]
    clicks = [
        Click(int(middle.row) + n * down, int(middle.col) + n * right, positive=False) for n, down, right in steps
    ]
    return [click for click in clicks if 0 <= click.row < plane_shape[0] and 0 <= click.col < plane_shape[1]]


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

    Parameters
    ----------
    before
        The object as it was expected there.
    after
        The object as it was found; None if nothing was.

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
