"""Prompts that are more than a point: scribbles over the object, boxes and lassos around it, or over what it is not."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, hypot, isfinite
from typing import Literal

import numpy as np

from napari_simpleclick.clicks import Click

Point = tuple[float, float]
"""Row and column in pixels of the plane."""

Kind = Literal["scribble", "box", "lasso"]

FEWEST_POINTS: dict[Kind, int] = {"scribble": 1, "box": 2, "lasso": 3}

LONGEST = 2**20
"""Pixels; nobody draws a longer line, and a file that tells one would fill the memory with its pixels."""


DRAWN_SIDE = 64
"""Pixels of a lasso's longer side where its middle is looked for."""


@dataclass(frozen=True, slots=True)
class Prompt(Click):
    """A line that somebody drew; `scribble`, `box` and `lasso` make one.

    It is a click for all that needs a single place, such as a marker: that of its first point.

    Parameters
    ----------
    row, col, positive
        First point, and whether the object is there (scribble) or inside (box, lasso), or is not.
    kind
        What the line means.
    points
        The points of a scribble or a lasso in the order in which they were drawn, or two opposite corners of a box.

    Raises
    ------
    ValueError
        If there are too few points, or a box has more than two, or a coordinate is no number, or the line is longer
        than `LONGEST`.
    """

    kind: Kind = "scribble"
    points: tuple[Point, ...] = ()

    def __post_init__(self) -> None:
        fewest = FEWEST_POINTS[self.kind]
        if len(self.points) < fewest or (self.kind == "box" and len(self.points) > fewest):
            expected = "two opposite corners" if self.kind == "box" else f"at least {fewest} points"
            raise ValueError(f"A {self.kind} has {expected}, got {len(self.points)}.")
        if not all(isfinite(value) for point in self.points for value in point):
            raise ValueError(f"Expected rows and columns as numbers, got {self.points}.")
        length = sum(hypot(row - to_row, col - to_col) for (row, col), (to_row, to_col) in pairwise(self.path))
        if length > LONGEST:
            raise ValueError(f"A line has at most {LONGEST} pixels, got {length:.0f}. Draw it on the plane.")

    @property
    def surrounds(self) -> bool:
        """Whether the line goes around what it means, as boxes and lassos do."""
        return self.kind != "scribble"

    @property
    def path(self) -> tuple[Point, ...]:
        """The line that is drawn; that of a box or lasso ends where it begins."""
        if self.kind == "box":
            (top, left), (bottom, right) = self.points
            return (top, left), (top, right), (bottom, right), (bottom, left), (top, left)
        return (*self.points, self.points[0]) if self.surrounds else self.points


def scribble(points: Sequence[Point], *, positive: bool = True) -> Prompt:
    """A line over the object, or over what does not belong to it.

    Examples
    --------
    >>> scribble([(2, 3), (2, 9)]).path
    ((2, 3), (2, 9))
    """
    return prompt_of("scribble", points, positive)


def box(first: Point, second: Point, *, positive: bool = True) -> Prompt:
    """A box around the object, or around what does not belong to it, by two opposite corners.

    Parameters
    ----------
    first, second
        Opposite corners, each (row, col) in pixels, in any order.
    positive
        Whether the object is inside.

    Examples
    --------
    >>> box((2, 3), (8, 9)).path
    ((2, 3), (2, 9), (8, 9), (8, 3), (2, 3))
    """
    return prompt_of("box", (first, second), positive)


def lasso(points: Sequence[Point], *, positive: bool = True) -> Prompt:
    """A line around the object, or around what does not belong to it.

    Examples
    --------
    >>> lasso([(0, 0), (0, 9), (9, 0)], positive=False).path
    ((0, 0), (0, 9), (9, 0), (0, 0))
    """
    return prompt_of("lasso", points, positive)


def prompt_of(kind: str, points: Sequence[Point], positive: bool = True) -> Prompt:
    """A prompt from its points.

    Parameters
    ----------
    kind
        "scribble", "box" or "lasso".
    points
        Corners of the box, or points of the line, each (row, col) in pixels.
    positive
        Whether it points at the object.

    Raises
    ------
    ValueError
        If the kind is unknown, or the points are none that it can have.
    """
    if kind not in FEWEST_POINTS:
        raise ValueError(f"Unknown kind of prompt {kind!r}. Choose one of: {', '.join(FEWEST_POINTS)}.")
    row, col = points[0] if points else (0.0, 0.0)
    return Prompt(row, col, positive, kind, tuple(points))


def path_of(click: Click) -> tuple[Point, ...]:
    """The line of a prompt, or the place of a click.

    Examples
    --------
    >>> path_of(Click(3, 4)), path_of(scribble([(3, 4)]))
    (((3, 4),), ((3, 4),))
    """
    return click.path if isinstance(click, Prompt) else ((click.row, click.col),)


def middle_of(click: Click) -> Click:
    """A click in the middle of what a box or lasso surrounds; clicks and scribbles stay.

    Where the middle of a lasso's extent lies outside of it, it is the place in it that is farthest from the line.

    Examples
    --------
    >>> middle_of(box((2, 3), (8, 9))), middle_of(Click(3, 4))
    (Click(row=5.0, col=6.0, positive=True), Click(row=3, col=4, positive=True))
    >>> middle_of(lasso([(0, 0), (90, 0), (90, 90), (60, 90), (60, 30), (0, 30)])).row > 55
    True
    """
    if not (isinstance(click, Prompt) and click.surrounds):
        return click
    path = np.array(click.path)
    low, high = path.min(axis=0), path.max(axis=0)
    middle = (low + high) / 2
    if click.kind == "lasso" and not inside(middle, path):
        from scipy.ndimage import distance_transform_edt
        from skimage.draw import polygon2mask

        step = np.maximum((high - low).max() / DRAWN_SIDE, 1e-9)
        depth = distance_transform_edt(np.pad(polygon2mask((DRAWN_SIDE + 1,) * 2, (path - low) / step), 1))[1:-1, 1:-1]
        deepest = np.argwhere(depth >= 0.95 * depth.max())
        middle = low + step * deepest[np.abs(deepest - deepest.mean(axis=0)).sum(axis=1).argmin()]
    return Click(float(middle[0]), float(middle[1]), click.positive)


def inside(place: np.ndarray, path: np.ndarray) -> bool:
    """Whether a place (row, col) lies within a closed line (count, 2)."""
    from skimage.measure import points_in_poly

    return bool(points_in_poly(place[None], path)[0])


def marked_pixels(click: Click, *, apart: float = 3) -> list[tuple[int, int]]:
    """Pixels that are said to belong to the object or not: the clicked one, or some along a scribble.

    Boxes and lassos mark none, since nothing is said of the line itself.

    Parameters
    ----------
    click
        A click or a prompt.
    apart
        Largest distance along a scribble, in pixels.

    Examples
    --------
    >>> marked_pixels(Click(3.2, 4)), marked_pixels(scribble([(0, 0), (0, 5)]))
    ([(3, 4)], [(0, 0), (0, 2), (0, 5)])
    """
    if isinstance(click, Prompt) and click.surrounds:
        return []
    path = path_of(click)
    pixels = [(round(row), round(col)) for row, col in path[:1]]
    for (row, col), (to_row, to_col) in pairwise(path):
        steps = max(1, ceil(hypot(to_row - row, to_col - col) / apart))
        parts = [step / steps for step in range(1, steps + 1)]
        pixels += [(round(row + part * (to_row - row)), round(col + part * (to_col - col))) for part in parts]
    return pixels
