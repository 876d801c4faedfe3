"""Slices of volumes with labels: which slices are taken, and what is an object on them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from napari_simpleclick.data.alignment import distance, require_one_grid, resampled
from napari_simpleclick.data.datasets.base import DatasetError, Sample, present_ids
from napari_simpleclick.data.datasets.objects import ObjectRule
from napari_simpleclick.data.datasets.options import AXES, DatasetOptions, Direction
from napari_simpleclick.data.datasets.own_masks import doubt
from napari_simpleclick.data.datasets.soft_edges import is_mixed, is_ramped, ramped, soft
from napari_simpleclick.data.errors import VolumeError
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
    at
        Of a series: index along the axes that are not of space, such as the time.
    resample
        Bring labels on another grid onto that of the image, instead of refusing them.
    """

    name: str
    image: Path
    labels: Path
    at: tuple[int, ...] = ()
    resample: bool = False

    @property
    def title(self) -> str:
        """The name, with the time of a series."""
        return " ".join([self.name, *(f"at {place}" for place in self.at)])


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
        found = plane.labels(marks)
        labels = self.objects(self.chosen(found))
        notices = (*volume.notices, *doubt(found, [case.labels]))
        name = f"{case.title} slice {place}"
        ids = present_ids(labels, min_size=self.min_size)
        return Sample(name, np.asarray(plane.image()), labels, ids, notices=notices)


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

    slices: list[tuple[LabelledVolume, int]] = []
    found: set[int] = set()
    for case in cases:
        for at, marks in labels_of(replace(case, resample=options.resample)):
            found |= {int(number) for number in np.unique(marks)} - {0}
            slices += [(at, place) for place in places(chosen(marks), axis, options.slice_rule)]
    if not slices:
        raise DatasetError(
            f"{name}: no slice has {f'a label of {wanted.tolist()}' if wanted.size else 'a label'}; "
            f"labels in the volumes: {sorted(found) or 'none'}. Choose among these with --label."
        )
    which = "slice with the largest labelled area" if options.slice_rule == "largest" else "every labelled slice"
    selection = f"{options.axis or direction}, {which} of {len(cases)} volumes, labels {wanted.tolist() or 'all'}"
    selection += ", labels resampled to the images where their grid differs" if options.resample else ""
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


def labels_of(case: LabelledVolume) -> Iterator[tuple[LabelledVolume, np.ndarray]]:
    """The labels (z, y, x) of a case: of a series those of every time, each a case of its own."""
    labels = read_pair(case)[1] if case.resample else read_labels(case.labels)
    others = [size for axis, size in enumerate(labels.shape) if axis not in labels.spatial]
    for at in np.ndindex(*others):
        yield replace(case, at=at), np.asarray(in_space(labels, at).data)


@lru_cache(maxsize=1)
def read_case(case: LabelledVolume) -> tuple[Volume, np.ndarray]:
    """Volume and labels of a case, both (z, y, x); the last one is kept, since its slices follow one another.

    Raises
    ------
    DatasetError
        If the labels lie on another grid than the volume.
    """
    volume, labels = read_pair(replace(case, at=()))
    return in_space(volume, case.at), np.asarray(in_space(labels, case.at).data)


@lru_cache(maxsize=1)
def read_pair(case: LabelledVolume) -> tuple[Volume, Volume]:
    """Volume and labels with all their axes, on one grid; the volume has the notices of both.

    Raises
    ------
    DatasetError
        If the labels lie on another grid than the volume, or are no whole numbers.
    """
    volume, labels = read_volume(case.image), read_labels(case.labels)
    try:
        if case.resample and (labels.shape != volume.shape or distance(volume, labels) > 0):
            labels = resampled(labels, volume, labels=True)
        require_one_grid(
            replace(volume, name=case.image.name),
            replace(labels, name=case.labels.name),
            cure="Check that they belong together; --resample brings labels onto the grid of their image.",
        )
    except VolumeError as error:
        raise DatasetError(f"{case.name}: {error}") from error
    return replace(volume, notices=(*volume.notices, *labels.notices)), labels


def in_space(volume: Volume, at: tuple[int, ...]) -> Volume:
    """The part of a volume at an index along its axes that are not of space, with its axes in the order z, y, x."""
    spatial = volume.spatial
    if spatial == (0, 1, 2):
        return volume
    places = iter(at or (0,) * (len(volume.shape) - len(spatial)))
    index = tuple(slice(None) if axis in spatial else next(places) for axis in range(len(volume.shape)))
    data = np.asarray(volume.data[index])
    order = np.argsort(np.argsort(spatial)).tolist()
    data = data.transpose([*order, *range(len(order), data.ndim)])
    if len(spatial) == 2:
        data = data[np.newaxis]
    spacing = ((1.0,) * 3 + tuple(volume.spacing[axis] for axis in spatial))[-3:]
    return Volume(data, spacing, volume.unit, rgb=volume.rgb, name=volume.name, axes="ZYX", notices=volume.notices)


def read_labels(path: Path) -> Volume:
    """Labels of a volume as integers.

    Raises
    ------
    DatasetError
        If they are no whole numbers; says what was found.
    """
    volume = read_volume(path, labels=True)
    if volume.rgb:
        raise DatasetError(f"{path}: labels must be whole numbers, one per voxel, got colors. Convert them to numbers.")
    marks = np.asarray(volume.data)
    if marks.dtype.kind in "uif":
        planes = marks.reshape(-1, *marks.shape[-2:])
        largest = planes[np.argmax([np.count_nonzero(plane) for plane in planes])]
        if np.isfinite(largest).all() and is_mixed(largest):
            raise soft(path, len(np.unique(largest)), "numbers")
        if np.isfinite(largest).all() and is_ramped(largest):
            raise ramped(path)
    if marks.dtype.kind == "f":
        whole = np.isfinite(marks) & (np.abs(marks) <= 2**53)
        whole &= np.equal(np.mod(np.where(whole, marks, 0), 1), 0)
        if not whole.all():
            some = np.unique(marks[~whole].astype(float))[:3].tolist()
            raise DatasetError(
                f"{path}: labels must be whole numbers, got {np.count_nonzero(~whole)} others, such as {some}. Is this "
                "a map of probabilities? Save it as labels, for example where it is above 0.5."
            )
        marks = marks.astype(np.int32 if np.abs(marks).max(initial=0) < 2**31 else np.int64)
    return replace(volume, data=marks)
