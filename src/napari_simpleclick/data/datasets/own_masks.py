"""Masks of your own pictures, whatever drew them: numbers, colors, palettes, soft edges, one file per object."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from napari_simpleclick.data.datasets.base import IGNORE, DatasetError
from napari_simpleclick.data.datasets.soft_edges import halved, is_ramped, is_soft, ramped, soft
from napari_simpleclick.data.file_names import TIFF, masks_beside
from napari_simpleclick.data.folder import named
from napari_simpleclick.data.io import read_volume
from napari_simpleclick.data.picture_files import opened_picture

VOID = 255
"""Number of pixels whose truth is not known, where 8-bit numbers of objects are small (Pascal VOC)."""

VOID_COLOR = (224, 224, 192)
"""The color that Pascal VOC's palette gives that number."""

SMALL_NUMBERS = 100
"""With numbers of objects up to this, 255 is none of them; with larger ones it may be."""


def read_own_masks(paths: Sequence[Path]) -> np.ndarray:
    """Numbers of the objects of a picture, (height, width): 0 background, -1 not known.

    Parameters
    ----------
    paths
        One file with all objects, or a file for each.

    Raises
    ------
    DatasetError
        If a file is no mask, or two of them overlap or differ in size; says what was found.
    """
    if len(paths) == 1:
        return read_own_mask(paths[0])
    masks = [read_own_mask(path) > 0 for path in paths]
    if len(sizes := {mask.shape for mask in masks}) > 1:
        raise DatasetError(f"Masks of one picture must have one size, got {sorted(sizes)} from {named(paths)}.")
    if shared := int((np.sum(masks, axis=0) > 1).sum()):
        raise DatasetError(
            f"Of {named(paths)} {shared} pixels belong to several objects; a pixel can have one. Cut them apart."
        )
    labels = np.zeros(masks[0].shape, np.int32)
    for number, mask in enumerate(masks, start=1):
        labels[mask] = number
    return labels


def read_own_mask(path: Path) -> np.ndarray:
    """Numbers of the objects in a file, (height, width): 0 background, -1 not known.

    Raises
    ------
    VolumeError
        If the file is damaged or no picture.
    DatasetError
        If its pixels are no numbers of objects; says what was found.
    """
    marks = pixels_of(path)
    if marks.ndim == 3 and (marks[..., :1] == marks).all():
        marks = marks[..., 0]
    if marks.ndim == 3:
        return numbers_of_colors(marks, path)
    marks = whole(marks, path)
    soft_edges = is_soft(marks)
    if (not soft_edges or marks.max() <= SMALL_NUMBERS) and is_ramped(marks):
        raise ramped(path)
    if soft_edges:
        return halved(marks, path)
    if marks.dtype == np.uint8 and (marks == VOID).any():
        others = marks[(marks > 0) & (marks != VOID)]
        if others.size and others.max() <= SMALL_NUMBERS:
            return np.where(marks == VOID, IGNORE, marks.astype(np.int32))
    return marks


def pixels_of(path: Path) -> np.ndarray:
    """Pixels of a mask: (height, width) numbers, of a palette its indices, or (height, width, 3) colors.

    Raises
    ------
    DatasetError
        If it holds several pictures, or another number of channels.
    """
    if path.name.lower().endswith(TIFF):
        found = np.asarray(read_volume(path, labels=True).data)
        found = found.squeeze(tuple(axis for axis, size in enumerate(found.shape[:-2]) if size == 1))
    else:
        # As stored, like the picture: neither is turned as a camera notes.
        with opened_picture(path) as file:
            plain = file.mode in ("1", "L", "P", "I", "F") or file.mode.startswith("I;16")
            found = np.asarray(file if plain else file.convert("RGBA" if "A" in file.getbands() else "RGB"))
    if found.ndim == 3 and found.shape[-1] == 4:
        return visible(found)
    if found.ndim == 2 or (found.ndim == 3 and found.shape[-1] == 3):
        return found
    raise DatasetError(f"{path}: expected the mask of one picture, got an array of shape {found.shape}.")


def visible(colors: np.ndarray) -> np.ndarray:
    """Colors where they can be seen, black elsewhere; how opaque pixels are where they have one color only.

    Programs that cut objects out keep the mask in the alpha channel.

    Parameters
    ----------
    colors
        (height, width, 4): red, green, blue and alpha.
    """
    alpha, shown = colors[..., 3], colors[..., :3]
    if alpha.min() == alpha.max():
        return shown
    opaque = alpha > alpha.max() / 2
    if (shown[opaque] == shown[opaque][0]).all():
        return alpha
    return np.where(opaque[..., None], shown, 0).astype(colors.dtype)


