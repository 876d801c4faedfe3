"""Ranges of settings, declared beside their type, and the check that tells which setting lies outside of its own."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, get_args, get_type_hints

WINDOW = 224
"""Side of the windows of the network's attention in pixels."""

LARGEST_COUNT = 10**9
"""Larger counts are mistakes, and overflow in libraries."""


@dataclass(frozen=True, slots=True)
class Range:
    """The numbers that a setting may have: `clicks: Annotated[int, Range(1)]`, of a tuple each entry.

    Parameters
    ----------
    least, most
        Smallest and largest number.
    open_at_least
        Whether the number has to be larger than `least`.
    """

    least: float
    most: float = LARGEST_COUNT
    open_at_least: bool = False

    def __contains__(self, value: float) -> bool:
        """Whether a number lies inside; no number (NaN) lies nowhere."""
        return (self.least < value if self.open_at_least else self.least <= value) and value <= self.most

    def __str__(self) -> str:
        """The range in words."""
        first = f"{'more than' if self.open_at_least else 'at least'} {self.least:g}"
        return first if self.most >= LARGEST_COUNT else f"{first} and at most {self.most:g}"


@dataclass(frozen=True, slots=True)
class Sides:
    """The sides that the input of a network may have: whole cells of its coarsest features, and whole windows."""

    most: float = 16 * WINDOW

    def __contains__(self, value: float) -> bool:
        """Whether a network takes that side."""
        return value >= 1 and value % (32 if value < WINDOW else WINDOW) == 0 and value <= self.most

    def __str__(self) -> str:
        """The sides in words."""
        return f"a multiple of 32 below {WINDOW}, or a multiple of {WINDOW} up to {self.most:g}"


SHARE = Range(0, 1)
"""A part of a whole."""

POSITIVE_SHARE = Range(0, 1, open_at_least=True)
"""A part that is not nothing, such as the overlap (IoU) that is wanted: 0.9 is 90 %."""

SIDE = Sides()
"""Side of the network's input in pixels."""

PROCESSES = Range(0, 1024)
"""Processes that are started on this machine."""


def require_range(name: str, value: float | tuple[float, ...] | None, allowed: Range | Sides) -> None:
    """Refuse a number outside of its range.

    Parameters
    ----------
    name
        The option as it is typed.
    value
        A number, several, or None where nothing was chosen.
    allowed
        What it may be.

    Raises
    ------
    ValueError
        If it lies outside.

    Examples
    --------
    >>> require_range("--clicks", 0, Range(1))
    Traceback (most recent call last):
        ...
    ValueError: --clicks must be at least 1, got 0. Choose another number.
    """
    for number in value if isinstance(value, tuple) else (value,):
        if number is not None and number not in allowed:
            told = f"{LARGEST_COUNT:g} at most" if number > allowed.most >= LARGEST_COUNT else str(allowed)
            raise ValueError(f"{name} must be {told}, got {number}. Choose another number.")


def require_ranges(settings: Any) -> None:
    """Refuse settings with a number outside of the range beside its type, also inside of other settings.

    Raises
    ------
    ValueError
        If one does; its name is that of the option on the command line.
    """
    for name, value, allowed in declared(settings):
        require_range(name, value, allowed)


def declared(settings: Any) -> Iterator[tuple[str, Any, Range | Sides]]:
    """Names as on the command line, values and ranges of all settings that have a range."""
    hints = get_type_hints(type(settings), include_extras=True)
    for each in fields(settings):
        value, name = getattr(settings, each.name), f"--{each.name.replace('_', '-')}"
        if is_dataclass(value):
            yield from declared(value)
        for part in value if isinstance(value, tuple) else ():
            if is_dataclass(part):
                yield from ((f"{inner[2:]} of {name}", number, allowed) for inner, number, allowed in declared(part))
        for allowed in get_args(hints[each.name])[1:]:
            if isinstance(allowed, Range | Sides):
                yield name, value, allowed
