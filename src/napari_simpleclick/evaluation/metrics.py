"""Numbers of interactive segmentation: IoU, number of clicks (NoC), mean IoU after k clicks, failures."""

from collections.abc import Sequence

import numpy as np
from scipy.ndimage import distance_transform_cdt

from napari_simpleclick.arrays import BinaryMask, bounding_box

Curve = Sequence[float]
"""IoU after every click on one object."""


def iou(predicted: BinaryMask, target: BinaryMask, ignore: BinaryMask | None = None) -> float:
    """Intersection over union, without ignored pixels; 1 if both masks are empty.

    Parameters
    ----------
    predicted, target
        (height, width) bool.
    ignore
        Pixels that do not count, (height, width) bool; all count if None.

    Examples
    --------
    >>> iou(np.array([[True, True]]), np.array([[True, False]]))
    0.5
    """
    if ignore is not None:
        predicted, target = predicted & ~ignore, target & ~ignore
    union = np.count_nonzero(predicted | target)
    return float(np.count_nonzero(predicted & target) / union) if union else 1.0


def dice(jaccard: float) -> float:
    """Dice coefficient that belongs to an IoU.

    Examples
    --------
    >>> dice(1.0), dice(0.6)
    (1.0, 0.7499999999999999)
    """
    return 2 * jaccard / (1 + jaccard)


def boundary(mask: BinaryMask, *, width: float = 0.02) -> BinaryMask:
    """The rim of an object, whose IoU is the boundary IoU (Cheng et al., CVPR 2021).

    A pixel belongs to the rim if the background, or the outside of the picture, is no farther than `width` times the
    picture's diagonal in chessboard distance; the rim is at least one pixel wide.

    Examples
    --------
    >>> boundary(np.ones((3, 3), bool)).astype(int).tolist()
    [[1, 1, 1], [1, 0, 1], [1, 1, 1]]
    """
    rim: BinaryMask = np.zeros_like(mask)
    box = bounding_box(mask)
    if box is not None:
        pixels = max(1, round(width * float(np.hypot(*mask.shape))))
        part = mask[box.slices]
        depth = distance_transform_cdt(np.pad(part, 1), metric="chessboard")[1:-1, 1:-1]
        rim[box.slices] = part & (depth <= pixels)
    return rim


def clicks_to_reach(curve: Curve, threshold: float, max_clicks: int) -> int:
    """First click whose IoU is at least the threshold; `max_clicks` if there is none.

    Parameters
    ----------
    curve
        IoU after the first, second, ... click.
    threshold
        IoU to be reached, 0 to 1.
    max_clicks
        Later clicks do not count.

    Examples
    --------
    >>> clicks_to_reach([0.5, 0.86, 0.91], 0.85, 20), clicks_to_reach([0.5, 0.6], 0.85, 20)
    (2, 20)
    """
    reached = (number for number, value in enumerate(curve[:max_clicks], start=1) if value >= threshold)
    return next(reached, max_clicks)


def noc(curves: Sequence[Curve], threshold: float, max_clicks: int = 20) -> float:
    """NoC: mean number of clicks to reach an IoU; objects that never do count as `max_clicks`.

    Parameters
    ----------
    curves
        IoU after every click, for each object.
    threshold
        IoU to be reached, 0 to 1: 0.9 for NoC@90.
    max_clicks
        Later clicks do not count.
    """
    return float(np.mean([clicks_to_reach(curve, threshold, max_clicks) for curve in curves]))


def failures(curves: Sequence[Curve], threshold: float, max_clicks: int = 20) -> int:
    """How many objects need all clicks, whether the last one reached the IoU or not.

    Parameters
    ----------
    curves, threshold, max_clicks
        As for `noc`.
    """
    return sum(clicks_to_reach(curve, threshold, max_clicks) == max_clicks for curve in curves)


def miou(curves: Sequence[Curve], clicks: int) -> float:
    """mIoU@k: mean IoU over all objects after `clicks` clicks.

    Raises
    ------
    ValueError
        If a curve is shorter: mIoU needs a run that did not stop early.

    Examples
    --------
    >>> miou([[0.5, 0.75], [0.5, 0.25]], 2)
    0.5
    """
    shortest = min(map(len, curves))
    if shortest < clicks:
        raise ValueError(
            f"mIoU@{clicks} needs {clicks} clicks on every object, but one has {shortest}. "
            "Evaluate without stopping early and with enough clicks."
        )
    return float(np.mean([curve[clicks - 1] for curve in curves]))
