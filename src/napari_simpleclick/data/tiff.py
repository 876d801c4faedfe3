"""TIFF stacks: plain, ImageJ and OME, with their axes and the size of their pixels."""

from pathlib import Path
from typing import Any

import numpy as np
import tifffile

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.memory import require_memory
from napari_simpleclick.data.volume import Volume
from napari_simpleclick.files import replace_when_complete

UNITS = {"micron": "um", "\u00b5m": "um", "\\u00B5m": "um", "um": "um", "mm": "mm", "nm": "nm", "millimeter": "mm"}
"""Names of units in ImageJ and OME files, and ours."""

KNOWN_AXES = "TZCYX"
"""The order in which ImageJ stores axes; other orders are written as OME."""

PLAIN_AXES = {2: "YX", 3: "ZYX", 4: "TZYX", 5: "TZCYX"}
"""Axes of arrays that do not tell theirs."""

IMAGEJ_TYPES = ("uint8", "uint16", "float32")

MOST_IMAGEJ_BYTES = 2**32 - 2**24
"""ImageJ files are plain TIFF, whose offsets have 32 bits."""

PixelSize = tuple[dict[str, float], str | None]
"""Distance of pixels for each axis letter, and its unit."""


def read_tiff(path: Path) -> Volume:
    """Read the first series of a TIFF; uncompressed stacks are mapped, not loaded.

    Raises
    ------
    VolumeError
        If the file is damaged, truncated or no TIFF.
    """
    try:
        with tifffile.TiffFile(path) as file:
            axes = file.series[0].axes
            size, unit = pixel_size(file)
            data = pixels(file, path)
    except (tifffile.TiffFileError, ValueError, OSError, IndexError, RuntimeError) as error:
        if isinstance(error, FileNotFoundError | VolumeError):
            raise
        raise VolumeError(
            f"{path} cannot be read as TIFF ({path.stat().st_size} bytes): {error}. "
            "It is damaged or not copied completely; copy or export it again."
        ) from error
    if rgb := "S" in axes and data.shape[axes.index("S")] in (3, 4):
        data = np.moveaxis(data, axes.index("S"), -1)
        axes = axes.replace("S", "")
    if not set(axes) <= set(KNOWN_AXES):
        axes = PLAIN_AXES.get(len(axes), axes)
    spacing = tuple(size.get(axis, 1.0) for axis in axes)
    return Volume(data, spacing, unit, rgb=rgb, name=path.name.split(".")[0], axes=axes)


def pixels(file: tifffile.TiffFile, path: Path) -> np.ndarray:
    """The first series; a memory map if its pixels lie in the file as they are."""
    series = file.series[0]
    if series.dataoffset is None or not np.dtype(f"{file.byteorder}u2").isnative:
        require_memory(
            series.nbytes, path.name, "Save it without compression, which is read slice by slice, or crop it."
        )
        return np.asarray(series.asarray())
    mapped: np.ndarray = tifffile.memmap(path, series=0, mode="r")
    return mapped.reshape(series.shape)


def pixel_size(file: tifffile.TiffFile) -> PixelSize:
    """Size of a voxel as OME, ImageJ or the resolution per centimeter tell; empty where nothing does."""
    if file.ome_metadata:
        return ome_pixel_size(file.ome_metadata)
    tags = file.pages.first.tags
    if file.imagej_metadata:
        told = file.imagej_metadata
        size = {"Z": float(told.get("spacing", 1.0)), "Y": pitch(tags, "YResolution"), "X": pitch(tags, "XResolution")}
        return size, UNITS.get(str(told.get("unit", "")))
    # Resolutions per inch are mostly 72 or 96, filled in by programs that do not know the size.
    if "ResolutionUnit" in tags and tags["ResolutionUnit"].value == tifffile.RESUNIT.CENTIMETER:
        return {"Y": 1e4 * pitch(tags, "YResolution"), "X": 1e4 * pitch(tags, "XResolution")}, "um"
    return {}, None


def ome_pixel_size(metadata: str) -> PixelSize:
    """Size of a voxel in OME's metadata."""
    image: Any = tifffile.xml2dict(metadata)["OME"]["Image"]
    told = (image[0] if isinstance(image, list) else image)["Pixels"]
    size = {axis: float(told[f"PhysicalSize{axis}"]) for axis in "ZYX" if f"PhysicalSize{axis}" in told}
    return size, UNITS.get(str(told.get("PhysicalSizeXUnit", "um"))) if size else None


def pitch(tags: Any, name: str) -> float:
    """Size of a pixel from a resolution tag, which holds pixels per unit as a fraction."""
    count, per = tags[name].value if name in tags else (1, 1)
    return float(per / count) if count else 1.0


def write_tiff(path: Path, voxels: np.ndarray, like: Volume | None) -> None:
    """Write an array with the axes and the size of the pixels of `like`.

    In ImageJ's form where it can hold the type, the axes and the size, else as OME.
    """
    axes = like.axes if like and len(like.axes) == voxels.ndim else PLAIN_AXES[voxels.ndim]
    spacing = like.spacing if like else (1.0,) * voxels.ndim
    size, unit = dict(zip(axes, spacing, strict=True)), like.unit if like else None
    ordered = axes == "".join(axis for axis in KNOWN_AXES if axis in axes)
    small = voxels.nbytes < MOST_IMAGEJ_BYTES and voxels.dtype.name in IMAGEJ_TYPES
    form = imagej_form(axes, size, unit) if ordered and small else ome_form(axes, size, unit)
    with replace_when_complete(path) as partial:
        tifffile.imwrite(partial, voxels, photometric="minisblack", compression="zlib", **form)


def imagej_form(axes: str, size: dict[str, float], unit: str | None) -> dict[str, Any]:
    """What tells ImageJ the axes and the size of the pixels."""
    metadata = {"axes": axes, "spacing": size.get("Z", 1.0), "unit": unit or "pixel"}
    return {"imagej": True, "resolution": (1 / size["X"], 1 / size["Y"]), "metadata": metadata}


def ome_form(axes: str, size: dict[str, float], unit: str | None) -> dict[str, Any]:
    """What tells OME readers the axes and the size of the pixels."""
    told: dict[str, Any] = {"axes": axes}
    for axis in size.keys() & set("ZYX"):
        told |= {f"PhysicalSize{axis}": size[axis]} | ({f"PhysicalSize{axis}Unit": unit} if unit else {})
    return {"ome": True, "metadata": told}
