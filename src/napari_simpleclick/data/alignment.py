"""Whether volumes lie on one grid, and bringing one onto the grid of another on request."""

from dataclasses import replace

import numpy as np

from napari_simpleclick.arrays import Affine
from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.volume import Volume

CLOSEST = 0.5
"""Volumes whose corners lie closer than this, in voxels, lie on one grid."""

METRES = {"nm": 1e-9, "um": 1e-6, "mm": 1e-3, "m": 1.0}


def require_one_grid(image: Volume, other: Volume, *, cure: str) -> None:
    """Compare shapes, and where both files tell it, place, direction and size of the voxels.

    Parameters
    ----------
    image, other
        The volumes; the second one is used with the first.
    cure
        End of the message.

    Raises
    ------
    VolumeError
        If they lie on different grids; tells both.
    """
    if other.shape != image.shape:
        raise VolumeError(
            f"{image.name} and {other.name} must have one grid, got shapes {image.shape} and {other.shape} "
            f"(axes {image_axes(image)} and {image_axes(other)}). {cure}"
        )
    apart = distance(image, other)
    if apart > CLOSEST:
        raise VolumeError(
            f"{image.name} and {other.name} must lie at one place; they are {apart:.3g} voxels apart. "
            f"Affines (voxel z, y, x to {image.unit or 'pixel'}): {told(image.to_world)} and {told(other.to_world)}. "
            f"{cure}"
        )


def image_axes(volume: Volume) -> str:
    """The letters of the axes."""
    return "".join(volume.axis_labels).upper()


def told(affine: Affine) -> str:
    """An affine for a message, without its last row."""
    return str([[float(f"{value:.5g}") for value in row] for row in affine[:3]])


def distance(image: Volume, other: Volume) -> float:
    """The longest way, in voxels of the image, from a corner of the image to the same corner of the other.

    What a file does not tell is taken as equal: the place of a TIFF file, or the size of pixels without a unit.
    """
    first, second = image.to_world, other.to_world.copy()
    if METRES.get(image.unit or "") and METRES.get(other.unit or ""):
        second[:3] *= METRES[other.unit or ""] / METRES[image.unit or ""]
    elif image.unit != other.unit or not knows_size(image) or not knows_size(other):
        return 0.0
    if not knows_place(image) or not knows_place(other):
        sides = (np.linalg.norm(matrix[:3, :3], axis=0) for matrix in (first, second))
        first, second = (np.diag([*side, 1.0]) for side in sides)
    sizes = ([1, 1, 1] + [image.shape[axis] for axis in image.spatial])[-3:]
    corners = np.array([(*corner, 1) for corner in np.ndindex(2, 2, 2)]) * ([*(np.array(sizes) - 1), 1])
    apart = np.linalg.solve(first, second @ corners.T) - corners.T
    return float(np.abs(apart).max())


def knows_size(volume: Volume) -> bool:
    """Whether the file tells how large a pixel is."""
    return volume.geometry is not None or volume.unit is not None or any(step != 1 for step in volume.spacing)


def knows_place(volume: Volume) -> bool:
    """Whether the file tells where its first pixel lies."""
    return volume.geometry is not None or volume.affine is not None or bool(volume.origin)


def resampled(volume: Volume, onto: Volume, *, labels: bool) -> Volume:
    """The volume on the grid of another: labels by the nearest voxel, grey values linearly; 0 outside.

    Parameters
    ----------
    volume
        What is brought there.
    onto
        The volume with the grid.
    labels
        Whether values are numbers of objects.

    Raises
    ------
    VolumeError
        If a file does not tell where it lies, or times or channels differ.
    """
    from scipy.ndimage import affine_transform

    lacking = [each.name for each in (volume, onto) if not knows_place(each)]
    leads = [tuple(size for axis, size in enumerate(each.shape) if axis not in each.spatial) for each in (volume, onto)]
    if lacking or leads[0] != leads[1] or len(volume.spatial) != len(onto.spatial) or volume.rgb:
        raise VolumeError(
            f"{volume.name} of shape {volume.shape} cannot be resampled to {onto.name} of shape {onto.shape}"
            + (f": {' and '.join(lacking)} does not tell where it lies." if lacking else ".")
            + " Resample it with the program that made it."
        )
    scale = METRES.get(onto.unit or "", 1.0) / METRES.get(volume.unit or "", METRES.get(onto.unit or "", 1.0))
    source = volume.to_world.copy()
    source[:3] /= scale
    matrix = np.linalg.solve(source, onto.to_world)
    first = 3 - len(onto.spatial)
    sizes = tuple(onto.shape[axis] for axis in onto.spatial)
    data = np.moveaxis(np.asarray(volume.data), volume.spatial, range(-len(volume.spatial), 0))
    found = np.empty((*leads[0], *sizes), data.dtype)
    for place in np.ndindex(leads[0]):
        part = data[place] if labels else data[place].astype(np.float32)
        part = affine_transform(part, matrix[first:3, first:3], matrix[first:3, 3], sizes, order=0 if labels else 1)
        found[place] = part
    moved = np.moveaxis(found, range(-len(onto.spatial), 0), onto.spatial)
    return replace(onto, data=moved, name=volume.name, labels=labels)
