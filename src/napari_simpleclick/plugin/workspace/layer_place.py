"""Where layers lie in the window: as volumes with a size and a place, and whether two of them lie on one grid."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_simpleclick.data.units import in_one_unit
from napari_simpleclick.data.volume import Volume

if TYPE_CHECKING:
    from napari.layers import Image, Labels
    from napari.utils.transforms import Affine

SOURCE = "napari-simpleclick"
"""Key of a layer's metadata under which its `Volume` is kept for writing."""


def require_one_place(image: "Image", other: "Image | Labels") -> None:
    """Compare shapes and, as far as layers or their files tell them, place, direction and size of the pixels.

    Raises
    ------
    VolumeError
        If they lie on different grids; tells both affines.
    """
    from napari_simpleclick.data.alignment import require_one_grid

    cure = "Give the layer the scale and translate of the image, or resample it onto the grid of the image."
    require_one_grid(layer_volume(image), layer_volume(other), cure=cure)


def layer_volume(layer: "Image | Labels") -> Volume:
    """Shape, size and place of a layer, without its pixels.

    A layer at the origin whose file does not tell its place has none: napari puts everything there that has no other.
    """
    from napari_simpleclick.data.alignment import knows_place

    data = layer.data[0] if layer.multiscale else layer.data
    shape = data.shape[:-1] if getattr(layer, "rgb", False) else data.shape
    names = ("scale", "translate", "rotate", "shear", "units", "axis_labels", "metadata")
    meta = {name: getattr(layer, name) for name in names} | {"affine": layer.affine.affine_matrix}
    volume = replace(placed(np.broadcast_to(np.uint8(0), shape), meta), name=repr(layer.name))
    source = meta["metadata"].get(SOURCE)
    told = source is not None and knows_place(source)
    return volume if told or any(volume.origin) else replace(volume, origin=())


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
