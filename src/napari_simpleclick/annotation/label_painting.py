"""Label painting: bring the labels of a plane up to date after changes; no object ever eats another."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np

from napari_simpleclick.annotation.history import Change
from napari_simpleclick.arrays import Box
from napari_simpleclick.masks import BoxedMask, common, minus

BAND = 1 << 18
"""Most pixels that are painted in one step."""

Value = Callable[[int], int]
"""The label of an object."""


def own_number(object_id: int) -> int:
    """Every object is labelled with its own number."""
    return object_id


def paint_changes(labels: np.ndarray, changes: Change | Sequence[Change], *, value: Value = own_number) -> None:
    """Bring the labels of a plane up to date, in place; objects that did not change keep every pixel they have.

    Parameters
    ----------
    labels
        (height, width) integers, a view of the plane in the volume's labels.
    changes
        What happened on this plane.
    value
        The label of an object.
    """
    changes = [changes] if isinstance(changes, Change) else changes
    for _ in painting_steps(labels, [(value(change.object_id), change) for change in changes]):
        pass


def painting_steps(labels: np.ndarray, changes: Sequence[tuple[int, Change]]) -> Iterator[None]:
    """`paint_changes` in steps of one mask or a band of it; the number of an object is given beside its change."""
    for label, change in changes:
        for box, mask in bands(minus(change.old_mask, change.new_mask)):
            part = labels[box.slices]
            np.copyto(part, 0, where=mask & (part == label))
            yield
    for label, change in changes:
        for band in bands(change.new_mask):
            fill(labels, [(label, band)])
            yield


def bands(boxed: BoxedMask | None) -> Iterator[BoxedMask]:
    """A mask from top to bottom in parts that are painted in a few milliseconds each; nothing of an empty one.

    Examples
    --------
    >>> [mask.shape for _, mask in bands((Box(5, 405, 0, 1000), np.ones((400, 1000), bool)))]
    [(262, 1000), (138, 1000)]
    """
    if boxed is None:
        return
    box, mask = boxed
    rows = max(1, BAND // mask.shape[1])
    for start in range(0, mask.shape[0], rows):
        part = mask[start : start + rows]
        top = box.row_start + start
        yield Box(top, top + part.shape[0], box.col_start, box.col_stop), part


def fill(labels: np.ndarray, masks: Iterable[tuple[int, BoxedMask | None]]) -> None:
    """Give labels the pixels of masks that nobody has."""
    for label, boxed in masks:
        if boxed:
            part = labels[boxed[0].slices]
            np.copyto(part, int(label), where=boxed[1] & (part == 0))  # numbers of numpy are not cast


def restore_under(
    labels: np.ndarray, stroke: BoxedMask, masks: Mapping[int, BoxedMask], *, value: Value = own_number
) -> None:
    """Bring the pixels of a stroke, which napari painted already, in line with the masks of the objects there.

    Parameters
    ----------
    labels
        (height, width) integers, a view of the plane in the volume's labels; changed in place.
    stroke
        The pixels that were painted.
    masks
        Masks of all objects of the plane, after the stroke, by object.
    value
        The label of an object.
    """
    labels[stroke[0].slices][stroke[1]] = 0
    fill(labels, [(value(object_id), common(mask, stroke)) for object_id, mask in masks.items()])
