"""Open TIFF stacks in napari with their axes and the size of their pixels; files opened as a stack are one volume."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from napari_simpleclick.plugin.io.notices import tell
from napari_simpleclick.plugin.io.readers import LayerData, image_layer, is_labels, labels_layer, named_as_labels


def get_tiff_reader(path: str | list[str]) -> "Callable[[Any], list[LayerData]] | None":
    """The reader for TIFF files; None for anything else."""
    paths = [path] if isinstance(path, str) else path
    return read_stack if all(str(name).lower().endswith((".tif", ".tiff")) for name in paths) else None


def read_stack(path: str | list[str]) -> list[LayerData]:
    """One layer: labels if name and numbers say so, else an image; several files are the slices of a volume.

    Raises
    ------
    VolumeError
        If a file is damaged or no TIFF, or files to be stacked differ in size.
    """
    import numpy as np

    from napari_simpleclick.data.errors import VolumeError
    from napari_simpleclick.data.tiff.read import bare_name, read_tiff
    from napari_simpleclick.data.volume import Volume

    paths = [Path(name) for name in ([path] if isinstance(path, str) else path)]
    volumes = [read_tiff(each, labels=named_as_labels(bare_name(each))) for each in paths]
    tell(volumes)
    volume = volumes[0]
    if len(volumes) > 1:
        shapes = {each.data.shape for each in volumes}
        if len(shapes) > 1:
            raise VolumeError(f"Files of a stack must have one size, got {sorted(shapes)}. Open them one by one.")
        stack = np.stack([each.data for each in volumes])
        axes = "Z" + volume.axes if volume.axes == "YX" else ""
        volume = Volume(stack, (1.0, *volume.spacing), volume.unit, rgb=volume.rgb, name=volume.name, axes=axes)
    return [labels_layer(volume) if is_labels(volume) else image_layer(volume)]
