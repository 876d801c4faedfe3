"""OME-Zarr: the finest level of a multiscale image, read chunk by chunk when it is looked at."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.volume import Volume

UNITS = {"nanometer": "nm", "micrometer": "um", "millimeter": "mm", "meter": "m"}
"""Names of units in OME-Zarr, and ours."""


def read_ome_zarr(path: Path) -> Volume:
    """Open an OME-Zarr image of version 0.4 or 0.5, or a plain Zarr array; nothing is loaded.

    Raises
    ------
    ImportError
        If zarr is not installed.
    VolumeError
        If the folder is no Zarr, or a group without a multiscale image.
    """
    try:
        import zarr
    except ImportError as error:
        raise ImportError('Zarr needs an extra: pip install "napari-simpleclick[zarr]".') from error
    try:
        node = zarr.open(path, mode="r")
    except (OSError, ValueError, KeyError) as error:
        raise VolumeError(f"{path} cannot be read as Zarr: {error}. Was it copied completely?") from error
    name = path.name.split(".")[0]
    if isinstance(node, zarr.Array):
        return Volume(node, (1.0,) * node.ndim, name=name)
    told: Mapping[str, Any] = node.attrs.get("ome", node.attrs)
    if "multiscales" not in told:
        held = ", ".join(sorted(node.keys())) or "nothing"
        raise VolumeError(f"{path}: expected an OME-Zarr image, got a group of {held}. Choose the image inside it.")
    return finest_level(node, told["multiscales"][0], name)


def finest_level(group: Any, multiscale: Mapping[str, Any], name: str) -> Volume:
    """The first level of a multiscale image with its axes, units and scale."""
    level = multiscale["datasets"][0]
    data = group[level["path"]]
    axes = [axis if isinstance(axis, Mapping) else {"name": axis} for axis in multiscale.get("axes", ())]
    units = [UNITS.get(axis.get("unit", "")) for axis in axes if axis["name"] == "x"]
    return Volume(
        data,
        spacing=transform(level, multiscale, "scale", data.ndim, 1.0),
        origin=transform(level, multiscale, "translation", data.ndim, 0.0),
        unit=units[0] if units else None,
        name=name,
        axes="".join(str(axis["name"]) for axis in axes).upper(),
    )


def levels(path: Path) -> list[Any]:
    """The arrays of all levels of an OME-Zarr image, the finest first; the only one of a plain Zarr array."""
    import zarr

    node = zarr.open(path, mode="r")
    if isinstance(node, zarr.Array):
        return [node]
    multiscale = node.attrs.get("ome", node.attrs)["multiscales"][0]
    return [node[level["path"]] for level in multiscale["datasets"]]


def transform(
    level: Mapping[str, Any], multiscale: Mapping[str, Any], kind: str, ndim: int, default: float
) -> tuple[float, ...]:
    """The scale or translation of a level; those of the whole image apply after those of the level."""
    values = [default] * ndim
    for holder in (level, multiscale):
        steps: Sequence[Mapping[str, Any]] = holder.get("coordinateTransformations", ())
        for step in steps:
            for axis, value in enumerate(step.get(kind, ()) if step.get("type") == kind else ()):
                values[axis] = values[axis] * value if kind == "scale" else values[axis] + value
    return tuple(float(value) for value in values)
