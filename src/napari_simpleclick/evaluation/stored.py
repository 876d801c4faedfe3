"""Results that come from a file: kinds and ranges are checked before anything is computed from them."""

import math
from typing import Any

from napari_simpleclick.clicks import Click
from napari_simpleclick.prompts import prompt_of

LARGEST = 2**31
"""No data set has as many pictures or objects."""


class ResultFileError(ValueError):
    """A file holds no results of an evaluation that can be used."""


def text(value: Any, what: str) -> str:
    """A text; `what` names it in the message.

    Raises
    ------
    ResultFileError
        If it is anything else.
    """
    if not isinstance(value, str):
        raise ResultFileError(f"expected {what} to be text, got {str(value)[:60]}")
    return value


def count(value: Any, what: str) -> int:
    """A whole number from 0.

    Raises
    ------
    ResultFileError
        If it is anything else.
    """
    if type(value) is not int or not 0 <= value < LARGEST:
        raise ResultFileError(f"expected {what} to be a whole number from 0, got {str(value)[:60]}")
    return value


def share(value: Any, what: str) -> float:
    """A number from 0 to 1, such as an IoU.

    Raises
    ------
    ResultFileError
        If it is anything else.
    """
    if not 0 <= number(value, what) <= 1:
        raise ResultFileError(f"expected {what} from 0 to 1, got {value}")
    return float(value)


def number(value: Any, what: str) -> float:
    """A finite number.

    Raises
    ------
    ResultFileError
        If it is anything else.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e300 or math.isnan(value):
        raise ResultFileError(f"expected {what} to be a number, got {str(value)[:60]}")
    return float(value)


def mapping(value: Any, what: str) -> dict[str, Any]:
    """An object of JSON.

    Raises
    ------
    ResultFileError
        If it is anything else.
    """
    if not isinstance(value, dict):
        raise ResultFileError(f"expected {what} to be an object, got {str(value)[:60]}")
    return value


def series(value: Any, what: str, length: int | None = None) -> list[Any]:
    """A list of some length.

    Parameters
    ----------
    value
        What the file holds.
    what
        What the message calls it.
    length
        How long the list must be; any length if None.

    Raises
    ------
    ResultFileError
        If it is anything else.
    """
    if not isinstance(value, list | tuple) or (length is not None and len(value) != length):
        raise ResultFileError(f"expected {what} to be a list{f' of {length}' if length else ''}, got {str(value)[:60]}")
    return list(value)


def shares(value: Any, what: str, length: int | None = None) -> tuple[float, ...]:
    """Numbers from 0 to 1.

    Parameters
    ----------
    value, what, length
        As for `series`.

    Raises
    ------
    ResultFileError
        If it is anything else.
    """
    return tuple(share(each, what) for each in series(value, what, length))


def clicks(value: Any) -> tuple[Click, ...]:
    """Clicks and prompts; raises ResultFileError for anything else."""
    return tuple(click(mapping(each, "a click")) for each in series(value, "clicks"))


def click(entry: dict[str, Any]) -> Click:
    """A click, or a prompt where there are points.

    Raises
    ------
    ResultFileError
        If it is anything else.
    """
    row, col, positive = number(entry.get("row"), "row"), number(entry.get("col"), "col"), entry.get("positive") is True
    if "points" not in entry:
        return Click(row, col, positive)
    pairs = (series(each, "a point", 2) for each in series(entry["points"], "points"))
    points = [(number(row, "row"), number(col, "col")) for row, col in pairs]
    try:
        return prompt_of(text(entry.get("kind"), "kind"), points, positive)
    except ValueError as error:
        raise ResultFileError(f"expected a prompt that can be drawn: {error}") from error
