"""Units of length: their many spellings, brought to one of the four that all our files can hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

UNITS = {"m": 1.0, "mm": 1e-3, "um": 1e-6, "nm": 1e-9}
"""Units that we write, in metres, the largest first."""

METRES = UNITS | {
    "km": 1e3,
    "kilometer": 1e3,
    "meter": 1.0,
    "dm": 1e-1,
    "decimeter": 1e-1,
    "cm": 1e-2,
    "centimeter": 1e-2,
    "millimeter": 1e-3,
    "micrometer": 1e-6,
    "micron": 1e-6,
    "mu": 1e-6,
    "nanometer": 1e-9,
    "angstrom": 1e-10,
    "å": 1e-10,
    "ångström": 1e-10,
    "a": 1e-10,
    "pm": 1e-12,
    "picometer": 1e-12,
    "in": 0.0254,
    "inch": 0.0254,
    '"': 0.0254,
    "ft": 0.3048,
    "foot": 0.3048,
    "yd": 0.9144,
    "yard": 0.9144,
    "thou": 25.4e-6,
    "mil": 25.4e-6,
}
"""Units in metres by their names in files: OME, OME-Zarr (UDUNITS-2), ImageJ."""

NO_UNITS = frozenset({"", "pixel", "px", "voxel", "none", "null", "unknown", "reference frame"})
"""Names that say that sizes are not in a unit of length."""


@dataclass(frozen=True, slots=True)
class PixelSize:
    """Distance of pixels along the axes of space.

    Parameters
    ----------
    size
        By the letter of the axis; axes that the file does not tell are missing.
    unit
        m, mm, um or nm; None if the file tells none.
    notices
        What could not be understood.
    """

    size: Mapping[str, float]
    unit: str | None = None
    notices: tuple[str, ...] = ()


def metres(name: str) -> float | None:
    r"""A unit in metres, however it is spelled; None if it is none of length.

    Examples
    --------
    >>> metres("microns"), metres("\u00b5m"), metres("\\u00B5m"), metres("Inches"), metres("furlong")
    (1e-06, 1e-06, 1e-06, 0.0254, None)
    """
    for mu in ("\\u00b5", "\\u00B5", "\\u03bc", "\u03bc", "\u00b5"):
        name = name.replace(mu, "u")
    name = name.strip().rstrip(".").lower().replace("metre", "meter")
    name = {"inches": "inch", "feet": "foot"}.get(name, name)
    return METRES.get(name, METRES.get(name.removesuffix("s")))


def in_one_unit(told: Mapping[str, tuple[float, str]]) -> PixelSize:
    """Sizes along axes, each with its own unit, in the unit of X (or of the last axis).

    Where some axes have no unit of length, numbers stay as they are, without a unit, and a notice says so.

    Parameters
    ----------
    told
        Size and name of its unit by the letter of the axis. Sizes that are not positive count as not told.

    Examples
    --------
    >>> in_one_unit({"Z": (1e-5, "dm"), "Y": (0.3, "um"), "X": (0.3, "um")})
    PixelSize(size={'Z': 1.0, 'Y': 0.3, 'X': 0.3}, unit='um', notices=())
    >>> in_one_unit({"X": (2, "cm")}).size, in_one_unit({"X": (13.48, "angstrom")})
    ({'X': 20.0}, PixelSize(size={'X': 1.348}, unit='nm', notices=()))
    """
    usable = {axis: pair for axis, pair in told.items() if isfinite(pair[0]) and pair[0] > 0}
    notices = tuple(
        f"The size of {axis}, {size:g} {unit}, is no size; taken as unknown."
        for axis, (size, unit) in told.items()
        if axis not in usable
    )
    if not usable or all(unit.strip().lower().removesuffix("s") in NO_UNITS for _, unit in usable.values()):
        return PixelSize({axis: size for axis, (size, _) in usable.items()}, None, notices)
    lengths = {axis: metres(unit) for axis, (_, unit) in usable.items()}
    if unknown := [axis for axis, length in lengths.items() if length is None]:
        named = ", ".join(f"{axis} in {usable[axis][1] or 'pixel'!r}" for axis in unknown)
        notice = (
            f"Sizes of pixels are told in units that are not known ({named}); their numbers are taken without a unit."
        )
        return PixelSize({axis: size for axis, (size, _) in usable.items()}, None, (*notices, notice))
    known = {axis: length for axis, length in lengths.items() if length is not None}
    last = known.get("X", next(reversed(known.values())))
    unit = next((name for name, length in UNITS.items() if length <= last * (1 + 1e-9)), "nm")
    # Twelve digits: factors such as 0.1 / 1e-6 have no exact number.
    size = {axis: float(f"{usable[axis][0] * known[axis] / UNITS[unit]:.12g}") for axis in known}
    return PixelSize(size, unit, notices)
