"""NIfTI files of masks, on the very grid of their source."""

from pathlib import Path

import nibabel
import numpy as np

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.grid import LPS_TO_RAS, NiftiGeometry, to_disk
from napari_simpleclick.data.nifti.header import LABELS, PIXELS
from napari_simpleclick.data.volume import Volume
from napari_simpleclick.files import replace_when_complete

DISK_UNITS = {"m": (1.0, "meter"), "mm": (1.0, "mm"), "um": (1.0, "micron"), "nm": (1e-3, "micron")}
"""Factor and name with which a unit is written; NIfTI knows no nanometres."""

MOST_AXES = 7

GEOMETRY_FIELDS = (
    "dim_info",
    "pixdim",
    "qform_code",
    "sform_code",
    "quatern_b",
    "quatern_c",
    "quatern_d",
    "qoffset_x",
    "qoffset_y",
    "qoffset_z",
    "srow_x",
    "srow_y",
    "srow_z",
    "xyzt_units",
    "toffset",
)
"""What masks take from the header of their image: no text, which may name a patient."""


def write_nifti(path: Path, voxels: np.ndarray, like: Volume | None, *, labels: bool = False) -> None:
    """Write an array (..., z, y, x) on the grid of `like`; an older file stays whole until the new one is complete.

    With a NIfTI geometry the shape, affine, qform, sform and codes are those of the source, bit by bit.

    Parameters
    ----------
    path
        Ends in .nii or .nii.gz.
    voxels
        Numbers.
    like
        Where they lie; None for voxels of size 1.
    labels
        Whether the header says that they are labels.

    Raises
    ------
    VolumeError
        If there are more axes than NIfTI holds, or the voxels do not fit the grid of the source.
    OSError
        If the file cannot be written.
    """
    voxels = storable(voxels)
    image = on_source_grid(voxels, like.geometry) if like and like.geometry else on_plain_grid(voxels, like)
    if labels:
        image.header["intent_code"] = LABELS
    with replace_when_complete(path) as partial:
        nibabel.save(image, partial)


def storable(voxels: np.ndarray) -> np.ndarray:
    """The same numbers in a type that NIfTI holds.

    Raises
    ------
    VolumeError
        If there are too many axes, or the values are no numbers.
    """
    if voxels.ndim > MOST_AXES:
        raise VolumeError(f"NIfTI holds {MOST_AXES} axes at most, got an array of shape {voxels.shape}. Save a part.")
    if voxels.dtype.kind not in "buif":
        raise VolumeError(f"Expected numbers to write as NIfTI, got {voxels.dtype}. Convert them to grey values.")
    smaller = {"bool": np.uint8, "float16": np.float32, "longdouble": np.float64, "float128": np.float64}
    return voxels.astype(smaller.get(voxels.dtype.name, voxels.dtype), copy=False)


def on_source_grid(voxels: np.ndarray, geometry: NiftiGeometry) -> nibabel.Nifti1Image:
    """An image on the grid of the source; scaling, display range and texts are not taken over."""
    stored = to_disk(voxels, geometry)
    source = geometry.header
    header = source.copy() if geometry.keep_text else type(source)(endianness=source.endianness)
    header.set_data_dtype(stored.dtype)
    header.set_data_shape(stored.shape)  # sets voxel sizes beyond the shape's axes to 1, so it comes before them
    for field in GEOMETRY_FIELDS:
        header[field] = source[field]
    header.set_slope_inter(1, 0)
    header["cal_min"] = header["cal_max"] = header["vox_offset"] = 0
    header["intent_code"] = 0
    image_type = nibabel.Nifti2Image if isinstance(header, nibabel.Nifti2Header) else nibabel.Nifti1Image
    # Without an affine nibabel leaves qform and sform of the header as they are, even where they are useless.
    return image_type(stored, None, header)


def on_plain_grid(voxels: np.ndarray, like: Volume | None) -> nibabel.Nifti1Image:
    """An image placed as `like` says, with all that its affine turns and shears."""
    voxels = voxels.reshape((1,) * (3 - voxels.ndim) + voxels.shape)
    factor, unit = DISK_UNITS.get((like.unit if like else None) or "", (1.0, "unknown"))
    affine = (like.to_world if like else np.eye(4)).copy()
    affine[:3] *= factor
    backwards = np.eye(4)[[2, 1, 0, 3]]
    image = nibabel.Nifti1Image(voxels.T, LPS_TO_RAS @ backwards @ affine @ backwards, dtype=voxels.dtype)
    image.header.set_xyzt_units(unit)
    image.header["descrip"] = PIXELS if unit == "unknown" else b""
    return image
