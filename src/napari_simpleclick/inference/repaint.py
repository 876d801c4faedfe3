"""Repaint: bring the labels of a plane up to date after a change; no object ever eats another."""

from collections.abc import Mapping

import numpy as np

from napari_simpleclick.arrays import BinaryMask, Box
from napari_simpleclick.inference.annotator import Change
from napari_simpleclick.inference.prediction import MASK_THRESHOLD, Patch, Prediction


def repaint(
    labels: np.ndarray,
    change: Change,
    threshold: float = MASK_THRESHOLD,
    *,
    others: Mapping[int, Prediction] | None = None,
) -> Box | None:
    """Bring the labels of a plane up to date, in place; other objects keep every pixel they have.

    Parameters
    ----------
    labels
        (height, width) integers, a view of the plane in the volume's labels.
    change
        What happened on this plane.
    threshold
        Probability above which a pixel belongs to the object.
    others
        Objects on the plane, by id: they get the pixels that are theirs too and that become free.

    Returns
    -------
    Box or None
        The part that may have changed.
    """
    before = change.old.object_mask(threshold) if change.old else None
    after = change.new.object_mask(threshold) if change.new else None
    if before:
        box, mask = before
        part = labels[box.slices]
        part[mask & (part == change.object_id)] = 0
    if after:
        fill(labels, change.object_id, after)
    if before:
        for object_id, other in (others or {}).items():
            if object_id != change.object_id and meet(other.reach(threshold), before[0]):
                fill_within(labels, object_id, other.object_mask(threshold), before)
    boxes = [found[0] for found in (before, after) if found]
    return around(boxes) if boxes else None


def fill(labels: np.ndarray, object_id: int, patch: Patch) -> None:
    """Give an object the pixels of its mask that nobody has."""
    box, mask = patch
    part = labels[box.slices]
    part[mask & (part == 0)] = object_id


def fill_within(labels: np.ndarray, object_id: int, patch: Patch | None, freed: Patch) -> None:
    """Give an object the pixels that are in its mask and in another's former one, and that nobody has."""
    if patch is None:
        return
    box = overlap(patch[0], freed[0])
    if box is not None:
        fill(labels, object_id, (box, part_of(patch, box) & part_of(freed, box)))


def part_of(patch: Patch, box: Box) -> BinaryMask:
    """The mask in a smaller box."""
    rows, cols = box.row_start - patch[0].row_start, box.col_start - patch[0].col_start
    height, width = box.shape
    return patch[1][rows : rows + height, cols : cols + width]


def overlap(first: Box, second: Box) -> Box | None:
    """The pixels in both boxes.

    Examples
    --------
    >>> overlap(Box(0, 5, 0, 5), Box(3, 9, 4, 9))
    Box(row_start=3, row_stop=5, col_start=4, col_stop=5)
    """
    box = Box(
        max(first.row_start, second.row_start),
        min(first.row_stop, second.row_stop),
        max(first.col_start, second.col_start),
        min(first.col_stop, second.col_stop),
    )
    return box if min(box.shape) > 0 else None


def meet(first: Box | None, second: Box) -> bool:
    """Whether two boxes share a pixel."""
    return first is not None and overlap(first, second) is not None


def around(boxes: list[Box]) -> Box:
    """Smallest box that holds all.

    Examples
    --------
    >>> around([Box(0, 2, 0, 2), Box(1, 5, 1, 3)])
    Box(row_start=0, row_stop=5, col_start=0, col_stop=3)
    """
    starts, stops = np.min(boxes, axis=0), np.max(boxes, axis=0)
    return Box(int(starts[0]), int(stops[1]), int(starts[2]), int(stops[3]))
