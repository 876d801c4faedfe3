"""Click files: where somebody clicked, as JSON or CSV; see docs/reference/click_files.md."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from napari_simpleclick.clicks import Click
from napari_simpleclick.data.click_rows import rows_of_csv, rows_of_json, text_of
from napari_simpleclick.data.grid import index_of_voxel, voxel_of_world
from napari_simpleclick.data.plane import SliceView
from napari_simpleclick.data.volume import Volume
from napari_simpleclick.files import replace_when_complete

Coordinates = Literal["index", "voxel", "world"]
"""Indices of the array as napari shows it, voxels as the file stores them, or millimetres of the file's space."""

MOST_OBJECT = 2**64 - 1
"""The largest number of an object that a mask can hold."""

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
        ndim = len(volume.shape)
        earlier = max(0, len(index) - ndim) if not any(index[:-ndim]) else 0  # axes of one entry, as of one time
        index = index[earlier:]
        if len(index) != ndim or not all(0 <= place < size for place, size in zip(index, volume.shape, strict=True)):
            raise ClickFileError(
                f"The click at {list(self.at)} ({coordinates}) is at index {list(index)}, outside {volume.name} of "
                f"shape {list(volume.shape)}. Check the image, the order of the axes and --coordinates."
            )
        axes = (ndim - 2, ndim - 1) if self.axes is None else (self.axes[0] - earlier, self.axes[1] - earlier)
        if axes[0] == axes[1] or not all(0 <= axis < ndim for axis in axes):
            got = f"{list(self.axes or axes)}"
            got += f", which is {list(axes)} without the {earlier} axes of one entry" if earlier else ""
            raise ClickFileError(
                f"A plane has two different axes from 0 to {ndim - 1} of {volume.name}, got {got}. Click "
                "on a plane that the image has; without axes it is the one of the last two."
            )
        point = tuple(0 if axis in axes else place for axis, place in enumerate(index))
        plane = SliceView(volume.data, point, axes, rgb=volume.rgb)
        row, col = plane.to_plane(index)
        return plane, Click(row, col, self.positive)


def array_index(at: Sequence[float], volume: Volume, coordinates: Coordinates) -> tuple[float, ...]:
    """A position as indices of the array of a volume.

    Raises
    ------
    ClickFileError
        If it has fewer numbers than a place in space.
    """
    if coordinates == "index":
        return tuple(at)
    if coordinates == "world" and volume.geometry is not None and len(at) < 3:
        raise ClickFileError(f"A position in the space of a file has three numbers, x first; got {list(at)}.")
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
        text = text_of(path)
        rows = rows_of_json(text) if kind == ".json" else rows_of_csv(text)
    except (ValueError, csv.Error, RecursionError) as error:
        raise ClickFileError(f"{path} holds no clicks: {error}.") from error
    clicks = []
    for number, row in enumerate(rows, start=1):
        try:
            clicks.append(click_of(row))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise ClickFileError(
                f"{path}, click {number}: {error}; got {shortened(row)}. Expected an object from 1, a position of "
                "numbers, and positive true or false."
            ) from error
    if not clicks:
        raise ClickFileError(f"{path} holds no click.")
    return clicks


def shortened(row: Mapping[str, Any]) -> str:
    """A row for a message, not longer than a few lines."""
    text = str(dict(row))
    return text if len(text) < 300 else f"{text[:300]} ..."


def click_of(row: Mapping[str, Any]) -> PlacedClick:
    """A click from the values of a file.

    Raises
    ------
    ValueError
        If object, position, axes or sign are none; says which.
    """
    object_id = object_of(row.get("object"))
    at, axes = row["at"], row.get("axes")
    if not isinstance(at, list) or len(at) < 2 or any(isinstance(place, bool) for place in at):
        raise ValueError(f"the position is {shortened({'at': at})}")
    if lacking := [number for number, place in enumerate(at) if place in (None, "")]:
        raise ValueError(f"axis {lacking[0]} of the position is empty")
    position = tuple(float(place) for place in at)
    if not np.isfinite(position).all():
        raise ValueError(f"the position is {at}")
    if axes is not None and (not isinstance(axes, list) or len(axes) != 2):
        raise ValueError(f"the plane has the axes {axes}")
    both = (int(axes[0]), int(axes[1])) if axes else None
    time = float(row.get("time") or 0)
    return PlacedClick(object_id, position, truth(row.get("positive")), both, time if np.isfinite(time) else 0.0)


def object_of(stated: Any) -> int:
    """The number of an object; 1 where nothing is stated.

    Raises
    ------
    ValueError
        If it is no whole number from 1 that a mask can hold.
    """
    if stated in (None, ""):
        return 1
    text = str(stated).strip()
    number = int(text) if text.isdecimal() else float(text.replace(",", "."))
    if isinstance(stated, bool) or number != int(number) or not 1 <= number <= MOST_OBJECT:
        raise ValueError(f"the object has the number {stated}; expected 1 to {MOST_OBJECT}")
    return int(number)


def truth(value: Any) -> bool:
    """True or false from the words that people write; true where nothing is written.

    Raises
    ------
    ValueError
        If it is another word.

    Examples
    --------
    >>> truth("False"), truth("+"), truth(1)
    (False, True, True)
    """
    word = "true" if value is None else str(value).strip().lower() or "true"
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
