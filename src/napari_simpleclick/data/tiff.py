"""TIFF stacks: plain, ImageJ and OME, with the size of their pixels."""

from pathlib import Path
from typing import Any

import numpy as np
import tifffile

from napari_simpleclick.data.files import replace_when_complete
from napari_simpleclick.data.volume import Volume, VolumeError

UNITS = {"micron": "um", "\u00b5m": "um", "\\u00B5m": "um", "um": "um", "mm": "mm", "nm": "nm", "millimeter": "mm"}
"""Names of units in ImageJ and OME files, and ours."""


def read_tiff(path: Path) -> Volume:
    """Read the first series of a TIFF; uncompressed stacks are mapped, not loaded.

    Raises
    ------
    VolumeError
        If the file is damaged, truncated or no TIFF.
    """
    try:
        with tifffile.TiffFile(path) as file:
            series = file.series[0]
            axes = series.axes
            spacing, unit = pixel_size(file)
            mapped = series.dataoffset is not None and series.keyframe.dtype is not None
            data = tifffile.memmap(path, mode="r") if mapped and file.byteorder == "<" else series.asarray()
    except (tifffile.TiffFileError, ValueError, OSError, IndexError, RuntimeError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise VolumeError(
            f"{path} cannot be read as TIFF ({path.stat().st_size} bytes): {error}. "
            "It is damaged or not copied completely; copy or export it again."
        ) from error
    rgb = axes.endswith("S") and data.shape[-1] in (3, 4)
    ndim = data.ndim - rgb
    return Volume(data, ((1.0,) * 3 + spacing)[-ndim:], unit, rgb=rgb, name=path.stem)


def pixel_size(file: tifffile.TiffFile) -> tuple[tuple[float, float, float], str | None]:
    """Size of a voxel along z, y and x and its unit, from ImageJ's or OME's metadata; ones where it is not told."""
    if file.ome_metadata:
        pixels: Any = tifffile.xml2dict(file.ome_metadata)["OME"]["Image"]
        pixels = (pixels[0] if isinstance(pixels, list) else pixels)["Pixels"]
        size = (
            float(pixels.get("PhysicalSizeZ", 1)),
            float(pixels.get("PhysicalSizeY", 1)),
            float(pixels.get("PhysicalSizeX", 1)),
        )
        return size, UNITS.get(str(pixels.get("PhysicalSizeXUnit", "um"))) if "PhysicalSizeX" in pixels else None
    if not file.imagej_metadata:
        return (1.0, 1.0, 1.0), None
    tags = file.pages.first.tags
    y, x = (resolution(tags, name) for name in ("YResolution", "XResolution"))
    unit = str(file.imagej_metadata.get("unit", ""))
    return (float(file.imagej_metadata.get("spacing", 1.0)), y, x), UNITS.get(unit)


def resolution(tags: Any, name: str) -> float:
    """Size of a pixel from a resolution tag, which holds pixels per unit as a fraction."""
    if name not in tags:
        return 1.0
    count, per = tags[name].value
    return per / count if count else 1.0


def write_tiff(path: Path, labels: np.ndarray, like: Volume | None) -> None:
    """Write labels with the size of the pixels of `like`: in ImageJ's form, or OME for types ImageJ does not know."""
    spacing = ((1.0,) * 3 + (like.spacing if like else ()))[-3:]
    unit = (like.unit if like else None) or "pixel"
    axes = "TZCYX"[-labels.ndim :] if labels.ndim > 3 else "ZYX"[-labels.ndim :]
    with replace_when_complete(path) as partial:
        if labels.dtype.itemsize <= 2:
            metadata = {"axes": axes, "spacing": spacing[0], "unit": unit}
            tifffile.imwrite(
                partial,
                labels,
                imagej=True,
                resolution=(1 / spacing[2], 1 / spacing[1]),
                metadata=metadata,
                compression="zlib",
            )
        else:
            sizes = dict(zip(("PhysicalSizeZ", "PhysicalSizeY", "PhysicalSizeX"), spacing, strict=True))
            tifffile.imwrite(partial, labels, ome=True, metadata={"axes": axes, **sizes}, compression="zlib")
