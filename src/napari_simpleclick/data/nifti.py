"""NIfTI volumes: read towards canonical axes, write masks back on the very grid of the source."""

import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nibabel
import numpy as np
from nibabel.filebasedimages import ImageFileError
from nibabel.orientations import apply_orientation, axcodes2ornt, io_orientation, ornt_transform

from napari_simpleclick.arrays import Affine
from napari_simpleclick.data.memory import require_memory
from napari_simpleclick.data.volume import Volume, VolumeError
from napari_simpleclick.files import replace_when_complete

CANONICAL = "LPS"
"""Directions in which x, y and z grow: rows of an axial plane then run from front to back, as radiologists look."""

LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])

UNITS = {"mm": "mm", "micron": "um", "meter": "m"}
"""Names of units in the header, and ours."""

DISK_UNITS = {"m": (1.0, "meter"), "mm": (1.0, "mm"), "um": (1.0, "micron"), "nm": (1e-3, "micron")}
"""Factor and name with which a unit is written; NIfTI knows no nanometres."""


@dataclass(frozen=True, slots=True, eq=False)
class NiftiGeometry:
    """The grid of a NIfTI file.

    Parameters
    ----------
    header
        The file's header, with its affines (qform, sform) and their codes.
    shape
        Shape on disk.
    orientation
        (3, 2) axis and direction that take the disk's axes to the canonical ones (nibabel's orientation).
    """

    header: nibabel.Nifti1Header
    shape: tuple[int, ...]
    orientation: np.ndarray


def read_nifti(path: Path) -> Volume:
    """Read a volume as (..., z, y, x), its axes turned and flipped to the closest of L, P and S.

    Raises
    ------
    VolumeError
        If the file is damaged, truncated, no NIfTI, or holds no numbers.
    """
    image, stored = load(path)
    shape = stored.shape
    spatial = stored.reshape(shape + (1,) * (3 - len(shape)))
    affine = usable_affine(image.header)
    orientation = ornt_transform(io_orientation(affine), axcodes2ornt(CANONICAL))
    data = apply_orientation(spatial, orientation).T
    spacing, origin = canonical_grid(affine, orientation, spatial.shape)
    leading = (1.0,) * (data.ndim - 3)
    return Volume(
        data,
        spacing=(*leading, *spacing),
        origin=((0.0,) * (data.ndim - 3)) + origin,
        unit=UNITS.get(image.header.get_xyzt_units()[0], "mm"),
        name=path.name.removesuffix(".gz").removesuffix(".nii"),
        geometry=NiftiGeometry(image.header.copy(), shape, orientation),
    )


def load(path: Path) -> tuple[nibabel.Nifti1Image, np.ndarray]:
    """The file and its voxels in the file's order, scaled as its header says."""
    try:
        image = nibabel.load(path)
        if not isinstance(image, nibabel.Nifti1Image):
            raise VolumeError(f"{path} is {type(image).__name__}, not NIfTI. Convert it to .nii.gz.")
        require_fit(path, image)
        scaled = image.dataobj.slope != 1 or image.dataobj.inter != 0
        stored = image.get_fdata(dtype=np.float32, caching="unchanged") if scaled else image.dataobj.get_unscaled()
    except (ImageFileError, EOFError, OSError, zlib.error, gzip.BadGzipFile, ValueError) as error:
        if isinstance(error, VolumeError | FileNotFoundError):
            raise
        raise VolumeError(
            f"{path} cannot be read as NIfTI ({path.stat().st_size} bytes): {error}. "
            "It is damaged or not copied completely; copy or convert it again."
        ) from error
    if stored.dtype.kind not in "buif":
        raise VolumeError(f"{path} holds {stored.dtype}; expected numbers, one per voxel. Convert it to grey values.")
    if not stored.dtype.isnative:
        stored = stored.astype(stored.dtype.newbyteorder("="))
    return image, stored


def require_fit(path: Path, image: nibabel.Nifti1Image) -> None:
    """Tell before a volume is loaded that it does not fit; one that is neither compressed nor scaled is only mapped."""
    scaled = image.dataobj.slope != 1 or image.dataobj.inter != 0
    if scaled or path.name.lower().endswith(".gz"):
        size = 4 if scaled else image.get_data_dtype().itemsize
        require_memory(
            int(np.prod(image.shape, dtype=np.int64)) * size,
            path.name,
            "Crop it, uncompress it to .nii if its values are not scaled (then it is read slice by slice), or convert "
            "it to OME-Zarr.",
        )


def usable_affine(header: nibabel.Nifti1Header) -> Affine:
    """The affine of a file, or one made of its voxel size where the file's is not invertible."""
    affine: Affine = header.get_best_affine()
    if np.isfinite(affine).all() and abs(np.linalg.det(affine[:3, :3])) > 1e-12:
        return affine
    base: Affine = header.get_base_affine()
    return base


