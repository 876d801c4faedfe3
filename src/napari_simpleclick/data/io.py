"""Open volumes and write masks, by the ending of the file's name."""

from pathlib import Path

import numpy as np

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.file_names import NIFTI, PICTURES, TIFF, WRITTEN, ZARR
from napari_simpleclick.data.file_part import file_part
from napari_simpleclick.data.folder import read_folder
from napari_simpleclick.data.nifti.read import read_nifti
from napari_simpleclick.data.nifti.write import write_nifti
from napari_simpleclick.data.ome_zarr.opening import is_zarr
from napari_simpleclick.data.ome_zarr.read import read_ome_zarr
from napari_simpleclick.data.other_kinds import cure_of_name, missing
from napari_simpleclick.data.pictures import read_picture_volume
from napari_simpleclick.data.tiff.read import read_tiff
from napari_simpleclick.data.tiff.write import write_tiff
from napari_simpleclick.data.volume import Volume


def read_volume(path: Path, *, labels: bool = False) -> Volume:
    """Open a NIfTI volume, a TIFF stack, an OME-Zarr, a picture, or a folder of pictures of one size as a stack.

    Parameters
    ----------
    path
        File or folder; of TIFF and NIfTI also a part, named behind the file's name: see `file_part`.
    labels
        Whether pixels are numbers of objects: of a palette the numbers are read instead of its colors.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    VolumeError
        If the file is damaged or of a kind that is not known.
    """
    part = file_part(path)
    path = part.path
    if not path.exists():
        raise FileNotFoundError(missing(path))
    name = path.name.lower()
    if not (part.all_of_it or name.endswith(TIFF) or (part.whole and name.endswith(NIFTI))):
        raise VolumeError(f"{part.named}: only TIFF has images and levels, and only TIFF and NIfTI whole planes.")
    if is_zarr(path):
        return read_ome_zarr(path)
    if path.is_dir():
        return read_folder(path)
    if name.endswith(NIFTI):
        return read_nifti(path, whole=part.whole)
    if name.endswith(TIFF):
        return read_tiff(path, labels=labels, part=part)
    if name.endswith(PICTURES):
        return read_picture_volume(path)
    endings = ", ".join(NIFTI + TIFF + ZARR + PICTURES)
    cure = cure_of_name(path.name)
    raise VolumeError(f"{path.name}: unknown kind of file. Known endings: {endings}. {cure}")


def write_mask(path: Path, labels: np.ndarray, like: Volume | None = None) -> None:
    """Write labels, in the smallest unsigned integers that hold them, with the geometry of the volume they outline.

    Parameters
    ----------
    path
        Ends in .nii, .nii.gz, .tif or .tiff.
    labels
        Integers, shape of the volume.
    like
        The volume; gives the NIfTI grid, or the size of the pixels.

    Raises
    ------
    VolumeError
        If the ending is not known, a label is negative, or the labels do not have the volume's shape.
    OSError
        If the file cannot be written; an older one stays whole.
    """
    if like is not None and labels.shape != like.shape:
        raise VolumeError(f"The mask must have the shape of its image, {like.shape}; got {labels.shape}.")
    if labels.dtype.kind not in "bui" or labels.min(initial=0) < 0:
        raise VolumeError(
            f"A mask must hold whole numbers from 0 up; got {labels.dtype} from {labels.min(initial=0)}. "
            "Give ignored pixels a label of their own."
        )
    write_volume(path, labels.astype(np.min_scalar_type(int(labels.max(initial=0)))), like, labels=True)


def require_writable(path: Path) -> None:
    """Tell before a long computation that its mask could not be written.

    Raises
    ------
    VolumeError
        If the ending of the name is not known.
    """
    if not path.name.lower().endswith(WRITTEN):
        raise VolumeError(f"{path.name}: volumes and masks are written as {', '.join(WRITTEN)}.")


def write_volume(path: Path, voxels: np.ndarray, like: Volume | None = None, *, labels: bool = False) -> None:
    """Write an array (..., z, y, x) of numbers, or of labels, with the geometry of a volume.

    Parameters
    ----------
    path
        The file; its ending tells the format. An older file is replaced.
    voxels
        (..., z, y, x), of real numbers.
    like
        The volume whose grid, axes and sizes of voxels hold for the array; None for voxels of size 1.
    labels
        Whether the numbers are labels, for the formats that tell them from intensities.

    Raises
    ------
    VolumeError
        If the ending is not known or the array does not fit the grid of the volume's file.
    OSError
        If the file cannot be written; an older one stays whole.
    """
    require_writable(path)
    if path.name.lower().endswith(NIFTI):
        write_nifti(path, voxels, like, labels=labels)
    else:
        write_tiff(path, voxels, like)
