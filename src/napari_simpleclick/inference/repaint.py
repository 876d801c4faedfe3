"""Repaint: bring the labels of a plane up to date after changes; no object ever eats another."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from napari_simpleclick.arrays import Box
from napari_simpleclick.inference.history import Change
from napari_simpleclick.inference.patches import Patch, around, common, minus

Value = Callable[[int], int]
"""The label of an object."""


def own_number(object_id: int) -> int:
    """Every object is labelled with its own number."""
    return object_id


def repaint(
    labels: np.ndarray,
    changes: Change | Sequence[Change],
    *,
    value: Value = own_number,
) -> Box | None:
    """Bring the labels of a plane up to date, in place; objects that did not change keep every pixel they have.

    Parameters
    ----------
    labels
        (height, width) integers, a view of the plane in the volume's labels.
    changes
        What happened on this plane.
    value
        The label of an object.

    Returns
    -------
    Box or None
        The part that may have changed.
    """
    changes = [changes] if isinstance(changes, Change) else changes
    for change in changes:
        gone = minus(change.old_mask, change.new_mask)
        if gone:
            part = labels[gone[0].slices]
            np.copyto(part, 0, where=gone[1] & (part == value(change.object_id)))
    fill(labels, [(value(change.object_id), change.new_mask) for change in changes])
    boxes = [patch[0] for change in changes for patch in (change.old_mask, change.new_mask) if patch]
    return around(boxes) if boxes else None


def fill(labels: np.ndarray, masks: Iterable[tuple[int, Patch | None]]) -> None:
    """Give labels the pixels of masks that nobody has."""
    for label, patch in masks:
        if patch:
            part = labels[patch[0].slices]
            np.copyto(part, int(label), where=patch[1] & (part == 0))  # numbers of numpy are not cast


def restore_under(labels: np.ndarray, stroke: Patch, masks: Mapping[int, Patch], *, value: Value = own_number) -> None:
    """Bring the pixels of a stroke, which napari painted already, in line with the masks of the objects there."""
    labels[stroke[0].slices][stroke[1]] = 0
    fill(labels, [(value(object_id), common(mask, stroke)) for object_id, mask in masks.items()])
