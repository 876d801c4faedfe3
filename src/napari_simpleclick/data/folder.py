"""A folder of pictures of one size as a stack, in the order in which napari shows it."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.file_names import PICTURES, TIFF, masks_beside
from napari_simpleclick.data.memory import require_memory
from napari_simpleclick.data.other_kinds import FROM_DICOM, cure_of_name, kind_of_file
from napari_simpleclick.data.pictures import is_picture, one_picture
from napari_simpleclick.data.volume import Volume

SAME = {".jpeg": ".jpg", ".tiff": ".tif"}
"""Endings of one kind."""


def natural_key(name: str) -> list[str | int]:
    """The key by which names are sorted as people count: 2 before 10.

    Examples
    --------
    >>> sorted(["z10.png", "z2.png", "z1.png"], key=natural_key)
    ['z1.png', 'z2.png', 'z10.png']
    """
    return [int(part) if at % 2 else part for at, part in enumerate(re.split("([0-9]+)", name))]


def read_folder(folder: Path) -> Volume:
    """The pictures of a folder, in the order of their numbers, as a stack (pictures, rows, columns).

    Raises
    ------
    VolumeError
        If there are none, one is damaged, or they differ in size.
    """
    pictures = sorted((path for path in folder.iterdir() if is_picture(path)), key=lambda path: natural_key(path.name))
    masks = masks_beside(pictures)
    paths = [path for path in pictures if path not in masks]
    if not paths:
        raise VolumeError(
            f"{folder} holds no pictures. Known endings: {', '.join(TIFF + PICTURES)}. {what_instead(folder)}"
        )
    opened = one_picture(paths[0])
    first, notices = np.asarray(opened.data), list(opened.notices)
    require_memory(len(paths) * first.nbytes, folder.name, "Crop the pictures, or convert them to OME-Zarr.")
    stack = np.empty((len(paths), *first.shape), first.dtype)
    for place, path in enumerate(paths):
        if place > 0:
            opened = one_picture(path)
            notices += opened.notices
        picture = first if place == 0 else np.asarray(opened.data)
        if picture.shape != first.shape:
            raise VolumeError(
                f"The pictures of {folder} must have one size to be a stack; {paths[0].name} has {first.shape}, "
                f"{path.name} has {picture.shape}. Open them one by one."
            )
        if picture.dtype != stack.dtype:
            stack = stack.astype(np.promote_types(stack.dtype, picture.dtype))
        stack[place] = picture
    notices += [*left_out(folder.name, masks), *kinds_of(folder.name, paths)]
    more = (f"{folder.name}: {len(notices) - 1} other pictures have notices, too.",) if len(notices) > 1 else ()
    told = (*notices[:1], *more)
    return Volume(stack, (1.0, 1.0, 1.0), rgb=first.ndim == 3, name=folder.name, axes="ZYX", notices=told)


def what_instead(folder: Path) -> str:
    """What to do about a folder without pictures."""
    for path in sorted(folder.iterdir()):
        kind = kind_of_file(path) if path.is_file() else None
        if kind and kind.startswith("a DICOM file"):
            return FROM_DICOM
        if path.is_dir():
            return f"It holds folders: choose one of them, such as {path.name}."
        if path.is_file() and (cure := cure_of_name(path.name)) != cure_of_name(""):
            return f"{path.name}: {cure}"
    return "Choose another folder."


def left_out(name: str, masks: Sequence[Path]) -> list[str]:
    """A notice if masks lie beside the pictures."""
    if not masks:
        return []
    count = "1 mask is" if len(masks) == 1 else f"{len(masks)} masks are"
    return [f"{name}: {count} left out of the stack, since their pictures lie beside them: {named(masks)}."]


def named(paths: Sequence[Path]) -> str:
    """The first names of some files, for messages."""
    return ", ".join(path.name for path in paths[:3]) + (" ..." if len(paths) > 3 else "")


def kinds_of(name: str, paths: Sequence[Path]) -> list[str]:
    """A notice if pictures are of several kinds, as where a folder holds copies, or masks beside pictures."""
    count = Counter(SAME.get(path.suffix.lower(), path.suffix.lower()) for path in paths)
    if len(count) == 1:
        return []
    told = " and ".join(f"{number} {ending}" for ending, number in count.items())
    return [f"{name} holds {told} files: all of them are slices of the stack. Take out copies and masks."]
