"""TIFF stacks as layers with their axes and the size of their pixels; files opened as a stack are one volume.

napari opens TIFF itself. A reader of ours in the manifest would make it ask which one to use, at every file: so this is
behind a menu entry, and masks that are saved take the size of the pixels from the image's file.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari_simpleclick.plugin.io.notices import tell
from napari_simpleclick.plugin.io.readers import LayerData, labels_or_image, named_as_labels, placement
from napari_simpleclick.plugin.workspace.image_file import FILE

if TYPE_CHECKING:
    import napari
    from napari.layers import Layer


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
    from napari_simpleclick.data.file_names import bare_name
    from napari_simpleclick.data.tiff.read import read_tiff
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
    data, settings, kind = labels_or_image(volume)
    if len(paths) == 1:
        settings["metadata"][FILE] = str(paths[0])
    return [(data, settings, kind)]


def open_tiff(viewer: "napari.components.ViewerModel", names: list[str]) -> "list[Layer]":
    """Open a TIFF, or several as one volume, as a layer.

    Raises
    ------
    VolumeError
        If a file is damaged or no TIFF, or files to be stacked differ in size.
    """
    from napari.layers import Layer

    return [viewer.add_layer(Layer.create(*data)) for data in read_stack(names)]


def told_by_file(meta: dict[str, Any], file: str | None, shape: tuple[int, ...]) -> dict[str, Any]:
    """Properties of a layer, with the size of pixels that its TIFF file tells where the layer has none.

    Parameters
    ----------
    meta
        Properties as napari hands them to writers.
    file
        Where the image came from; None if from no file.
    shape
        Of the layer.
    """
    from napari_simpleclick.data.errors import VolumeError
    from napari_simpleclick.data.tiff.read import read_tiff
    from napari_simpleclick.plugin.workspace.layer_place import unit_names

    bare = all(step == 1 for step in meta.get("scale", ())) and set(unit_names(meta, len(shape))) <= {"pixel"}
    if not bare or file is None or not file.lower().endswith((".tif", ".tiff")):
        return meta
    try:
        volume = read_tiff(Path(file))
    except (VolumeError, OSError):  # napari read it: the masks are saved without a size
        return meta
    if volume.shape[: len(shape)] != shape or len(volume.spacing) < len(shape):
        return meta
    told = placement(volume)
    return {**meta, **{name: tuple(told[name])[: len(shape)] for name in ("scale", "units", "axis_labels")}}
