"""Open NIfTI volumes in napari, placed in millimetres and ready to be written back on their grid."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from napari_simpleclick.data.volume import Volume

SOURCE = "napari-simpleclick"
"""Key of a layer's metadata under which its `Volume` is kept for writing."""

LayerData = tuple[Any, dict[str, Any], str]


def get_reader(path: str | list[str]) -> "Callable[[Any], list[LayerData]] | None":
    """The reader for NIfTI files; None for anything else."""
    paths = [path] if isinstance(path, str) else path
    return read if all(name.lower().endswith((".nii", ".nii.gz")) for name in paths) else None


def read(path: str | list[str]) -> list[LayerData]:
    """One image layer per file."""
    from napari_simpleclick.data.io import read_volume

    return [image_layer(read_volume(Path(name))) for name in ([path] if isinstance(path, str) else path)]


def image_layer(volume: Volume) -> LayerData:
    """A volume as napari's layer data."""
    from napari_simpleclick.data.intensity import default_limits

    names = ("t", "z", "y", "x")[-len(volume.shape) :] if len(volume.shape) <= 4 else None
    settings = {
        "name": volume.name,
        "scale": volume.spacing,
        "translate": volume.origin or (0.0,) * len(volume.shape),
        "units": units(volume),
        "axis_labels": names,
        "rgb": volume.rgb,
        "metadata": {SOURCE: volume},
        "contrast_limits": None if volume.rgb else default_limits(volume.data) or (0, 255),
    }
    return volume.data, {key: value for key, value in settings.items() if value is not None}, "image"


def units(volume: Volume) -> tuple[str, ...] | None:
    """A unit for every axis; None if it is not known."""
    if volume.unit is None:
        return None
    spatial = min(3, len(volume.shape))
    return ("pixel",) * (len(volume.shape) - spatial) + (volume.unit,) * spatial
