"""What every data set of the evaluation looks like: samples with a picture and labelled objects."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from napari_simpleclick.arrays import BinaryMask, LabelMap, RgbImage

IGNORE = -1
"""Label of pixels whose truth is not known."""


class DatasetError(ValueError):
    """A data set is not where or what it should be."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A picture and its objects.

    Parameters
    ----------
    name
        Name of the picture, unique in its data set.
    image
        (height, width, 3) uint8.
    labels
        (height, width) integers: 0 background, -1 ignored, others objects.
    object_ids
        The labels to be clicked; may be empty.
    domain
        Kind of pictures that it is from, where a data set has several (`folders`); else empty.
    notices
        What the user should know of its files: what was left out or not understood.

    Raises
    ------
    DatasetError
        If image and labels differ in height or width.
    """

    name: str
    image: RgbImage
    labels: LabelMap
    object_ids: tuple[int, ...]
    domain: str = ""
    notices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.image.shape[:2] != self.labels.shape:
            raise DatasetError(
                f"{self.name}: image and mask must have the same height and width, got {self.image.shape[:2]} and "
                f"{self.labels.shape}. Check that they belong together."
            )

    def mask(self, object_id: int) -> BinaryMask:
        """The object as (height, width) bool."""
        mask: BinaryMask = self.labels == object_id
        return mask

    @property
    def ignore(self) -> BinaryMask | None:
        """Pixels that no metric counts, (height, width) bool; None if there are none."""
        ignored = self.labels == IGNORE
        return ignored if ignored.any() else None


class Dataset(Protocol):
    """A sequence of samples; reading happens when a sample is asked for."""

    @property
    def name(self) -> str:
        """Name as in the paper's tables."""

    def __len__(self) -> int:
        """Number of pictures."""

    def __getitem__(self, index: int, /) -> Sample:
        """Read a picture and its objects."""


def present_ids(labels: LabelMap, *, min_size: int = 1) -> tuple[int, ...]:
    """Labels of the objects in a map, ascending; objects of fewer pixels than `min_size` are left out.

    Examples
    --------
    >>> present_ids(np.array([[0, 3, 3], [-1, 1, 0]]))
    (1, 3)
    >>> present_ids(np.array([[0, 3, 3], [-1, 1, 0]]), min_size=2)
    (3,)
    """
    found, sizes = np.unique(labels, return_counts=True)
    return tuple(int(i) for i, size in zip(found, sizes, strict=True) if i not in (0, IGNORE) and size >= min_size)
