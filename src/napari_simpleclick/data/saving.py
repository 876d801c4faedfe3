"""Masks reach the disk: obstacles are found before the first click, and a format that fails gives way to another."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.file_names import NIFTI, bare_name
from napari_simpleclick.data.file_part import file_part
from napari_simpleclick.data.io import require_writable, write_mask
from napari_simpleclick.data.volume import Volume
from napari_simpleclick.files import require_place

ENDINGS = (".ome.tiff", ".ome.tif", ".nii.gz", ".tiff", ".tif", ".nii")


def require_output(output: Path, inputs: Iterable[Path | None]) -> None:
    """Tell before a long computation that its mask could not be written, or would replace what it is made from.

    Parameters
    ----------
    output
        The file to write.
    inputs
        Files and folders that are read.

    Raises
    ------
    VolumeError
        If the ending is not known, or the output is one of the inputs or inside one.
    OSError
        If a file of that name cannot be written there.
    """
    require_writable(output)
    place = output.resolve()
    for source in inputs:
        read = None if source is None else file_part(source).path.resolve()
        if read is not None and (place == read or read in place.parents):
            raise VolumeError(f"{output} is, or lies in, {source}, which would be lost. Choose another output.")
    require_place(output)


def save_mask(path: Path, labels: np.ndarray, like: Volume | None) -> Path:
    """Write labels; where the format cannot hold them, as NIfTI beside it.

    Parameters
    ----------
    path
        Where to write; the ending tells the format.
    labels
        (..., z, y, x) integers.
    like
        The volume that they belong to; None for voxels of size 1.

    Returns
    -------
    Path
        The file that was written.

    Raises
    ------
    VolumeError
        If no format holds the labels.
    OSError
        If the file cannot be written; an older one stays whole.
    """
    try:
        write_mask(path, labels, like)
    except OSError:
        raise
    except Exception:  # after all clicks no library may have the last word
        if path.name.lower().endswith(NIFTI):
            raise
        path = beside(path)
        write_mask(path, labels, like)
    return path


def beside(path: Path) -> Path:
    """A name for the same mask as NIfTI that no file has yet."""
    names = (
        path.with_name(f"{bare_name(path)}{mark}.nii.gz")
        for mark in ("", *(f"-{number}" for number in range(2, 10000)))
    )
    return next(name for name in names if not name.exists())