def canonical_grid(
    affine: Affine, orientation: np.ndarray, shape: tuple[int, ...]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Spacing and origin along z, y and x in the canonical directions; obliqueness is left out."""
    turned = affine @ nibabel.orientations.inv_ornt_aff(orientation, shape[:3])
    lps = LPS_TO_RAS @ turned
    spacing = np.linalg.norm(lps[:3, :3], axis=0)
    return tuple(float(v) for v in spacing[::-1]), tuple(float(v) for v in lps[2::-1, 3])


def to_disk(labels: np.ndarray, geometry: NiftiGeometry) -> np.ndarray:
    """Labels (..., z, y, x) in the axes of the file.

    Raises
    ------
    VolumeError
        If the labels do not have the size of the file's grid.
    """
    back = invert_orientation(geometry.orientation)
    turned: np.ndarray = apply_orientation(labels.T, back)
    spatial = geometry.shape[:3] + (1,) * (3 - len(geometry.shape[:3]))
    if turned.shape[:3] != spatial:
        raise VolumeError(
            f"The mask must have the grid of its image, {spatial} voxels on disk; got {turned.shape[:3]}. "
            "Save the labels layer that belongs to this image."
        )
    return turned.reshape(geometry.shape) if turned.size == np.prod(geometry.shape) else turned


def invert_orientation(orientation: np.ndarray) -> np.ndarray:
    """The orientation that undoes one."""
    inverse = np.empty_like(orientation)
    for axis, (target, direction) in enumerate(orientation):
        inverse[int(target)] = axis, direction
    return inverse


def write_nifti(path: Path, voxels: np.ndarray, like: Volume | None) -> None:
    """Write an array (..., z, y, x) on the grid of `like`; an older file stays whole until the new one is complete.

    With a NIfTI geometry the shape, affine, qform, sform and codes are those of the source, bit by bit.
    """
    image = on_source_grid(voxels, like.geometry) if like and like.geometry else on_plain_grid(voxels, like)
    with replace_when_complete(path) as partial:
        nibabel.save(image, partial)


def on_source_grid(voxels: np.ndarray, geometry: NiftiGeometry) -> nibabel.Nifti1Image:
    """An image with the header of the source; scaling and display range are reset."""
    stored = to_disk(voxels, geometry)
    header = geometry.header.copy()
    header.set_data_dtype(stored.dtype)
    header.set_slope_inter(1, 0)
    header["cal_min"] = header["cal_max"] = 0
    image_type = nibabel.Nifti2Image if isinstance(header, nibabel.Nifti2Header) else nibabel.Nifti1Image
    # Without an affine nibabel leaves qform and sform of the header as they are, even where they are useless.
    return image_type(stored, None, header)


def on_plain_grid(voxels: np.ndarray, like: Volume | None) -> nibabel.Nifti1Image:
    """An image whose axes are those of the patient, with the spacing and the origin of `like`."""
    voxels = voxels.reshape((1,) * (3 - voxels.ndim) + voxels.shape)
    factor, unit = DISK_UNITS.get((like.unit if like else None) or "", (1.0, "unknown"))
    spacing = ((1.0,) * 3 + (like.spacing if like else ()))[-3:]
    origin = ((0.0,) * 3 + (like.origin if like else ()))[-3:]
    affine = np.diag([*(factor * np.array(spacing[::-1])), 1.0])
    affine[:3, 3] = factor * np.array(origin[::-1])
    image = nibabel.Nifti1Image(voxels.T, LPS_TO_RAS @ affine)
    image.header.set_xyzt_units(unit)
    return image


def voxel_of_world(position: Sequence[float], geometry: NiftiGeometry) -> tuple[float, ...]:
    """Voxel on disk of a position (x, y, z, ...) in the space of a file, in millimetres; other axes stay."""
    voxel = np.linalg.inv(usable_affine(geometry.header)) @ (*position[:3], 1.0)
    return (*(float(place) for place in voxel[:3]), *position[3:])


def index_of_voxel(voxel: Sequence[float], geometry: NiftiGeometry) -> tuple[float, ...]:
    """Index in the array (..., z, y, x) that `read_nifti` gives of a voxel on disk (i, j, k, ...)."""
    spatial = (*geometry.shape, 1, 1, 1)[: max(3, len(geometry.shape))][:3]
    to_disk_index = nibabel.orientations.inv_ornt_aff(geometry.orientation, spatial)
    place = np.linalg.inv(to_disk_index) @ (*(*voxel, 0, 0, 0)[:3], 1.0)
    return tuple(float(value) for value in reversed((*place[:3], *voxel[3:])))
