"""Click files: where somebody clicked, as JSON or CSV; see docs/reference/click_files.md."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from napari_simpleclick.clicks import Click
from napari_simpleclick.data.grid import index_of_voxel, voxel_of_world
from napari_simpleclick.data.volume import SliceView, Volume
from napari_simpleclick.files import replace_when_complete

Coordinates = Literal["index", "voxel", "world"]
"""Indices of the array as napari shows it, voxels as the file stores them, or millimetres of the file's space."""

YES, NO = {"true", "1", "yes", "+", "positive"}, {"false", "0", "no", "-", "negative"}


class ClickFileError(ValueError):
    """A file holds no clicks that can be used."""


@dataclass(frozen=True, slots=True)
class PlacedClick:
    """A click on an object of a volume.

    Parameters
    ----------
    object_id
        The object, 1 or more.
    at
        Position, one number per axis: see `Coordinates`.
    positive
        Whether the object is there.
    axes
        Rows and columns of the plane that was clicked, as axes of the array; the last two if None.
    time
        When, in seconds since 1970; 0 if unknown.
    """

    object_id: int
    at: tuple[float, ...]
    positive: bool = True
    axes: tuple[int, int] | None = None
    time: float = 0.0

    def on(self, volume: Volume, coordinates: Coordinates = "index") -> tuple[SliceView, Click]:
        """The plane and the click on it.

        Raises
        ------
        ClickFileError
            If it lies outside the volume.
        """
        index = tuple(round(place) for place in array_index(self.at, volume, coordinates))
        if len(index) != len(volume.shape) or not all(
            0 <= place < size for place, size in zip(index, volume.shape, strict=True)
        ):
            raise ClickFileError(
                f"The click at {list(self.at)} ({coordinates}) is at index {list(index)}, outside {volume.name} of "
                f"shape {list(volume.shape)}. Check the image, the order of the axes and --coordinates."
            )
        axes = self.axes or (len(index) - 2, len(index) - 1)
        if len({axis % len(index) for axis in axes}) != 2 or not all(0 <= axis < len(index) for axis in axes):
            raise ClickFileError(f"A plane has two different axes from 0 to {len(index) - 1}, got {list(axes)}.")
        point = tuple(0 if axis in axes else place for axis, place in enumerate(index))
        plane = SliceView(volume.data, point, axes, rgb=volume.rgb)
        row, col = plane.to_plane(index)
        return plane, Click(row, col, self.positive)


def array_index(at: Sequence[float], volume: Volume, coordinates: Coordinates) -> tuple[float, ...]:
    """A position as indices of the array of a volume."""
    if coordinates == "index":
        return tuple(at)
    if volume.geometry is None:
        if coordinates == "voxel":
            return tuple(at)
        origin = volume.origin or (0.0,) * len(volume.spacing)
        return tuple((place - zero) / step for place, zero, step in zip(at, origin, volume.spacing, strict=False))
    voxel = voxel_of_world(at, volume.geometry) if coordinates == "world" else tuple(at)
    return index_of_voxel(voxel, volume.geometry)


def read_clicks(path: Path) -> list[PlacedClick]:
    """Read a click file, by the ending of its name .json or .csv.

    Raises
    ------
    ClickFileError
        If it is of another kind, damaged, or a click lacks something; says which and what is expected.
    """
    kind = path.suffix.lower()
    if kind not in (".json", ".csv"):
        raise ClickFileError(f"{path.name}: clicks are read from .json or .csv files.")
    try:
        rows = rows_of_json(path) if kind == ".json" else rows_of_csv(path)
    except (ValueError, csv.Error) as error:
        raise ClickFileError(f"{path} holds no clicks: {error}.") from error
    clicks = []
    for number, row in enumerate(rows, start=1):
        try:
            clicks.append(click_of(row))
        except (KeyError, TypeError, ValueError) as error:
            raise ClickFileError(
                f"{path}, click {number}: {error}; got {dict(row)}. Expected an object from 1, a position of numbers, "
                "and positive true or false."
            ) from error
    if not clicks:
        raise ClickFileError(f"{path} holds no click.")
    return clicks


def rows_of_json(path: Path) -> list[Mapping[str, Any]]:
    """The clicks of a JSON file: a list, or under "clicks"."""
    content = json.loads(path.read_text())
    rows = content.get("clicks") if isinstance(content, dict) else content
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError('expected {"clicks": [{"object": 1, "at": [12, 40, 51], "positive": true}, ...]}')
    return rows


def rows_of_csv(path: Path) -> list[Mapping[str, Any]]:
    """The clicks of a table with the columns axis-0, axis-1, ...; others may lack."""
    with path.open(newline="") as file:
        table = csv.DictReader(file)
        places = sorted((name for name in table.fieldnames or () if name.startswith("axis-")), key=axis_number)
        if len(places) < 2:
            raise ValueError(f"expected columns axis-0, axis-1, ..., got {', '.join(table.fieldnames or ())}")
        rows: list[Mapping[str, Any]] = []
        for row in table:
            axes = [int(axis) for axis in (row.get("axes") or "").split()]
            rows.append({**row, "at": [float(row[name]) for name in places], "axes": axes or None})
    return rows


def axis_number(column: str) -> int:
    """The number in the name of a column.

    Examples
    --------
    >>> axis_number("axis-10")
    10
    """
    return int(column.removeprefix("axis-"))


def click_of(row: Mapping[str, Any]) -> PlacedClick:
    """A click from the values of a file."""
    stated = row.get("object")
    object_id = 1 if stated in (None, "") else int(stated)
    if object_id < 1:
        raise ValueError(f"the object has the number {object_id}")
    at = tuple(float(place) for place in row["at"])
    if len(at) < 2 or not np.isfinite(at).all():
        raise ValueError(f"the position is {row['at']}")
    axes = row.get("axes")
    if axes is not None and len(axes) != 2:
        raise ValueError(f"the plane has the axes {axes}")
    both = (int(axes[0]), int(axes[1])) if axes else None
    return PlacedClick(object_id, at, truth(row.get("positive", True)), both, float(row.get("time") or 0))


def truth(value: Any) -> bool:
    """True or false from the words that people write.

    Examples
    --------
    >>> truth("False"), truth("+"), truth(1)
    (False, True, True)
    """
    word = str(value).strip().lower()
    if word not in YES | NO:
        raise ValueError(f"positive is {value!r}")
    return word in YES


def write_clicks(path: Path, clicks: Iterable[PlacedClick]) -> None:
    """Write clicks, with positions as indices of the array, as a table that napari reads as points, too.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    made = list(clicks)
    ndim = len(made[0].at) if made else 3
    with replace_when_complete(path) as partial, partial.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["index", *(f"axis-{axis}" for axis in range(ndim)), "object", "positive", "axes", "time"])
        for number, click in enumerate(made):
            axes = " ".join(map(str, click.axes)) if click.axes else ""
            table.writerow([number, *click.at, click.object_id, click.positive, axes, f"{click.time:.3f}"])
