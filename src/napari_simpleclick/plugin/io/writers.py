"""Save layers as NIfTI on the very grid of their source, or as TIFF with the size of their pixels."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from napari_simpleclick.data.volume import Volume


def write_labels(path: str, data: Any, meta: dict[str, Any]) -> list[str]:
    """npe2 writer of a labels layer: the smallest unsigned integers that hold the labels.

    Raises
    ------
    VolumeError
        If the layer does not fit the grid of the file that it was made for.
    OSError
        If the file cannot be written; an older one stays whole.
    """
    import numpy as np

    from napari_simpleclick.data.io import write_mask

    labels = np.asarray(finest(data))
    write_mask(Path(path), labels, like=described(labels, meta))
    return [path]


def write_image(path: str, data: Any, meta: dict[str, Any]) -> list[str]:
    """npe2 writer of a grey image layer.

    Raises
    ------
    VolumeError
        If the layer has colours, or does not fit the grid of its file.
    OSError
        If the file cannot be written; an older one stays whole.
    """
    import numpy as np

    from napari_simpleclick.data.errors import VolumeError
    from napari_simpleclick.data.io import write_volume

    if meta.get("rgb"):
        raise VolumeError("NIfTI holds grey images; this layer has colors. Split its channels, or save it as TIFF.")
    voxels = np.asarray(finest(data))
    write_volume(Path(path), voxels, like=described(voxels, meta))
    return [path]


def finest(data: Any) -> Any:
    """The array of a layer; the finest level of a multiscale one."""
    return data[0] if isinstance(data, list | tuple) or type(data).__name__ == "MultiScaleData" else data


def described(data: Any, meta: dict[str, Any]) -> "Volume":
    """A volume with the placement that a layer's properties tell, and the grid of the file that it came from."""
    from napari_simpleclick.data.volume import Volume
    from napari_simpleclick.plugin.io.readers import SOURCE

    source = meta.get("metadata", {}).get(SOURCE)
    return Volume(
        data,
        spacing=tuple(float(step) for step in meta.get("scale", (1.0,) * data.ndim)),
        origin=tuple(float(place) for place in meta.get("translate", (0.0,) * data.ndim)),
        unit=unit(meta),
        geometry=source.geometry if source else None,
        axes=axes(meta),
    )


def unit(meta: dict[str, Any]) -> str | None:
    """Short name of the unit of the columns, None for pixels."""
    units = meta.get("units") or ["pixel"]
    name = units[-1] if isinstance(units[-1], str) else f"{units[-1]:~}"
    return {"pixel": None, "px": None, "µm": "um", "micrometer": "um", "millimeter": "mm"}.get(name, name)


def axes(meta: dict[str, Any]) -> str:
    """Names of the axes as TIFF files write them; empty if they have other names."""
    letters = [str(label).upper() for label in meta.get("axis_labels") or ()]
    known = set(letters) <= set("TZCYX") and len(set(letters)) == len(letters)
    return "".join(letters) if known else ""
