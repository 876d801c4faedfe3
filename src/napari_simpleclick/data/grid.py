"""Grids of NIfTI files: where their voxels lie, and how their axes turn into those of the array."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_simpleclick.arrays import Affine
from napari_simpleclick.data.errors import VolumeError

if TYPE_CHECKING:
    import nibabel

CANONICAL = "LPS"
"""Directions in which x, y and z grow: rows of an axial plane then run from front to back, as radiologists look."""

LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])

FLATTEST = 1e-6
"""Voxels whose volume is a smaller part of that of a box with the same sides are flat: their affine is useless."""


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
    keep_text
        Whether masks carry the texts of the header, too: description, names of files, extensions.
    """

    header: "nibabel.Nifti1Header"
    shape: tuple[int, ...]
    orientation: np.ndarray
    keep_text: bool = False

    @property
    def spatial(self) -> tuple[int, ...]:
        """Size along the three spatial axes on disk, 1 where the file has fewer."""
        return (*self.shape[:3], 1, 1, 1)[:3]

    @property
    def affine(self) -> Affine:
        """Voxel on disk (i, j, k) to position (x, y, z) in RAS directions, in the unit of the file."""
        return usable_affine(self.header)

    @property
    def to_world(self) -> Affine:
        """Index (x, y, z) in canonical order to position (x, y, z) in LPS directions; obliqueness is kept."""
        turned: Affine = LPS_TO_RAS @ self.affine @ self.to_voxel
        return turned

    @property
    def to_voxel(self) -> Affine:
        """Index (x, y, z) in canonical order to voxel on disk."""
        from nibabel.orientations import inv_ornt_aff

        matrix: Affine = inv_ornt_aff(self.orientation, self.spatial)
        return matrix


def orientation_of(affine: Affine) -> np.ndarray:
    """Axis and direction that take axes on disk to the closest of L, P and S: (3, 2)."""
    from nibabel.orientations import axcodes2ornt, io_orientation, ornt_transform

    found = io_orientation(affine)
    for axis in np.flatnonzero(np.isnan(found[:, 0])):  # of an affine so sheared that nibabel sees fewer than three
        found[axis] = min(set(range(3)) - set(found[:, 0])), 1
    turned: np.ndarray = ornt_transform(found, axcodes2ornt(CANONICAL))
    return turned


def usable_affine(header: "nibabel.Nifti1Header") -> Affine:
    """The sform, the qform where that is no grid, or one made of the voxel size where neither is.

    A form counts if its code says so, and if it spans a space: a file may set the code and leave the numbers zero.
    """
    for code, form in (("sform_code", header.get_sform), ("qform_code", header.get_qform)):
        if header[code] > 0:
            try:
                affine: Affine = form()
            except ValueError:  # a quaternion longer than 1, or none
                continue
            if spans_space(affine):
                return affine
    return plain_affine(header)


def spans_space(affine: Affine) -> bool:
    """Whether an affine can be inverted, at any size of the voxels.

    Examples
    --------
    >>> spans_space(np.diag([1e-9, 1e-9, 1e-9, 1])), spans_space(np.zeros((4, 4)))
    (True, False)
    """
    sides = np.linalg.norm(affine[:3, :3], axis=0)
    if not np.isfinite(affine).all() or not is_side(sides).all():
        return False
    return bool(abs(np.linalg.det(affine[:3, :3] / sides)) > FLATTEST)


def is_side(length: np.ndarray) -> np.ndarray:
    """Whether numbers can be sides of voxels: squares of others are 0 or infinite, and no axis is found then."""
    found: np.ndarray = (length > 1e-100) & (length < 1e100)
    return found


def plain_affine(header: "nibabel.Nifti1Header") -> Affine:
    """As nibabel places files without a form: x runs to the left, the origin is in the middle."""
    shape = np.array((*header.get_data_shape(), 1, 1, 1)[:3])
    told = np.array((*header.get_zooms(), 1, 1, 1)[:3], float)
    sides = np.where(is_side(told), told, 1) * (-1, 1, 1)
    affine = np.diag([*sides, 1.0])
    affine[:3, 3] = -sides * (shape - 1) / 2
    return affine


def spacing_and_origin(to_world: Affine) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Spacing and origin along z, y and x of an affine in order (x, y, z); obliqueness is left out."""
    spacing = np.linalg.norm(to_world[:3, :3], axis=0)
    return tuple(float(v) for v in spacing[::-1]), tuple(float(v) for v in to_world[2::-1, 3])


def invert_orientation(orientation: np.ndarray) -> np.ndarray:
    """The orientation that undoes one."""
    inverse = np.empty_like(orientation)
    for axis, (target, direction) in enumerate(orientation):
        inverse[int(target)] = axis, direction
    return inverse


def to_disk(labels: np.ndarray, geometry: NiftiGeometry) -> np.ndarray:
    """Labels (..., z, y, x) in the axes of the file; a single volume of a time series is a volume.

    Raises
    ------
    VolumeError
        If the labels do not have the size of the file's grid.
    """
    from nibabel.orientations import apply_orientation

    turned: np.ndarray = apply_orientation(labels.T, invert_orientation(geometry.orientation))
    if turned.shape[:3] != geometry.spatial:
        raise VolumeError(
            f"The mask must have the grid of its image, {geometry.spatial} voxels on disk; got {turned.shape[:3]}. "
            "Save the labels layer that belongs to this image."
        )
    longer, disk = ([size for size in shape[3:] if size > 1] for shape in (turned.shape, geometry.shape))
    return turned.reshape(geometry.shape) if longer == disk else turned


def voxel_of_world(position: Sequence[float], geometry: NiftiGeometry) -> tuple[float, ...]:
    """Voxel on disk of a position (x, y, z, ...) in the space of a file, in its unit; other axes stay."""
    voxel = np.linalg.inv(geometry.affine) @ (*position[:3], 1.0)
    return (*(float(place) for place in voxel[:3]), *position[3:])


def index_of_voxel(voxel: Sequence[float], geometry: NiftiGeometry) -> tuple[float, ...]:
    """Index in the array (..., z, y, x) of a voxel on disk (i, j, k, ...); axes of one voxel are no axes there."""
    place = np.linalg.inv(geometry.to_voxel) @ (*(*voxel, 0, 0, 0)[:3], 1.0)
    sizes = (*geometry.shape, *(0,) * len(voxel))
    others = [at for at, size in zip(voxel[3:], sizes[3:], strict=False) if size != 1 or at != 0]
    return tuple(float(value) for value in reversed((*place[:3], *others)))
