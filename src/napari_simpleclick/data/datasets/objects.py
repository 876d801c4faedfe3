"""Rules that say what an object is: from the numbers of a mask file to labels of objects."""

from collections.abc import Callable

import numpy as np
from scipy.ndimage import label

from napari_simpleclick.arrays import LabelMap
from napari_simpleclick.data.datasets.base import IGNORE, DatasetError

ObjectRule = Callable[[np.ndarray], LabelMap]
"""From the numbers of a mask, (height, width), to 0 background, -1 ignored, others objects."""

EIGHT_CONNECTED = np.ones((3, 3), int)
"""The published evaluation takes 8-connected components."""


def one_object(marks: np.ndarray) -> LabelMap:
    """Everything marked is one object.

    Examples
    --------
    >>> one_object(np.array([[0, 3], [255, 0]])).tolist()
    [[0, 1], [1, 0]]
    """
    return (marks > 0).astype(np.int32)


def trimap(marks: np.ndarray) -> LabelMap:
    """Everything above 128 is one object, 128 is ignored (GrabCut).

    Examples
    --------
    >>> trimap(np.array([[0, 128, 255, 64]], np.uint8)).tolist()
    [[0, -1, 1, 0]]
    """
    return np.where(marks == 128, IGNORE, marks > 128).astype(np.int32)


def instances(marks: np.ndarray) -> LabelMap:
    """Every number is an object, 255 is ignored (Pascal VOC).

    Examples
    --------
    >>> instances(np.array([[0, 1, 2, 255]], np.uint8)).tolist()
    [[0, 1, 2, -1]]
    """
    return np.where(marks == 255, IGNORE, marks.astype(np.int32))


def every_label(marks: np.ndarray) -> LabelMap:
    """Every number but 0 is an object, -1 is ignored; numbers of any width are kept.

    Examples
    --------
    >>> every_label(np.array([[0, 2**40, -1]])).tolist()
    [[0, 1099511627776, -1]]

    Raises
    ------
    DatasetError
        If a number does not fit into 63 bits.
    """
    top = int(marks.max(initial=0))
    if top > np.iinfo(np.int64).max:
        raise DatasetError(f"Numbers of objects go up to {np.iinfo(np.int64).max}, got {top}. Number them anew.")
    labels: LabelMap = np.maximum(marks, 0).astype(np.int32 if top <= np.iinfo(np.int32).max else np.int64)
    if marks.dtype.kind == "i":
        labels[marks == IGNORE] = IGNORE
    return labels


def components(marks: np.ndarray) -> LabelMap:
    """Every 8-connected component of what is marked is an object, numbered row by row.

    Examples
    --------
    >>> components(np.array([[9, 0, 0, 9], [0, 9, 0, 0]])).tolist()
    [[1, 0, 0, 2], [0, 1, 0, 0]]
    """
    labels: LabelMap = label(marks > 0, structure=EIGHT_CONNECTED)[0]
    if marks.dtype.kind == "i":
        labels[marks == IGNORE] = IGNORE
    return labels


def split(rule: ObjectRule) -> ObjectRule:
    """The rule with every object in its 8-connected components, numbered from 1; ignored pixels stay ignored.

    Examples
    --------
    >>> split(trimap)(np.array([[255, 0, 255, 128]], np.uint8)).tolist()
    [[1, 0, 2, -1]]
    """

    def parts(marks: np.ndarray) -> LabelMap:
        labels = rule(marks)
        found: LabelMap = np.where(labels == IGNORE, IGNORE, 0).astype(np.int32)
        before = 0
        for number in np.setdiff1d(labels, (0, IGNORE)):
            numbered, count = label(labels == number, structure=EIGHT_CONNECTED)
            found[numbered > 0] = numbered[numbered > 0] + before
            before += count
        return found

    return parts


def labels_or_components(marks: np.ndarray) -> LabelMap:
    """Every number is an object if there are several, else every component.

    Examples
    --------
    >>> labels_or_components(np.array([[5, 0, 5], [0, 0, 0]])).tolist()
    [[1, 0, 2], [0, 0, 0]]
    >>> labels_or_components(np.array([[5, 0, 5], [0, 0, 2]])).tolist()
    [[5, 0, 5], [0, 0, 2]]
    """
    several = np.count_nonzero(np.unique(marks) > 0) > 1
    return every_label(marks) if several else components(marks)
