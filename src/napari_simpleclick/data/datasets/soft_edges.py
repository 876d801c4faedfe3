"""Soft edges of masks: numbers that interpolation, or compression with loss, leaves along the edges of objects."""

from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.ndimage import maximum_filter, minimum_filter

from napari_simpleclick.arrays import BinaryMask
from napari_simpleclick.data.datasets.base import IGNORE, DatasetError

FEW = 4
"""Numbers that are nowhere two pixels wide: this many are no chance."""


RAMPED = 0.15
"""Share of the pixels at edges from which numbers between those of both sides are no chance."""


def solid(marks: np.ndarray) -> BinaryMask:
    """Where squares of 2 x 2 pixels have one number."""
    first = marks[1:, 1:]
    square: BinaryMask = (first == marks[:-1, 1:]) & (first == marks[1:, :-1]) & (first == marks[:-1, :-1])
    return square


def is_soft(marks: np.ndarray) -> bool:
    """Whether many numbers are nowhere two pixels wide: the edges were interpolated, or compressed with loss.

    Examples
    --------
    >>> ramp = np.repeat(np.array([[0, 40, 90, 160, 220, 255, 255]]), 3, axis=0)
    >>> is_soft(ramp * np.array([[1], [0.9], [1]])), is_soft(np.kron(np.arange(9).reshape(3, 3), np.ones((2, 2))))
    (True, False)
    """
    values = np.setdiff1d(marks, (0, IGNORE))
    wide = np.intersect1d(values, marks[1:, 1:][solid(marks)])
    return len(values) - len(wide) >= max(FEW, len(wide))


def is_mixed(marks: np.ndarray) -> bool:
    """Whether numbers of objects were interpolated: many are nowhere two pixels wide, and lie beside larger ones.

    Objects of a pixel, which lie alone, are none of these.

    Examples
    --------
    >>> ramp = np.repeat(np.array([[0, 40, 90, 160, 220, 255, 255]]), 3, axis=0)
    >>> is_mixed(ramp), is_mixed(np.pad(np.diag(np.arange(1, 9)), 1)[:, ::-1] * (np.arange(10) % 2))
    (True, False)
    """
    if not is_soft(marks):
        return False
    wide = marks[1:, 1:][solid(marks)]
    thin = (marks > 0) & ~np.isin(marks, wide)
    return bool((maximum_filter(marks, 3) > marks)[thin].mean() > 0.5)


def is_ramped(marks: np.ndarray) -> bool:
    """Whether edges rise through numbers between those of both sides, as interpolation between few numbers leaves them.

    Of labels as they are drawn, however small and close the objects are, that holds at fewer than a tenth of the pixels
    at edges; of interpolated ones at a third and more.

    Examples
    --------
    >>> ramp = np.repeat(np.array([[0, 0, 1, 3, 3]]), 3, axis=0)
    >>> is_ramped(ramp), is_ramped(np.repeat(ramp, 2, axis=1))
    (True, False)
    """
    if marks.dtype == bool:
        return False
    around = sliding_window_view(np.pad(marks, 1, mode="edge"), (3, 3))
    above, below, left, right = around[..., 0, 1], around[..., 2, 1], around[..., 1, 0], around[..., 1, 2]
    between = ((above < marks) & (marks < below)) | ((below < marks) & (marks < above))
    between |= ((left < marks) & (marks < right)) | ((right < marks) & (marks < left))
    squares = np.pad(solid(marks), 1)
    wide = squares[1:, 1:] | squares[:-1, 1:] | squares[1:, :-1] | squares[:-1, :-1]
    edges = (marks > 0) & (maximum_filter(marks, 3) != minimum_filter(marks, 3))
    return bool((between & ~wide & edges).sum() > RAMPED * edges.sum())


def halved(marks: np.ndarray, path: Path) -> np.ndarray:
    """A mask with soft edges, cut where it is half: 0 or 1.

    Raises
    ------
    DatasetError
        If it is not nearly all either empty or full, or even at a number between, which may be an object.
    """
    top = int(marks.max())
    shown = marks[marks > top / 8]
    if (shown >= top * 7 / 8).mean() < 0.5 or has_plateau(marks, top):
        raise soft(path, len(np.unique(marks)), "numbers")
    return (marks > top / 2).astype(np.int32)


def has_plateau(marks: np.ndarray, top: int) -> bool:
    """Whether a mask is even somewhere at a number between empty and full, where an edge would rise or fall.

    Examples
    --------
    >>> mask = np.zeros((20, 20))
    >>> mask[2:9, 2:9], mask[11:18, 2:18] = 120, 240
    >>> has_plateau(mask, 240), has_plateau(np.clip(mask, 0, 1), 1)
    (True, False)
    """
    squares = sliding_window_view(marks, (3, 3)) if min(marks.shape) > 2 else np.empty((0, 0, 3, 3))
    low, high = squares.min(axis=(2, 3)), squares.max(axis=(2, 3))
    even = (low > top / 8) & (high < top * 7 / 8) & (high.astype(float) - low < top / 8)
    return int(even.sum()) >= FEW


def ramped(path: Path) -> DatasetError:
    """The message for labels whose edges rise through numbers between."""
    return DatasetError(
        f"{path}: along its edges lie numbers between those of both sides, as interpolation leaves them; they would be "
        "objects. Resize masks by the nearest pixel; give rims that are no objects the number 0, and thin shells that "
        "are objects a larger number than what they enclose."
    )


def soft(path: Path, count: int, what: str) -> DatasetError:
    """The message for masks whose edges are mixtures.

    Parameters
    ----------
    path
        File of the mask.
    count, what
        How many of what were found, such as 190 "colors".
    """
    return DatasetError(
        f"{path}: {count} {what} were found, most of them only along edges: it was resized with interpolation, or "
        "compressed with loss, as JPEG does. Save masks as PNG or TIFF, resized by the nearest pixel."
    )
