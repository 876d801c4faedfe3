"""Write arrays as TIFF, in the form of ImageJ, OME or tifffile: the first that can hold type, axes and pixel size."""

from fractions import Fraction
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import tifffile

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.tiff.axes import KNOWN
from napari_simpleclick.data.volume import Volume
from napari_simpleclick.files import replace_when_complete

PLAIN_AXES = {1: "X", 2: "YX", 3: "ZYX", 4: "TZYX", 5: "TZCYX"}
"""Axes of arrays that do not tell theirs."""

IMAGEJ_TYPES = ("uint8", "uint16", "float32")

OME_TYPES = ("bool", "int8", "int16", "int32", "uint8", "uint16", "uint32", "float32", "float64")

OME_UNITS = {"pixel": "pixel", "um": "\u00b5m", "angstrom": "\u00c5"}
"""Names of units in OME where they differ from ours."""

MOST_IMAGEJ_BYTES = 2**32 - 2**24
"""ImageJ files are plain TIFF, whose offsets have 32 bits."""

MOST_RATIONAL = 2**32 - 1
"""TIFF stores a resolution as a fraction of two 32-bit numbers."""

CLOSE = 1e-7
"""Relative error of a size that is as good as none."""


def write_tiff(path: Path, voxels: np.ndarray, like: Volume | None) -> None:
    """Write an array with the axes and the size of the pixels of `like`.

    Arrays with more than five axes, with rows and columns elsewhere than last, or with numbers of 64 bits fit neither
    ImageJ nor OME; they are written in the form of tifffile, which keeps them.

    Parameters
    ----------
    path
        The file; an older one is replaced.
    voxels
        Real numbers with two axes or more.
    like
        Volume that names the axes, and the size and unit of the pixels; None for unnamed axes and sizes of 1.

    Raises
    ------
    VolumeError
        If the array is empty or no array of real numbers.
    OSError
        If the file cannot be written; an older one stays whole.
    """
    if voxels.dtype.kind not in "buif" or voxels.size == 0 or voxels.ndim < 2:
        raise VolumeError(
            f"{path.name}: expected real numbers with two axes or more, got {voxels.dtype} of the shape {voxels.shape}."
        )
    axes = axes_of(voxels.ndim, like)
    sizes = like.spacing if like and len(like.spacing) == voxels.ndim else (1.0,) * voxels.ndim
    # Directions cannot be told; a size is never negative, zero or infinite.
    size = {axis: abs(step) if isfinite(step) and step else 1.0 for axis, step in zip(axes, sizes, strict=True)}
    form = form_of(voxels, axes, size, like.unit if like else None)
    with replace_when_complete(path) as partial:
        tifffile.imwrite(partial, voxels, photometric="minisblack", compression="zlib", **form)


def axes_of(ndim: int, like: Volume | None) -> str:
    """Letters of the axes of an array: those of its image, or the usual ones; "Q" where there are none left."""
    if like and len(like.axes) == ndim:
        return like.axes
    return PLAIN_AXES.get(ndim, "Q" * (ndim - 5) + PLAIN_AXES[5])


def form_of(voxels: np.ndarray, axes: str, size: dict[str, float], unit: str | None) -> dict[str, Any]:
    """The form that can hold an array, as settings for tifffile."""
    regular = axes.endswith("YX") and set(axes) <= set(KNOWN) and len(set(axes)) == len(axes)
    ordered = axes == "".join(axis for axis in KNOWN if axis in axes)
    small = voxels.nbytes < MOST_IMAGEJ_BYTES and voxels.dtype.name in IMAGEJ_TYPES
    if regular and ordered and small and all(is_rational(1 / size[axis]) for axis in "YX"):
        return imagej_form(axes, size, unit)
    if regular and voxels.dtype.name in OME_TYPES:
        return ome_form(axes, size, unit)
    told = {axis: size[axis] for axis in "ZYX" if axis in size}
    return {"metadata": {"axes": axes, "pixel_size": told, "unit": unit or "pixel"}}


def is_rational(value: float) -> bool:
    """Whether a number is close to a fraction of two 32-bit numbers.

    Examples
    --------
    >>> is_rational(1 / 0.0046), is_rational(1e-12), is_rational(1e12)
    (True, False, False)
    """
    if not 1 / MOST_RATIONAL <= value <= MOST_RATIONAL:
        return False
    near = Fraction(value).limit_denominator(1_000_000)
    return near.numerator <= MOST_RATIONAL and abs(float(near) - value) <= CLOSE * value


def imagej_form(axes: str, size: dict[str, float], unit: str | None) -> dict[str, Any]:
    """What tells ImageJ the axes and the size of the pixels."""
    metadata = {"axes": axes, "spacing": size.get("Z", 1.0), "unit": unit or "pixel"}
    return {"imagej": True, "resolution": (1 / size["X"], 1 / size["Y"]), "metadata": metadata}


def ome_form(axes: str, size: dict[str, float], unit: str | None) -> dict[str, Any]:
    """What tells OME readers the axes and the size of the pixels; without a unit they would take micrometres."""
    told: dict[str, Any] = {"axes": axes}
    name = OME_UNITS.get(unit or "pixel", unit)
    for axis in [axis for axis in "ZYX" if axis in size]:
        told |= {f"PhysicalSize{axis}": size[axis], f"PhysicalSize{axis}Unit": name}
    return {"ome": True, "metadata": told}
