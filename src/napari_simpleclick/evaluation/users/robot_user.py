"""Robot user: clicks the middle of the largest error, as interactive segmentation is evaluated since RITM."""

from collections.abc import Sequence

import numpy as np
from scipy.ndimage import distance_transform_edt

from napari_simpleclick.arrays import BinaryMask, bounding_box
from napari_simpleclick.clicks import Click
from napari_simpleclick.prompts import marked_pixels

Peak = tuple[float, int, int]
"""Distance to the border of the error, row, column."""


def next_click(
    predicted: BinaryMask, target: BinaryMask, clicks: Sequence[Click] = (), ignore: BinaryMask | None = None
) -> Click:
    """Where a user who sees the target would click next.

    The pixel deepest inside the missed and the wrongly taken parts is clicked; the border of the picture counts as
    background, pixels clicked before are out, ties between the parts go to negative, ties within a part to the first
    in row-major order. Without any error the first pixel is clicked negatively, as the published evaluation does.

    Parameters
    ----------
    predicted, target
        (height, width) bool.
    clicks
        All clicks so far.
    ignore
        (height, width) bool, True where nobody knows the truth; None if it is known everywhere.

    Raises
    ------
    ValueError
        If the masks differ in shape.

    Examples
    --------
    >>> target = np.zeros((9, 9), bool)
    >>> target[2:7, 3:6] = True
    >>> next_click(np.zeros((9, 9), bool), target)
    Click(row=3, col=4, positive=True)
    """
    if predicted.shape != target.shape or (ignore is not None and ignore.shape != target.shape):
        raise ValueError(
            f"Expected masks of one shape, got predicted {predicted.shape}, target {target.shape}"
            f"{'' if ignore is None else f', ignore {ignore.shape}'}. Resize or crop them to the picture."
        )
    missed, wrong = errors(predicted, target, ignore)
    missed_peak, wrong_peak = deepest_pixel(missed, clicks), deepest_pixel(wrong, clicks)
    positive = missed_peak[0] > wrong_peak[0]
    _, row, col = missed_peak if positive else wrong_peak
    return Click(row, col, positive)


def errors(
    predicted: BinaryMask, target: BinaryMask, ignore: BinaryMask | None = None
) -> tuple[BinaryMask, BinaryMask]:
    """The missed and the wrongly taken pixels, without ignored ones.

    Parameters
    ----------
    predicted, target
        (height, width) bool.
    ignore
        Pixels that are no error whatever they are, (height, width) bool; none if None.

    Examples
    --------
    >>> missed, wrong = errors(np.array([True, False]), np.array([False, True]))
    >>> missed.tolist(), wrong.tolist()
    ([False, True], [True, False])
    """
    missed, wrong = target & ~predicted, predicted & ~target
    return (missed, wrong) if ignore is None else (missed & ~ignore, wrong & ~ignore)


def deepest_pixel(error: BinaryMask, clicks: Sequence[Click]) -> Peak:
    """Largest distance to the border of the error, and the first pixel that has it; zeros where there is none."""
    if not error.any():
        return 0.0, 0, 0
    depth, (row, col) = depth_inside(error, clicks)
    deepest = np.unravel_index(np.argmax(depth), depth.shape)
    if depth[deepest] == 0:
        return 0.0, 0, 0
    return float(depth[deepest]), int(deepest[0]) + row, int(deepest[1]) + col


def depth_inside(error: BinaryMask, clicks: Sequence[Click]) -> tuple[np.ndarray, tuple[int, int]]:
    """Distances to the border of an error within its bounding box, and the row and column where the box begins.

    Parameters
    ----------
    error
        (height, width) bool, with at least one pixel; the border of the picture counts as a border.
    clicks
        Clicks and prompts made before; the pixels that they mark get 0.

    Raises
    ------
    ValueError
        If there is no error.

    Examples
    --------
    >>> depth_inside(np.ones((3, 3), bool), [])[0].tolist()
    [[1.0, 1.0, 1.0], [1.0, 2.0, 1.0], [1.0, 1.0, 1.0]]
    """
    box = bounding_box(error)
    if box is None:
        raise ValueError("Expected an error of at least one pixel, got none.")
    # Outside its box the error is background, so one pixel around the box is enough for exact distances.
    depth = distance_transform_edt(np.pad(error[box.slices], 1))[1:-1, 1:-1]
    for row, col in (pixel for click in clicks for pixel in marked_pixels(click)):
        if box.row_start <= row < box.row_stop and box.col_start <= col < box.col_stop:
            depth[row - box.row_start, col - box.col_start] = 0
    return depth, (box.row_start, box.col_start)
