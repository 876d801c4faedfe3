"""Labelled pictures to learn from: a folder, a volume with its mask, or a data set of the evaluation."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from scipy import ndimage

from napari_simpleclick.arrays import LabelMap, RgbImage
from napari_simpleclick.data.datasets.base import Dataset, DatasetError
from napari_simpleclick.data.datasets.files import pair_files
from napari_simpleclick.data.intensity import default_limits
from napari_simpleclick.data.pictures import read_marks, read_rgb
from napari_simpleclick.data.volume import Volume

Picture = tuple[RgbImage, LabelMap]
"""A picture and the labels of its objects; overlapping objects come in layers, (height, width, layers)."""

Reader = Callable[[], Picture]
"""Reads a picture when it is needed."""

VALIDATION_STRIDE = 10
"""Every tenth picture, in the order of their names or planes, is kept for validation."""


def split(readers: Sequence[Reader]) -> tuple[list[Reader], list[Reader]]:
    """Pictures to learn from, and those kept for validation.

    Examples
    --------
    >>> [len(part) for part in split([tuple] * 12)]
    [10, 2]
    """
    kept = list(readers[::VALIDATION_STRIDE])
    return [reader for index, reader in enumerate(readers) if index % VALIDATION_STRIDE], kept


def folder_pictures(folder: Path) -> list[Reader]:
    """Pictures of a folder with `images/` and `labels/`, files of one stem belonging together; kept once read.

    Raises
    ------
    DatasetError
        If the folder does not have this layout.
    """
    return [ReadOnce(partial(read_pair, *pair)) for pair in pair_files(folder / "images", folder / "labels")]


def read_pair(image: Path, labels: Path) -> Picture:
    """A picture of any kind and its labels: numbers, indices of a palette, or stored with a useless axis of colours."""
    return read_rgb(image), np.ascontiguousarray(read_marks(labels))


def volume_pictures(volume: Volume, labels: np.ndarray, *, axis: int = 0) -> list[Reader]:
    """The labelled planes of a volume along an axis; where there is a single label, each component is an object.

    Parameters
    ----------
    volume
        The image.
    labels
        (..., z, y, x) integers of its shape; 0 is background.
    axis
        The axis across the planes.

    Raises
    ------
    DatasetError
        If volume and labels differ in shape, there is no such axis, or nothing is labelled.
    """
    if axis >= labels.ndim:
        raise DatasetError(f"Expected one of the axes 0 to {labels.ndim - 1} of the labels, got {axis}. Name another.")
    if volume.shape != labels.shape:
        raise DatasetError(
            f"Volume and labels must have one shape, got {volume.shape} and {labels.shape}. "
            "Resample the labels to the volume's grid."
        )
    others = tuple(other for other in range(labels.ndim) if other != axis)
    planes = np.flatnonzero((labels > 0).any(axis=others))
    if not planes.size:
        raise DatasetError("The labels are empty: there is nothing to learn from. Outline some objects first.")
    limits = default_limits(volume.data)
    separate = labels.max() > 1
    return [ReadOnce(partial(read_plane, volume, labels, int(index), axis, limits, separate)) for index in planes]


def read_plane(
    volume: Volume, labels: np.ndarray, index: int, axis: int, limits: tuple[float, float] | None, separate: bool
) -> Picture:
    """One plane with its labels, or the components of its only label."""
    view = volume.plane(index, axis)
    marks = view.labels(labels)
    return np.asarray(view.image(limits)), marks.astype(np.int32) if separate else ndimage.label(marks > 0)[0]


def dataset_pictures(dataset: Dataset) -> list[Reader]:
    """The pictures of a data set in the evaluation's form, such as the training part of SBD."""
    return [partial(read_sample, dataset, index) for index in range(len(dataset))]


def read_sample(dataset: Dataset, index: int) -> Picture:
    """Picture and labels of a sample."""
    sample = dataset[index]
    return np.asarray(sample.image), np.asarray(sample.labels)


class ReadOnce:
    """Keeps what a reader returns, for the next time."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.held: Picture | None = None

    def __call__(self) -> Picture:
        """The picture, read at the first call."""
        if self.held is None:
            self.held = self.reader()
        return self.held
