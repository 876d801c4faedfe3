"""Slices of volumes with labels: which slices are taken, and what is an object on them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from napari_simpleclick.data.datasets.base import DatasetError, Sample, present_ids
from napari_simpleclick.data.datasets.objects import ObjectRule
from napari_simpleclick.data.datasets.options import AXES, DatasetOptions, Direction
from napari_simpleclick.data.io import read_volume
from napari_simpleclick.data.volume import Volume


@dataclass(frozen=True, slots=True)
class LabelledVolume:
    """Files of a volume and of its labels.

    Parameters
    ----------
    name
        Name of the case.
    image, labels
        Files, of one grid.
    """

    name: str
    image: Path
    labels: Path


@dataclass(frozen=True, slots=True, eq=False)
class VolumeSlices:
    """A data set of slices of volumes.

    Parameters
    ----------
    name
        Name of the data set.
    slices
        Volume and number of the slice.
    axis
        Axis of the volumes (z, y, x) along which the slices are stacked.
    objects
        What an object is on a slice.
    chosen
        From the labels of a volume to those that are used.
    selection
        In words: which slices and labels were taken, for reports.
    min_size
        Smallest object, in pixels.
    """

    name: str
    slices: Sequence[tuple[LabelledVolume, int]]
    axis: int
    objects: ObjectRule
    chosen: Callable[[np.ndarray], np.ndarray]
    selection: str
    min_size: int = 1

    def __len__(self) -> int:
        return len(self.slices)

    def __getitem__(self, index: int) -> Sample:
        case, place = self.slices[index]
        volume, marks = read_case(case)
        plane = volume.plane(place, self.axis)
        labels = self.objects(self.chosen(plane.labels(marks)))
        name = f"{case.name} slice {place}"
        return Sample(name, np.asarray(plane.image()), labels, present_ids(labels, min_size=self.min_size))


def open_slices(
    name: str,
    cases: Sequence[LabelledVolume],
    objects: ObjectRule,
    options: DatasetOptions,
    *,
    labels: Sequence[int] = (),
    direction: Direction = "axial",
) -> VolumeSlices:
    """Choose the slices of volumes; for that the labels of all of them are read once.

    Parameters
    ----------
    name
        Name of the data set.
    cases
        The volumes.
    objects
        What an object is on a slice.
    options
        Labels, direction and rule that the user asks for.
    labels, direction
        What is used when the user asks for nothing else; no labels are all labels.

    Raises
    ------
    DatasetError
        If no volume has any of the labels.
    """
    wanted = np.array(options.label or labels)
    axis = AXES[options.axis or direction]

    def chosen(marks: np.ndarray) -> np.ndarray:
        return np.where(np.isin(marks, wanted), marks, 0) if wanted.size else marks

    slices = [
        (case, place) for case in cases for place in places(chosen(read_labels(case.labels)), axis, options.slice_rule)
    ]
    if not slices:
        found = sorted({int(number) for case in cases for number in np.unique(read_labels(case.labels))} - {0})
        raise DatasetError(
            f"{name}: no slice has {f'a label of {wanted.tolist()}' if wanted.size else 'a label'}; "
            f"labels in the volumes: {found or 'none'}. Choose among these with --label."
        )
    which = "slice with the largest labelled area" if options.slice_rule == "largest" else "every labelled slice"
    selection = f"{options.axis or direction}, {which} of {len(cases)} volumes, labels {wanted.tolist() or 'all'}"
    return VolumeSlices(name, slices, axis, objects, chosen, selection, options.min_size)


def places(marks: np.ndarray, axis: int, rule: str) -> list[int]:
    """Slices with labels: all, or the one with the largest labelled area (the first of equals).

    Examples
    --------
    >>> marks = np.zeros((4, 2, 2), int); marks[1, 0, 0] = marks[3] = 5
    >>> places(marks, 0, "all"), places(marks, 0, "largest"), places(marks * 0, 0, "largest")
    ([1, 3], [3], [])
    """
    areas = (marks > 0).sum(axis=tuple(other for other in range(marks.ndim) if other != axis))
    if not areas.any():
        return []
    return [int(areas.argmax())] if rule == "largest" else [int(place) for place in np.flatnonzero(areas)]


@lru_cache(maxsize=1)
def read_case(case: LabelledVolume) -> tuple[Volume, np.ndarray]:
    """Volume and labels of a case; the last one is kept, since its slices follow one another."""
    volume, marks = read_volume(case.image), read_labels(case.labels)
    if volume.shape != marks.shape:
        raise DatasetError(
            f"{case.name}: volume and labels must have one grid, got {volume.shape} ({case.image.name}) and "
            f"{marks.shape} ({case.labels.name}). Check that they belong together."
        )
    return volume, marks


def read_labels(path: Path) -> np.ndarray:
    """Labels of a volume as integers (z, y, x).

    Raises
    ------
    DatasetError
        If they are no whole numbers.
    """
    marks = np.asarray(read_volume(path, labels=True).data)
    if marks.dtype.kind == "f":
        if not np.equal(np.mod(marks, 1), 0).all():
            raise DatasetError(f"{path}: labels must be whole numbers. Is this a map of probabilities?")
        marks = marks.astype(np.int32)
    return marks
