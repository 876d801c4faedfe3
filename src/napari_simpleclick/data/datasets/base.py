"""What every data set of the evaluation looks like: samples with a picture and labelled objects."""

from dataclasses import dataclass
from pathlib import Path
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
    """

    name: str
    image: RgbImage
    labels: LabelMap
    object_ids: tuple[int, ...]

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


def present_ids(labels: LabelMap) -> tuple[int, ...]:
    """Labels of the objects in a map, ascending.

    Examples
    --------
    >>> present_ids(np.array([[0, 3], [-1, 1]]))
    (1, 3)
    """
    return tuple(int(label) for label in np.unique(labels) if label not in (0, IGNORE))


def pair_files(images: Path, masks: Path, *, pattern: str = "*") -> list[tuple[Path, Path]]:
    """Files of two folders that share a stem, sorted by name.

    Raises
    ------
    DatasetError
        If a folder is missing, empty, or a file has no partner.
    """
    by_stem = []
    for folder in (images, masks):
        if not folder.is_dir():
            held = (
                ", ".join(sorted(p.name for p in folder.parent.iterdir())[:8]) if folder.parent.is_dir() else "nothing"
            )
            raise DatasetError(
                f"Expected the folders {images.name}/ and {masks.name}/ in {folder.parent}, but {folder.name}/ is "
                f"missing (found: {held}). Point --data-dir at the folder that holds both."
            )
        by_stem.append({path.stem: path for path in sorted(folder.glob(pattern)) if path.is_file()})
    alone = sorted(by_stem[0].keys() ^ by_stem[1].keys())
    if alone:
        raise DatasetError(
            f"Every image in {images} needs a mask of the same name in {masks}; without a partner: "
            f"{', '.join(alone[:5])}{' ...' if len(alone) > 5 else ''}. Was the archive unpacked completely?"
        )
    if not by_stem[0]:
        raise DatasetError(f"{images} holds no files. Was the archive unpacked completely?")
    return [(path, by_stem[1][stem]) for stem, path in by_stem[0].items()]
