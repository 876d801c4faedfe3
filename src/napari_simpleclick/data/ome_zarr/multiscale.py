"""What OME-Zarr tells of an image: its levels, axes, units, scale and place."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from napari_simpleclick.data.units import in_one_unit

OLD_AXES = "TCZYX"
"""Axes of the versions 0.1 and 0.2, which do not tell them."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Axes and grid of a level.

    Parameters
    ----------
    axes
        A letter for each axis; empty if names are longer or not known.
    spacing, origin
        Distance of pixels and place of the first one, along all axes.
    unit
        Of the axes of space.
    notices
        What could not be understood.
    """

    axes: str
    spacing: tuple[float, ...]
    origin: tuple[float, ...]
    unit: str | None
    notices: tuple[str, ...]


def placement(multiscale: Mapping[str, Any], level: Mapping[str, Any], ndim: int) -> Placement:
    """Axes, scale and translation of a level, sizes of space in one unit.

    Parameters
    ----------
    multiscale
        Metadata of the image: one entry of `multiscales`.
    level
        Metadata of the level: one entry of its `datasets`.
    ndim
        Number of axes of the level's array.

    Raises
    ------
    ValueError
        If the number of axes, scales or translations is not that of the array's axes.
    """
    axes = [axis if isinstance(axis, Mapping) else {"name": axis} for axis in multiscale.get("axes", ())]
    if axes and len(axes) != ndim:
        raise ValueError(f"{len(axes)} axes are named, the array has {ndim}")
    letters = [letter(axis) for axis in axes] if axes else list(OLD_AXES if ndim == 5 else "")
    # Axes without a letter of their own are told apart by their place.
    keys = letters if len(set(letters)) == ndim else [f"axis {index}" for index in range(ndim)]
    scale = transform(level, multiscale, "scale", ndim)
    shift = transform(level, multiscale, "translation", ndim)
    units = dict(zip(keys, (str(axis.get("unit", "")) for axis in axes), strict=False))
    space = [key for key, axis in zip(keys, axes, strict=False) if axis.get("type", "space") == "space"]
    told = in_one_unit({key: (scale[keys.index(key)], units[key]) for key in space})
    # A size that is none counts as 1, as does one of time or channels.
    spacing = tuple(told.size.get(key, 1.0 if key in space else usable(scale[index])) for index, key in enumerate(keys))
    # What brings a size to the common unit brings a place to it.
    origin = tuple(
        place * size / usable(step) if isfinite(place) else 0.0
        for place, size, step in zip(shift, spacing, scale, strict=True)
    )
    named = len(set(letters)) == ndim and all(letters)
    notices = (*told.notices, *notice_of_unknown(level, multiscale))
    return Placement("".join(letters) if named else "", spacing, origin, told.unit, notices)


def notice_of_unknown(level: Mapping[str, Any], multiscale: Mapping[str, Any]) -> tuple[str, ...]:
    """A notice of transformations that are not carried out, such as affine ones."""
    steps = [step for holder in (level, multiscale) for step in holder.get("coordinateTransformations", ())]
    kinds = sorted({str(step.get("type")) for step in steps} - {"scale", "translation", "identity"})
    if not kinds:
        return ()
    return (f"Transformations of the kind {', '.join(kinds)} are left out: size and place of pixels may be others.",)


def usable(size: float) -> float:
    """A size, or 1 where it is none."""
    return size if isfinite(size) and size > 0 else 1.0


def letter(axis: Mapping[str, Any]) -> str:
    """The letter of an axis; empty if its name is unknown.

    Examples
    --------
    >>> letter({"name": "time", "type": "time"}), letter({"name": "x"}), letter({"name": "depth", "type": "space"})
    ('T', 'X', '')
    """
    name = str(axis.get("name", "")).upper()
    return name if len(name) == 1 else {"time": "T", "channel": "C"}.get(str(axis.get("type")), "")


def transform(level: Mapping[str, Any], multiscale: Mapping[str, Any], kind: str, ndim: int) -> tuple[float, ...]:
    """The scale or translation of a level; those of the whole image apply after those of the level.

    Raises
    ------
    ValueError
        If there are not as many numbers as axes, or they lie in another file.
    """
    scale, shift = [1.0] * ndim, [0.0] * ndim
    for holder in (level, multiscale):
        for step in holder.get("coordinateTransformations", ()):
            if step.get("type") not in ("scale", "translation"):
                continue
            values = [float(value) for value in step.get(step["type"], ())]
            if len(values) != ndim:
                raise ValueError(f"expected {ndim} numbers of {step['type']}, got {values}")
            if step["type"] == "scale":
                scale = [old * value for old, value in zip(scale, values, strict=True)]
                shift = [old * value for old, value in zip(shift, values, strict=True)]
            else:
                shift = [old + value for old, value in zip(shift, values, strict=True)]
    return tuple(scale if kind == "scale" else shift)