def whole(marks: np.ndarray, path: Path) -> np.ndarray:
    """The same numbers as integers.

    Raises
    ------
    DatasetError
        If some are none.
    """
    if marks.dtype.kind != "f":
        return marks
    near = np.isfinite(marks) & (np.mod(np.where(np.isfinite(marks), marks, 0.5), 1) == 0)
    if not near.all():
        some = np.unique(marks[~near].astype(float))
        raise DatasetError(
            f"{path}: numbers of objects must be whole, got {len(some)} other values, such as {some[:3].tolist()}. Is "
            "this a map of probabilities? Save it as a mask, for example where it is above 0.5."
        )
    return marks.astype(np.int64)


def numbers_of_colors(colors: np.ndarray, path: Path) -> np.ndarray:
    """A number for every color; black is background, the color of Pascal VOC's rims is not known.

    Raises
    ------
    DatasetError
        If nothing is black, or the colors have soft edges.
    """
    packed = colors.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    found, numbers = np.unique(packed, return_inverse=True)
    numbers = np.reshape(numbers, packed.shape) + 1
    void = VOID_COLOR[0] << 16 | VOID_COLOR[1] << 8 | VOID_COLOR[2]
    if not (packed == 0).any():
        raise DatasetError(f"{path}: a colored mask has a black background, got {len(found)} colors without black.")
    numbers[packed == 0], numbers[packed == void] = 0, IGNORE
    if is_soft(np.maximum(numbers, 0)):
        raise soft(path, len(found), "colors")
    return numbers


def doubt(marks: np.ndarray, paths: Sequence[Path]) -> tuple[str, ...]:
    """A notice if a mask may be inverted, or its background a number like those of objects.

    Parameters
    ----------
    marks
        Numbers of the objects, (height, width): 0 background, -1 not known.
    paths
        The files that they come from.
    """
    if marks.dtype.kind == "i" and (marks < IGNORE).any():
        return (f"{named(paths)}: numbers below -1, such as {marks.min()}, count as background.",)
    corners = marks[[0, 0, -1, -1], [0, -1, 0, -1]]
    if (marks != 0).all():
        return (f"{named(paths)}: no pixel is 0, so that the background, if there is one, counts as an object.",)
    if corners[0] > 0 and (corners == corners[0]).all() and (marks == corners[0]).mean() > 0.5:
        return (
            f"{named(paths)}: an object fills all corners and most of the picture. Is 0 the object? Invert the mask.",
        )
    return ()


def pair_own(images: Path, masks: Path) -> list[tuple[Path, tuple[Path, ...]]]:
    """Pictures of a folder with their masks: one of the same stem, or several, such as `a_1.png`, `a_2.png` or `a/*`.

    Masks may lie beside the pictures, in one folder, if a word of their names says what they are: `a_mask.png`.

    Raises
    ------
    DatasetError
        If a folder is missing or empty, a file has no partner, or two have one stem.
    """
    from napari_simpleclick.data.datasets.files import by_stem, require_folders, require_partners
    from napari_simpleclick.data.pictures import is_picture

    require_folders(images, masks)
    if images.samefile(masks):
        beside = masks_beside([path for path in images.iterdir() if is_picture(path)])
        pictures = by_stem(images, lambda path: is_picture(path) and path not in beside)
        found = by_stem(masks, beside.__contains__)
    else:
        pictures, found = by_stem(images), by_stem(masks)
    parts: dict[str, list[Path]] = {stem: [] for stem in pictures}
    alone = []
    for stem, path in found.items():
        owner = max((name for name in pictures if belongs(stem, name)), key=len, default=None)
        if owner is None:
            alone.append(stem)
        elif owner == stem:
            parts[owner].insert(0, path)
        else:
            parts[owner].append(path)
    for stem, paths in parts.items():
        if not paths and (masks / stem).is_dir():
            paths += sorted(path for path in (masks / stem).iterdir() if is_picture(path))
    require_partners(images, masks, [*alone, *(stem for stem, paths in parts.items() if not paths)], len(pictures))
    return [(path, tuple(parts[stem][:1] if stem in found else parts[stem])) for stem, path in pictures.items()]


def belongs(mask: str, picture: str) -> bool:
    """Whether the stem of a mask is that of a picture, or begins with it.

    Examples
    --------
    >>> belongs("a", "a"), belongs("a_12", "a"), belongs("ab", "a")
    (True, True, False)
    """
    return mask == picture or mask.startswith(tuple(f"{picture}{mark}" for mark in "_-."))
