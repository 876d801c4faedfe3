"""Painting: strokes of napari's brush, eraser, fill and polygon become masks in the history of the clicks."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np

from napari_simpleclick.arrays import Box
from napari_simpleclick.data.plane import SliceView
from napari_simpleclick.masks import BoxedMask, trimmed

Region = tuple[slice, ...]
"""Indices of the labels, one slice per axis."""


def finish_stroke(atoms: Sequence[Any], labels: np.ndarray) -> None:
    """Write what a stroke wrote: napari tells of fills and polygons before it does.

    Parameters
    ----------
    atoms
        As for `strokes_on_planes`.
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


def label_of(atoms: Sequence[Any]) -> int:
    """The label that a stroke painted; 0 for the eraser."""
    return int(np.max(atoms[-1][-1]))


def strokes_on_planes(atoms: Sequence[Any], shown: SliceView) -> Iterator[tuple[SliceView, BoxedMask]]:
    """The pixels of a stroke, plane by plane.

    Parameters
    ----------
    atoms
        Parts of the stroke, from the value of napari's `paint` event: (indices, old values, new values), or, in newer
        napari, (slices, mask, old values, new value); mask None is all.
    shown
        A plane with the axes to cut the stroke into.
    """
    region = painted_region(atoms)
    pixels = np.zeros([part.stop - part.start for part in region], bool)
    for atom in atoms:
        if isinstance(atom[0][0], slice):
            pixels[within(atom[0], region)] |= True if atom[1] is None else atom[1]
        else:
            pixels[tuple(axis - part.start for axis, part in zip(atom[0], region, strict=True))] = True
    rows, cols = (region[axis] for axis in shown.axes)
    box = Box(rows.start, rows.stop, cols.start, cols.stop)
    hidden = [range(p.start, p.stop) if axis not in shown.axes else [0] for axis, p in enumerate(region)]
    for point in product(*hidden):
        plane = SliceView(shown.data, point, shown.axes, rgb=shown.rgb)
        index = [slice(None) if axis in shown.axes else at - region[axis].start for axis, at in enumerate(point)]
        mask = pixels[tuple(index)]
        boxed = trimmed((box, mask if shown.axes[0] < shown.axes[1] else mask.T))
        if boxed is not None:
            yield plane, boxed


def painted_region(atoms: Sequence[Any]) -> Region:
    """Smallest part of the array that holds a stroke."""
    regions = [region_of(atom[0]) for atom in atoms]
    starts = np.min([[part.start for part in region] for region in regions], axis=0)
    stops = np.max([[part.stop for part in region] for region in regions], axis=0)
    return tuple(slice(int(start), int(stop)) for start, stop in zip(starts, stops, strict=True))


def region_of(indices: Sequence[Any]) -> Region:
    """Slices that hold what an index selects."""
    if isinstance(indices[0], slice):
        return tuple(indices)
    return tuple(slice(int(np.min(axis)), int(np.max(axis)) + 1) for axis in indices)


def within(part: Sequence[slice], region: Region) -> Region:
    """Slices of the array as slices of one of its regions."""
    return tuple(slice(p.start - r.start, p.stop - r.start) for p, r in zip(part, region, strict=True))
