"""Boxes, lassos and scribbles as people draw them to begin with, in place of the first click.

Boxes are drawn with some slack and not quite parallel to the object's extent; lassos are a rough outline outside of it,
around all of its pieces; scribbles wander within it.
"""

import cv2
import numpy as np

from napari_simpleclick.clicks import Click
from napari_simpleclick.prompts import Prompt, box, lasso, scribble
from napari_simpleclick.training.click_sampler import sample_click
from napari_simpleclick.training.shapes import Rng
from napari_simpleclick.training.simulated_history import warped

BOXES, LASSOS = 0.45, 0.2
"""Parts of the prompts that are boxes and lassos; the others are scribbles."""

SLACK, TREMBLE = 0.04, 0.04
"""Of a box: mean distance of its sides to the object, and their deviation, parts of its width and height."""

FARTHEST = 0.15
"""Of a lasso: largest distance to the object, a part of its radius."""

STRIDE, TURN = 0.15, 0.35
"""Of a scribble: length of a piece, a part of the object's radius, and deviation of its direction in radians."""

LONGEST = 30
"""Most pieces of a scribble."""


def drawn_prompt(rng: Rng, target: np.ndarray) -> tuple[np.ndarray, list[Click]]:
    """An empty mask and what somebody drew to tell the object.

    Parameters
    ----------
    rng
        Source of chance.
    target
        (size, size) bool, the true mask; not empty.

    Returns
    -------
    previous
        (size, size) float32, zero.
    prompts
        One box, lasso or scribble, positive.
    """
    chance = rng.random()
    draw = box_around if chance < BOXES else lasso_around if chance < BOXES + LASSOS else scribble_in
    return np.zeros(target.shape, np.float32), [draw(rng, target)]


def box_around(rng: Rng, target: np.ndarray) -> Prompt:
    """A box around all of a mask (size, size); its sides may cut a little off."""
    places = np.argwhere(target)
    top, bottom = places.min(axis=0).astype(float), places.max(axis=0).astype(float)
    extent = bottom - top + 1
    first = top - extent * (SLACK + TREMBLE * rng.normal(size=2))
    second = bottom + extent * (SLACK + TREMBLE * rng.normal(size=2))
    (row, col), (to_row, to_col) = first, np.maximum(second, first + 1)
    return box((float(row), float(col)), (float(to_row), float(to_col)))


def lasso_around(rng: Rng, target: np.ndarray) -> Prompt:
    """A rough line around all of a mask (size, size)."""
    radius = float(np.sqrt(target.sum() / np.pi))
    apart = 1 + round(radius * rng.uniform(0.02, FARTHEST))
    wide = np.pad(target.astype(np.uint8), apart + 1)
    wide = cv2.dilate(wide, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * apart + 1, 2 * apart + 1)))
    trembling = warped(rng, wide > 0, 0.3 * apart, radius) > 0.5
    contours, _ = cv2.findContours(trembling.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    line = contours[0] if len(contours) == 1 else cv2.convexHull(np.concatenate(contours or [pixels_of(wide)]))
    line = cv2.approxPolyDP(line, 1.0, closed=True)[:, 0] - (apart + 1)
    points = [(float(row), float(col)) for col, row in line]
    return lasso(points) if len(points) > 2 else box_around(rng, target)


def pixels_of(mask: np.ndarray) -> np.ndarray:
    """Columns and rows of the pixels of a mask, (count, 1, 2) int32, as OpenCV wants points."""
    return np.argwhere(mask)[:, None, ::-1].astype(np.int32)


def scribble_in(rng: Rng, target: np.ndarray) -> Prompt:
    """A line that wanders within a mask (size, size) until it would leave it."""
    start = sample_click(rng, np.zeros_like(target), target)
    if start is None:
        raise ValueError("Expected a mask to draw in, got an empty one.")
    stride = max(2.0, STRIDE * float(np.sqrt(target.sum() / np.pi)))
    place, heading = np.array([start.row, start.col], float), rng.uniform(0, 2 * np.pi)
    points = [(float(start.row), float(start.col))]
    for _ in range(int(rng.integers(1, LONGEST))):
        heading += TURN * rng.normal()
        place = place + stride * np.array([np.sin(heading), np.cos(heading)])
        row, col = (round(axis) for axis in place)
        if not (0 <= row < target.shape[0] and 0 <= col < target.shape[1] and target[row, col]):
            break
        points.append((float(place[0]), float(place[1])))
    return scribble(points)
