"""Boxes, lassos and scribbles as people draw them to begin with, in place of the first click.

Boxes are drawn with some slack and do not quite fit; lassos are a rough line around the object, and around all of its
pieces; scribbles wander within it.
"""

import numpy as np
from scipy.ndimage import distance_transform_edt, gaussian_filter1d
from skimage.measure import approximate_polygon, find_contours
from skimage.morphology import convex_hull_image

from napari_simpleclick.arrays import BinaryMask, bounding_box, disk_radius
from napari_simpleclick.evaluation.users.human_user import human_click
from napari_simpleclick.prompts import Kind, Point, Prompt, box, lasso, prompt_of, scribble

SLACK, TREMBLE = 0.04, 0.04
"""Of a box: mean distance of its sides to the object, and their deviation, parts of its height and width."""

FARTHEST = 0.15
"""Of a lasso: largest distance to the object, a part of its radius."""

STRIDE, TURN = 0.15, 0.35
"""Of a scribble: length of a piece, a part of the object's radius, and deviation of its direction in radians."""

LONGEST = 30
"""Most pieces of a scribble."""


def drawn_prompt(rng: np.random.Generator, target: BinaryMask, kind: Kind) -> Prompt:
    """What somebody might draw to tell an object; lines end at the border of the picture.

    Parameters
    ----------
    rng
        Source of chance.
    target
        (height, width) bool, the true mask.
    kind
        What is drawn.

    Raises
    ------
    ValueError
        If the mask is empty.

    Examples
    --------
    >>> target = np.zeros((64, 64), bool)
    >>> target[20:41, 10:31] = True
    >>> (top, left), (bottom, right) = drawn_prompt(np.random.default_rng(0), target, "box").points
    >>> 16 < top < 24 and 36 < bottom < 44
    True
    """
    if not target.any():
        raise ValueError("Expected a mask to draw on, got an empty one.")
    prompt = {"box": box_around, "lasso": lasso_around, "scribble": scribble_in}[kind](rng, target)
    inside = np.clip(prompt.points, 0, np.array(target.shape) - 1)
    return prompt_of(prompt.kind, [point_of(place) for place in inside])


def box_around(rng: np.random.Generator, target: BinaryMask) -> Prompt:
    """A box around all of a mask; its sides may cut a little off."""
    around = bounding_box(target)
    assert around is not None
    first = np.array([around.row_start, around.col_start], float)
    last = np.array([around.row_stop, around.col_stop], float) - 1
    extent = last - first + 1
    first = first - extent * (SLACK + TREMBLE * rng.normal(size=2))
    last = np.maximum(first + 1, last + extent * (SLACK + TREMBLE * rng.normal(size=2)))
    return box(*(point_of(corner) for corner in (first, last)))


def lasso_around(rng: np.random.Generator, target: BinaryMask) -> Prompt:
    """A rough line around all of a mask."""
    around = bounding_box(target)
    assert around is not None
    mask = target[around.slices]
    apart = 1 + disk_radius(target) * rng.uniform(0.02, FARTHEST)
    margin = int(apart) + 2
    outside = distance_transform_edt(~np.pad(mask, margin))
    contours = find_contours(outside, apart)
    if len(contours) > 1:
        contours = find_contours(distance_transform_edt(~convex_hull_image(outside == 0)), apart)
    line = max(contours, key=len)
    trembling = gaussian_filter1d(rng.normal(size=line.shape), max(1.0, 2 * apart), axis=0, mode="wrap")
    line = line + 0.5 * apart * trembling / max(float(trembling.std()), 1e-6)
    line = approximate_polygon(line, 1.0)[:-1] - margin + (around.row_start, around.col_start)
    return lasso([point_of(place) for place in line]) if len(line) > 2 else box_around(rng, target)


def scribble_in(rng: np.random.Generator, target: BinaryMask) -> Prompt:
    """A line that wanders within a mask until it would leave it."""
    start = human_click(rng, np.zeros_like(target), target)
    stride = max(2.0, STRIDE * disk_radius(target))
    place, heading = np.array([start.row, start.col], float), rng.uniform(0, 2 * np.pi)
    points = [point_of(place)]
    for _ in range(int(rng.integers(1, LONGEST))):
        heading += TURN * rng.normal()
        place = place + stride * np.array([np.sin(heading), np.cos(heading)])
        row, col = (round(axis) for axis in place)
        if not (0 <= row < target.shape[0] and 0 <= col < target.shape[1] and target[row, col]):
            break
        points.append(point_of(place))
    return scribble(points)


def point_of(place: np.ndarray) -> Point:
    """Row and column as numbers of Python."""
    return float(place[0]), float(place[1])
