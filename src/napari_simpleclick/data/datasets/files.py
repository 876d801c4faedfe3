"""Pictures with masks in files: find the pairs, read them when they are asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from napari_simpleclick.data.datasets.base import DatasetError, Sample, present_ids
from napari_simpleclick.data.datasets.objects import ObjectRule
from napari_simpleclick.data.file_names import stem as stem_of
from napari_simpleclick.data.pictures import is_picture, one_picture, read_marks, rgb_of


@dataclass(frozen=True, slots=True, eq=False)
class PictureFiles:
    """A data set of picture files, each with a mask file.

    Parameters
    ----------
    name
        Name of the data set.
    pairs
        Picture and mask, or what `read_marks` takes instead.
    objects
        What an object is.
    read_marks
        How a mask file is read.
    min_size
        Smallest object, in pixels.
    doubt
        Notices of what in a mask may be meant otherwise.
    """

    name: str
    pairs: Sequence[tuple[Path, Any]]
    objects: ObjectRule
    read_marks: Callable[[Any], np.ndarray] = read_marks
    min_size: int = 1
    doubt: Callable[[np.ndarray, Any], tuple[str, ...]] = lambda _marks, _mask: ()

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, index: int) -> Sample:
        path, mask = self.pairs[index]
        picture, marks = one_picture(path), self.read_marks(mask)
        labels = self.objects(marks)
        ids = present_ids(labels, min_size=self.min_size)
        return Sample(path.name, rgb_of(picture), labels, ids, notices=(*picture.notices, *self.doubt(marks, mask)))


def pair_files(images: Path, masks: Path, *, is_mask: Callable[[Path], bool] = is_picture) -> list[tuple[Path, Path]]:
    """Files of two folders that share a stem, sorted by name.

    Parameters
    ----------
    images, masks
        The two folders.
    is_mask
        Tells masks from other files of their folder.

    Raises
    ------
    DatasetError
        If a folder is missing, empty, or a file has no partner.
    """
    require_folders(images, masks)
    pictures, marked = by_stem(images), by_stem(masks, is_mask)
    require_partners(images, masks, sorted(pictures.keys() ^ marked.keys()), len(pictures))
    return [(path, marked[stem]) for stem, path in pictures.items()]


def by_stem(folder: Path, is_wanted: Callable[[Path], bool] = is_picture) -> dict[str, Path]:
    """Files of a folder by their names without the ending (see `file_names.stem`), sorted.

    Raises
    ------
    DatasetError
        If two files have one name, so that a partner would be a guess.
    """
    found: dict[str, Path] = {}
    for path in sorted(path for path in folder.iterdir() if is_wanted(path)):
        stem = stem_of(path)
        if stem in found:
            raise DatasetError(
                f"{folder} holds {found[stem].name} and {path.name}, which have one name. Remove one of them."
            )
        found[stem] = path
    return found


def require_partners(images: Path, masks: Path, alone: Sequence[str], count: int) -> None:
    """Tell which files of two folders have no partner, or that there are none.

    Parameters
    ----------
    images, masks
        The two folders, for the message.
    alone
        Stems of files that only one of them holds.
    count
        Number of pictures in `images`.

    Raises
    ------
    DatasetError
        If there are such files, or no pictures.
    """
    if alone:
        raise DatasetError(
            f"Every image in {images} needs a mask of the same name in {masks}; without a partner: "
            f"{', '.join(alone[:5])}{' ...' if len(alone) > 5 else ''}. Was the archive unpacked completely?"
        )
    if not count:
        raise DatasetError(f"{images} holds no pictures. Was the archive unpacked completely?")


def listed_pairs(listing: Path, images: Path, masks: Path, *, endings: tuple[str, str]) -> list[tuple[Path, Path]]:
    """Files of two folders whose stems a text file lists, in its order.

    Parameters
    ----------
    listing
        Text file with a stem at the start of each line; empty lines are passed over.
    images, masks
        The two folders.
    endings
        What follows the stem in the name of an image and of a mask, such as (".jpg", ".png").

    Raises
    ------
    DatasetError
        If the list or a folder is missing, or files that it names.
    """
    require_folders(images, masks)
    if not listing.is_file():
        raise DatasetError(f"Expected the list of pictures {listing}, which is missing. Was the archive unpacked?")
    stems = [line.split()[0] for line in listing.read_text().splitlines() if line.strip()]
    pairs = [(images / f"{stem}{endings[0]}", masks / f"{stem}{endings[1]}") for stem in stems]
    if missing := [path for pair in pairs for path in pair if not path.is_file()]:
        raise DatasetError(
            f"{listing} names {len(stems)} pictures, but {len(missing)} files are missing, such as {missing[0]}. "
            "Was the archive unpacked completely?"
        )
    if not pairs:
        raise DatasetError(f"{listing} is empty. Was the archive unpacked completely?")
    return pairs


def require_folders(*folders: Path) -> None:
    """Raise a DatasetError that tells what was expected and what is there unless all folders exist.

    Raises
    ------
    DatasetError
        If one is missing.
    """
    if missing := [folder for folder in folders if not folder.is_dir()]:
        expected = " and ".join(f"{folder.name}/" for folder in folders)
        raise DatasetError(
            f"Expected the folders {expected} in {folders[0].parent}, but {missing[0].name}/ is missing "
            f"(found: {contents(missing[0].parent)}). Point --data-dir at the folder that holds them."
        )


def contents(folder: Path) -> str:
    """The first names in a folder, for messages."""
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    return ", ".join(names[:8]) + (" ..." if len(names) > 8 else "") or "nothing"
