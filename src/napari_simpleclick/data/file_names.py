"""Names of files: their kinds by the endings, names without endings, and words that say that a file holds labels."""

from collections.abc import Collection
from pathlib import Path
from unicodedata import normalize

NIFTI = (".nii", ".nii.gz")
TIFF = (".tif", ".tiff", ".tf2", ".tf8", ".btf")
ZARR = (".zarr",)
WRITTEN = (*NIFTI, *TIFF[:2])
PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif")

ENDINGS = (*(f".ome{ending}" for ending in TIFF + ZARR), *TIFF, *ZARR, *NIFTI[::-1], *PICTURES)
"""Endings that are no part of a name, the longer ones first."""

LABEL_WORDS = (
    *("labels", "label", "seg", "segmentation", "masks", "mask", "gt", "groundtruth", "annotation", "annotations"),
    *("lesions", "gmseg"),
)
"""Words at the end of a name that say that a file holds labels."""

TOOLS = ("cp", "gt")
"""Words before these that belong to them: `a_cp_masks.png` is the mask of `a.png` that Cellpose wrote."""


def bare_name(path: Path) -> str:
    """Name of a file or folder without its ending; a name is only as long as it is, whatever the kind of file.

    Examples
    --------
    >>> [bare_name(Path(name)) for name in ("p1.v2_mask.NII.GZ", "cells.ome.tiff", "v2.ome.zarr", "a.b.png", "0")]
    ['p1.v2_mask', 'cells', 'v2', 'a.b', '0']
    """
    name = path.name
    return next((name[: -len(ending)] for ending in ENDINGS if name.lower().endswith(ending)), name)


def stem(path: Path) -> str:
    """The name by which images, masks and clicks find each other: `bare_name`, with accents as one letter."""
    return normalize("NFC", bare_name(path))  # macOS takes accents apart, other systems do not


def without_label_word(name: str) -> str:
    """A bare name without the word at its end that marks labels.

    Examples
    --------
    >>> [without_label_word(name) for name in ("p1_seg", "seg", "p1-Labels", "a_cp_masks", "a_mask-2")]
    ['p1', 'seg', 'p1', 'a', 'a_mask-2']
    """
    for word in LABEL_WORDS:
        for mark in "_-. ":
            start = name[: -len(word) - 1]
            if start and name.lower().endswith(mark + word):
                tool = next((tool for tool in TOOLS if start.lower().endswith(mark + tool)), "")
                return start[: -len(tool) - 1] or start if tool else start
    return name


def masks_beside(paths: Collection[Path]) -> list[Path]:
    """Masks among the files of a folder that lie beside their pictures: `a_mask.png` where there is `a.png`.

    Examples
    --------
    >>> [path.name for path in masks_beside([Path("a.ome.tif"), Path("a_mask.png"), Path("b_mask.png")])]
    ['a_mask.png']
    """
    names = {stem(path) for path in paths}
    return [path for path in paths if (start := without_label_word(stem(path))) != stem(path) and start in names]
