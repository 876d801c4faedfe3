"""Layers as volumes: where they lie in the window, in one unit, and on the grid of their file while they stay there."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_simpleclick.data.units import in_one_unit
from napari_simpleclick.data.volume import Volume
from napari_simpleclick.plugin.io.readers import SOURCE, placement

if TYPE_CHECKING:
    from napari.utils.transforms import Affine

STILL = 0.01
"""A layer that moved by less than this part of a voxel stays on the grid of its file."""


def described(data: Any, meta: dict[str, Any]) -> Volume:
    """A volume placed as a layer's properties say, on the grid of the file that it came from if it did not move.

    Parameters
    ----------
    data
        The array of the layer.
    meta
        The layer's properties, as napari hands them to writers.
    """
    volume = placed(data, meta)
    source = meta.get("metadata", {}).get(SOURCE)
    if source is None or source.geometry is None:
        return volume
    if source.shape == volume.shape and is_at(volume, placed(data, placement(source))):
        return replace(volume, geometry=source.geometry)
    notice = f"The layer no longer has the place or shape of {source.name}: it is saved where it lies in the window."
    return replace(volume, notices=(*volume.notices, notice))


def placed(data: Any, meta: dict[str, Any]) -> Volume:
    """A volume with the axes, the size and the place that a layer's properties tell."""
    ndim = data.ndim
    letters = axes(meta, ndim)
    bare = Volume(data, (1.0,) * ndim, axes=letters)
    spatial = bare.spatial
    names = "ZYX"[-len(spatial) :]
    told = unit_names(meta, ndim)
    size = in_one_unit({name: (1.0, told[axis]) for name, axis in zip(names, spatial, strict=True)})
    factors = np.ones(ndim)
    factors[list(spatial)] = [size.size[name] for name in names]
    matrix = to_window(meta, ndim).affine_matrix.copy()
    matrix[:ndim] *= factors[:, np.newaxis]
    affine, first = np.eye(4), 3 - len(spatial)
    affine[first:3, first:3] = matrix[np.ix_(spatial, spatial)]
    affine[first:3, 3] = matrix[list(spatial), ndim]
    steps = np.linalg.norm(matrix[:ndim, :ndim], axis=0)
    plain = np.allclose(matrix[:ndim, :ndim], np.diag(steps), rtol=0, atol=1e-9 * max(steps.max(), 1e-300))
    return Volume(
        data,
        spacing=tuple(float(step) for step in steps),
        origin=tuple(float(place) for place in matrix[:ndim, ndim]),
        unit=size.unit,
        axes=letters,
        affine=None if plain else affine,
        notices=size.notices,
    )


def is_at(volume: Volume, other: Volume) -> bool:
    """Whether two volumes of one shape lie at one place, in one unit."""
    if volume.unit != other.unit:
        return False
    sizes = np.ones(3)
    sizes[3 - len(volume.spatial) :] = [volume.shape[axis] for axis in volume.spatial]
    corners = np.array([(*corner, 1) for corner in np.ndindex(2, 2, 2)]).T * [*[[size] for size in sizes], [1]]
    apart = np.linalg.solve(volume.to_world, other.to_world @ corners) - corners
    return bool(np.abs(apart).max() < STILL)


def to_window(meta: dict[str, Any], ndim: int) -> "Affine":
    """From indices of the array to positions in the window, each in the unit of its axis."""
    from napari.utils.transforms import Affine, CompositeAffine

    own = CompositeAffine(
        meta.get("scale", (1.0,) * ndim),
        meta.get("translate", (0.0,) * ndim),
        rotate=meta.get("rotate"),
        shear=meta.get("shear"),
        ndim=ndim,
    )
    outer = meta.get("affine")
    if outer is None:
        return Affine(affine_matrix=own.affine_matrix, ndim=ndim)
    return Affine(affine_matrix=np.asarray(outer) @ own.affine_matrix, ndim=ndim)


def unit_names(meta: dict[str, Any], ndim: int) -> tuple[str, ...]:
    """The name of every axis' unit."""
    told = meta.get("units") or ("pixel",) * ndim
    told = (told,) * ndim if isinstance(told, str) or not hasattr(told, "__len__") else told
    return tuple(unit if isinstance(unit, str) else f"{unit:~}" for unit in told)


def axes(meta: dict[str, Any], ndim: int) -> str:
    """Names of the axes as files write them; empty if they have other names."""
    letters = [str(label).upper() for label in meta.get("axis_labels") or ()]
    known = set(letters) <= set("VWTZCYX") and len(set(letters)) == len(letters) == ndim
    return "".join(letters) if known else ""
