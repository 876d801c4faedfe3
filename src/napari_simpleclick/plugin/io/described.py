"""Layers as volumes: where they lie in the window, in one unit, and on the grid of their file while they stay there."""

from dataclasses import replace
from typing import Any

import numpy as np

from napari_simpleclick.data.volume import Volume
from napari_simpleclick.plugin.io.readers import placement
from napari_simpleclick.plugin.workspace.layer_place import SOURCE, placed

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


def is_at(volume: Volume, other: Volume) -> bool:
    """Whether two volumes of one shape lie at one place, in one unit."""
    if volume.unit != other.unit:
        return False
    sizes = np.ones(3)
    sizes[3 - len(volume.spatial) :] = [volume.shape[axis] for axis in volume.spatial]
    corners = np.array([(*corner, 1) for corner in np.ndindex(2, 2, 2)]).T * [*[[size] for size in sizes], [1]]
    apart = np.linalg.solve(volume.to_world, other.to_world @ corners) - corners
    return bool(np.abs(apart).max() < STILL)
