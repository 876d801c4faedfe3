"""Painting: strokes of napari's brush, eraser, fill and polygon become masks in the history of the clicks."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_simpleclick.arrays import Box, bounding_box
from napari_simpleclick.data.volume import SliceView
from napari_simpleclick.inference.prediction import Patch, Prediction
from napari_simpleclick.inference.repaint import around

if TYPE_CHECKING:
    from napari_simpleclick.inference.annotator import Annotator

Region = tuple[slice, ...]
"""Indices of the labels, one slice per axis."""


def finish_stroke(atoms: Sequence[Any], labels: np.ndarray) -> None:
    """Write what a stroke wrote: napari tells of fills and polygons before it does.

    Parameters
    ----------
    atoms
        As for `painted_region`.
    labels
        The painted array.
    """
    for atom in atoms:
        if isinstance(atom[0][0], slice):
            region, mask, _, value = atom
            part = labels[region]
            part[... if mask is None else mask] = value
            labels[region] = part
        else:
            labels[atom[0]] = atom[-1]


def painted_region(atoms: Sequence[Any]) -> tuple[Region, set[int]]:
    """Where a stroke painted and which objects it touched, from the value of napari's `paint` event.

    Parameters
    ----------
    atoms
        Parts of the stroke: (indices, old values, new values), or, in newer napari,
        (slices, mask, old values, new value); mask None is all.

    Returns
    -------
    region
        Smallest part of the array that holds the stroke.
    ids
        Objects that gained or lost pixels.
    """
    regions = [region_of(atom[0]) for atom in atoms]
    starts = np.min([[part.start for part in region] for region in regions], axis=0)
    stops = np.max([[part.stop for part in region] for region in regions], axis=0)
    values = [np.unique(value) for atom in atoms for value in atom[-2:]]
    ids = {int(value) for value in np.concatenate(values)} - {0}
    return tuple(slice(int(start), int(stop)) for start, stop in zip(starts, stops, strict=True)), ids


def region_of(indices: Sequence[Any]) -> Region:
    """Slices that hold what an index selects."""
    if isinstance(indices[0], slice):
        return tuple(indices)
    return tuple(slice(int(np.min(axis)), int(np.max(axis)) + 1) for axis in indices)


def planes_of(region: Region, shown: SliceView) -> Iterator[SliceView]:
    """The planes parallel to the shown one that a region reaches."""
    hidden = [range(p.start, p.stop) if axis not in shown.axes else [0] for axis, p in enumerate(region)]
    for point in product(*hidden):
        yield SliceView(shown.data, point, shown.axes, rgb=shown.rgb)


def drawn_objects(
    annotator: "Annotator", plane: SliceView, labels: np.ndarray, region: Region, ids: set[int]
) -> dict[int, Prediction]:
    """The objects on a plane as they are after a stroke; those that were and are not there are left out."""
    painted = plane.labels(labels)
    rows, cols = (region[axis] for axis in plane.axes)
    stroke = Box(rows.start, rows.stop, cols.start, cols.stop)
    found = {}
    for object_id in ids:
        before = annotator.prediction(object_id, plane.key)
        known = before.object_mask() if before else None
        patch = cut_out(painted, object_id, around([stroke, known[0]]) if known else stroke)
        if known is not None or patch is not None:
            found[object_id] = Prediction.from_patch(patch, plane.shape)
    return found


def cut_out(labels: np.ndarray, object_id: int, within: Box) -> Patch | None:
    """An object of a plane of labels, looked for in a box."""
    mask = labels[within.slices] == object_id
    box = bounding_box(mask)
    if box is None:
        return None
    rows, cols = within.row_start, within.col_start
    placed = Box(box.row_start + rows, box.row_stop + rows, box.col_start + cols, box.col_stop + cols)
    return placed, mask[box.slices]
