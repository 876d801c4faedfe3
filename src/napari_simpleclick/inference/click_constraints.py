"""Click constraints: clicked pixels become what the user says they are, and objects stay in what surrounds them.

See docs/decisions/0015 and 0023.
"""

from collections.abc import Sequence

import numpy as np

from napari_simpleclick.array_types import Float32
from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click, ExpectedClick
from napari_simpleclick.inference.logits import logit
from napari_simpleclick.inference.resample import neighbours
from napari_simpleclick.prompts import Prompt, marked_pixels

MARGIN = 0.5
"""Logit that a clicked pixel gets at least, in the direction of the click."""

SPREAD = 1.0
"""Pixels of the plane within which a correction fades (standard deviation of a bell)."""

FINEST_SPREAD = 2.0
"""The same in values of the map, where a pixel of the plane is less."""

REACH = 4
"""Distance in spreads beyond which a correction is zero and other clicks play no part."""

RIDGE = 0.05
"""Keeps opposite clicks on neighbouring pixels from pushing each other to extremes."""

ATTEMPTS = 3
"""A correction falls short by the ridge, and by what lies between values of the map."""

NOTHING = 1e-3
"""Values whose odds change by a smaller part stay as they are."""

SUREST = 1e-6
"""Probabilities are moved as if none were closer to 0 or 1."""

SLACK = 0.05
"""Boxes and lassos count as larger by this part of their height and width on every side: people cut a little off."""


def keep_inside(probabilities: Float32[np.ndarray, "size size"], clicks: Sequence[Click], roi: Box) -> None:
    """Take out of a map, in place, what lies outside of the boxes and lassos around the object.

    Several are around its pieces. A positive click or scribble outside of all says that there is more: then none binds.

    Parameters
    ----------
    probabilities
        (size, size) float32; its corners are the corners of `roi`.
    clicks
        All clicks and prompts.
    roi
        The region of the plane that the map covers.
    """
    around = [click for click in clicks if isinstance(click, Prompt) and click.surrounds and click.positive]
    outlines = [enlarged(prompt) for prompt in around if area(prompt) >= 1]
    if not outlines:  # a line without area surrounds nothing, and binds nothing
        return
    from skimage.draw import polygon2mask
    from skimage.measure import points_in_poly

    marked = np.array([pixel for click in clicks if click.positive for pixel in marked_pixels(click)]).reshape(-1, 2)
    if not np.any([points_in_poly(marked, outline) for outline in outlines], axis=0).all():
        return
    corner = roi.row_start, roi.col_start
    scale = (np.array(probabilities.shape) - 1) / np.maximum(np.array(roi.shape) - 1, 1)
    kept = [polygon2mask(probabilities.shape, (outline - corner) * scale) for outline in outlines]
    probabilities *= np.any(kept, axis=0)


def area(prompt: Prompt) -> float:
    """Pixels that a box or lasso surrounds."""
    rows, cols = np.array(prompt.path).T
    return float(abs(rows[:-1] @ cols[1:] - rows[1:] @ cols[:-1]) / 2)


def enlarged(prompt: Prompt) -> np.ndarray:
    """Corners of a box or lasso, (count, 2) rows and columns, moved out by `SLACK`, a pixel at least."""
    path = np.array(prompt.path)
    low, high = path.min(axis=0), path.max(axis=0)
    extent = np.maximum(high - low, 1)
    middle = (low + high) / 2
    return np.asarray(middle + (path - middle) * (1 + np.maximum(2 * SLACK, 2 / extent)))


def force_clicks(probabilities: Float32[np.ndarray, "size size"], clicks: Sequence[Click], roi: Box) -> None:
    """Correct a map, in place, where it contradicts clicks.

    Logits are raised or lowered by bells around such clicks, as high together as each click needs. Clicks near by that
    the map agrees with keep it so.

    Parameters
    ----------
    probabilities
        (size, size) float32; its corners are the corners of `roi`.
    clicks
        All clicks and scribbles. The newest on a pixel counts; those outside the region and expected ones do not.
    roi
        The region of the plane that the map covers.
    """
    made = {
        (row - roi.row_start, col - roi.col_start): click.positive
        for click in clicks
        if not isinstance(click, ExpectedClick)
        for row, col in marked_pixels(click)
    }
    height, width = roi.shape
    inside = [(row, col, sign) for (row, col), sign in made.items() if 0 <= row < height and 0 <= col < width]
    if not inside:
        return
    places, signs = np.array(inside)[:, :2], np.where([positive for *_, positive in inside], 1, -1)
    scale = (np.array(probabilities.shape) - 1) / np.maximum(np.array([height, width]) - 1, 1)
    spread = np.maximum(SPREAD * scale, FINEST_SPREAD)
    for _ in range(ATTEMPTS):
        lacking = np.maximum(MARGIN - signs * logits_at(probabilities, places, (height, width)), 0)
        contradicted = lacking > 0  # not where the map is no number
        if not contradicted.any():
            return
        apart = np.abs(places[:, None] - places[contradicted]) * scale / spread
        near = (apart.max(axis=2) < REACH).any(axis=1)
        raise_around(probabilities, places[near] * scale, (signs * lacking)[near], spread)


def logits_at(probabilities: np.ndarray, places: np.ndarray, covered: tuple[int, int]) -> np.ndarray:
    """Logits of a map (size, size) at pixels (count, 2), counted from the first of the `covered` rows and columns."""
    (top, bottom, down), (left, right, across) = (
        neighbours(places[:, axis], covered[axis], probabilities.shape[axis]) for axis in (0, 1)
    )
    above = probabilities[top, left] * (1 - across) + probabilities[top, right] * across
    below = probabilities[bottom, left] * (1 - across) + probabilities[bottom, right] * across
    return logit(above * (1 - down) + below * down, least=SUREST)


def raise_around(probabilities: np.ndarray, places: np.ndarray, by: np.ndarray, spread: np.ndarray) -> None:
    """Change logits of a map (size, size), in place, by given amounts at places (count, 2), fading around them."""
    apart = ((places[:, None] - places) / spread) ** 2
    heights = np.linalg.solve(np.exp(-apart.sum(axis=2) / 2) + RIDGE * np.eye(len(places)), by)
    bells, window = [], []
    for along, width, extent in zip(places.T, spread, probabilities.shape, strict=True):
        start, stop = max(int(along.min() - REACH * width), 0), min(int(along.max() + REACH * width) + 2, extent)
        bells.append(np.exp(-(((np.arange(start, stop) - along[:, None]) / width) ** 2) / 2))
        window.append(slice(start, stop))
    odds = np.exp((heights[:, None] * bells[0]).T @ bells[1])
    part = probabilities[tuple(window)]
    changed = np.abs(odds - 1) > NOTHING
    values, odds = np.clip(part[changed], SUREST, 1 - SUREST), odds[changed]
    part[changed] = values * odds / (1 - values + values * odds)
