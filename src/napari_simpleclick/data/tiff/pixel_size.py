"""Size of the pixels of a TIFF: as OME, ImageJ, our own writer or the resolution per centimetre tell."""

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

import tifffile

from napari_simpleclick.data.units import PixelSize, in_one_unit


def pixel_size(file: tifffile.TiffFile, series: tifffile.TiffPageSeries) -> PixelSize:
    """Size of a pixel of an image; empty where nothing tells."""
    if series.kind == "ome" and file.ome_metadata:
        return ome_pixel_size(file.ome_metadata, series, file.series.index(series))
    tags = series.keyframe.tags
    if file.imagej_metadata:
        return imagej_pixel_size(file.imagej_metadata, tags)
    told: Mapping[str, Any] = (file.shaped_metadata or ({},))[0]
    if {"pixel_size", "unit"} <= told.keys():
        return in_one_unit({axis: (float(size), str(told["unit"])) for axis, size in told["pixel_size"].items()})
    # Resolutions per inch are mostly 72 or 96, filled in by programs that do not know the size.
    unit = tags.valueof("ResolutionUnit") if "ResolutionUnit" in tags else None
    if unit == tifffile.RESUNIT.CENTIMETER:
        pitches = {"Y": pitch(tags, "YResolution"), "X": pitch(tags, "XResolution")}
        # One pixel per centimetre is what writers fill in who know no better.
        if set(pitches.values()) != {1.0}:
            return in_one_unit({axis: (1e4 * size, "um") for axis, size in pitches.items()})
    return PixelSize({})


def completed(told: PixelSize, axes: str, name: str) -> PixelSize:
    """Sizes with those of the axes of space that a file leaves out: as large as the others, with a notice.

    Parameters
    ----------
    told
        What the file tells.
    axes
        Letters of the axes of the image.
    name
        Of the file, for the notice.

    Examples
    --------
    >>> completed(PixelSize({"Y": 65.0, "X": 65.0}, "nm"), "ZYX", "a.tif").size["Z"]
    65.0
    """
    untold = [axis for axis in "ZYX" if axis in axes and axis not in told.size]
    if told.unit is None or not untold:
        return told
    size = told.size.get("X", next(iter(told.size.values())))
    notice = (
        f"{name} tells no size of pixels along {', '.join(untold)}; {size:g} {told.unit} is taken, as along "
        "another axis. Set the scale of the layer if you know it."
    )
    return PixelSize({**told.size, **dict.fromkeys(untold, size)}, told.unit, (*told.notices, notice))


def imagej_pixel_size(told: Mapping[str, Any], tags: Any) -> PixelSize:
    """Size of a pixel in an ImageJ file, whose axes may have units of their own."""
    unit = str(told.get("unit", ""))
    sizes = {
        "Z": abs(number(told.get("spacing", 1.0))),
        "Y": pitch(tags, "YResolution"),
        "X": pitch(tags, "XResolution"),
    }
    units = {axis: str(told.get(f"{axis.lower()}unit", unit)) for axis in sizes}
    return in_one_unit({axis: (size, units[axis]) for axis, size in sizes.items()})


def ome_pixel_size(metadata: str, series: tifffile.TiffPageSeries, at: int) -> PixelSize:
    """Size of a pixel of the image at a place in OME's metadata, where micrometres are meant without a unit."""
    images = [each for each in ElementTree.fromstring(metadata) if each.tag.endswith("Image")]
    all_pixels = [each for image in images for each in image if each.tag.endswith("Pixels")]
    if not all_pixels:
        return PixelSize({})
    size = dict(zip(series.get_axes(squeeze=False), series.get_shape(squeeze=False), strict=False))
    fitting = [each for each in all_pixels if all(each.get(f"Size{axis}") == str(size.get(axis, 1)) for axis in "XY")]
    told = all_pixels[at] if at < len(all_pixels) and all_pixels[at] in fitting else (fitting or all_pixels)[0]
    return in_one_unit(
        {
            axis: (number(told.get(f"PhysicalSize{axis}")), told.get(f"PhysicalSize{axis}Unit", "um"))
            for axis in "ZYX"
            if told.get(f"PhysicalSize{axis}") is not None
        }
    )


def pitch(tags: Any, name: str) -> float:
    """Size of a pixel from a resolution tag, which holds pixels per unit as a fraction; 1 where it says nothing."""
    told = tags.valueof(name) if name in tags else None
    if not isinstance(told, tuple) or len(told) != 2 or not all(told):
        return 1.0
    count, per = told
    return float(per) / float(count)


def number(told: Any) -> float:
    """A number in metadata; NaN for anything else."""
    try:
        return float(told)
    except (TypeError, ValueError):
        return float("nan")
