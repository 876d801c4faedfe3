"""What an annotator has done before: earlier clicks and the mask they led to, drawn instead of predicted.

Late clicks correct slivers of a mask that is nearly right. Reaching that point by predictions would take ten of them
per sample; distorting the true mask takes a millisecond.
"""

import cv2
import numpy as np

from napari_simpleclick.arrays import disk_radius
from napari_simpleclick.clicks import Click
from napari_simpleclick.training.annotator.click_sampler import border_distances, sample_click
from napari_simpleclick.training.noise import Rng, smooth_noise

MOST_CLICKS = 12
"""Most earlier clicks."""

FOLLOWED = 0.4
"""Chance that the mask is what clicks have led to so far; otherwise the true one, distorted, with clicks beside it."""

OVERGROWN = 0.2
"""Part of the masks that clicks have led to: they began as something several times as wide as the object."""


def earlier_work(rng: Rng, target: np.ndarray) -> tuple[np.ndarray, list[Click]]:
    """A mask that is partly right and the clicks that may have led to it.

    Parameters
    ----------
    rng
        Source of chance.
    target
        (size, size) bool, the true mask; not empty.

    Returns
    -------
    previous
        (size, size) float32, probabilities as a network would have given them.
    clicks
        The first one inside, the others mostly near the border.

    Raises
    ------
    ValueError
        If the mask is empty.
    """
    first = sample_click(rng, np.zeros_like(target), target)
    if first is None:
        raise ValueError("Expected a mask to have clicked on, got an empty one.")
    radius = disk_radius(target)
    if rng.random() < FOLLOWED:
        mask, clicks = half_corrected(rng, target, first)
    else:
        clicks = [first, *border_clicks(rng, target, radius, count=int(rng.integers(0, MOST_CLICKS)))]
        mask = distorted(rng, target, radius)
    previous = softened(rng, mask)
    for click in clicks:
        cv2.circle(previous, (int(click.col), int(click.row)), 2, float(click.positive), thickness=-1)
    return previous, clicks


def border_clicks(rng: Rng, target: np.ndarray, radius: float, *, count: int) -> list[Click]:
    """Clicks within a random distance of the border, right for the side that they are on."""
    inside, outside = border_distances(target)
    clicks: list[Click] = []
    for _ in range(count):
        reach = max(2.0, radius * np.exp(rng.uniform(np.log(0.05), 0)))
        positive = bool(rng.random() < 0.5)
        distances = inside if positive else outside
        places = np.flatnonzero((distances >= 1) & (distances <= reach))
        if places.size:
            row, col = divmod(int(places[rng.integers(places.size)]), target.shape[1])
            clicks.append(Click(row, col, positive))
    return clicks


def half_corrected(rng: Rng, target: np.ndarray, first: Click) -> tuple[np.ndarray, list[Click]]:
    """A mask whose border is off as a whole, (size, size) float32, put right only around the clicks that said so.

    So does a network answer that trusts the edges of the picture where people draw the border elsewhere: a few clicks
    on one side should tell it about all of the border. Or it took the object for something that holds it, such as the
    cell around a nucleus: the next clicks should leave that as a whole, instead of nibbling at it.
    """
    inside, outside = border_distances(target)
    thickness = float(inside.max())
    overgrown = rng.random() < OVERGROWN
    shift = np.exp(rng.uniform(np.log(0.6), np.log(4))) if overgrown else np.clip(rng.normal(0, 0.2), -0.6, 0.6)
    waves = smooth_noise(rng, len(target), max(3, round(thickness * rng.uniform(0.5, 1 + max(shift, 0)))))
    mask = inside - outside + thickness * (shift + (0.5 * shift if overgrown else 0.15) * rng.random() * waves) > 0
    clicks = [first]
    for _ in range(int(rng.integers(1, 5 if overgrown else MOST_CLICKS))):
        click = sample_click(rng, mask, target, clicks)
        if click is None:
            break
        clicks.append(click)
        reach = max(2, round(thickness * max(shift, 1) * rng.uniform(0.1, 0.4)))
        near = np.zeros(target.shape, np.uint8)
        cv2.circle(near, (int(click.col), int(click.row)), reach, 1, thickness=-1)
        mask = np.where(near, target, mask)
    return mask.astype(np.float32), clicks


def distorted(rng: Rng, target: np.ndarray, radius: float) -> np.ndarray:
    """The mask with a wavy, shifted border, and sometimes with a piece missing or too much, (size, size) float32."""
    strength = float(radius * np.exp(rng.uniform(np.log(0.01), np.log(0.3))))
    mask = warped(rng, target, strength, radius)
    if rng.random() < 0.3:
        places = np.argwhere(target)
        row, col = places[rng.integers(len(places))]
        reach = max(2, round(radius * rng.uniform(0.2, 0.9)))
        cv2.circle(mask, (int(col), int(row)), reach, float(rng.random() < 0.5), thickness=-1)
    return mask


def softened(rng: Rng, mask: np.ndarray) -> np.ndarray:
    """A mask as probabilities, (size, size) float32: with a soft border, fainter or bolder than it should be."""
    mask = blurred(rng, mask)
    return np.asarray(np.clip((mask - rng.uniform(0.3, 0.7)) / rng.uniform(0.2, 1.0) + 0.5, 0, 1), np.float32)


def blurred(rng: Rng, mask: np.ndarray) -> np.ndarray:
    """A mask (size, size) float32 whose border is blurred by half a pixel to three."""
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), np.exp(rng.uniform(np.log(0.5), np.log(3)))))


def warped(
    rng: Rng, target: np.ndarray, strength: float, radius: float, *, move: np.ndarray | tuple[float, float] = (0, 0)
) -> np.ndarray:
    """The mask bent by up to about `strength` pixels and moved by rows and columns, (size, size) float32.

    Parameters
    ----------
    rng
        Source of chance.
    target
        (size, size) bool.
    strength
        Deviation of the shift of a pixel, in pixels.
    radius
        Of the object in pixels; waves are up to 1.5 times as long.
    move
        Pixels down and to the right.
    """
    size = len(target)
    scale = int(np.clip(radius * rng.uniform(0.3, 1.5), 3, size / 2))
    rows, cols = np.mgrid[:size, :size].astype(np.float32)
    y, x = (
        (axis + strength * smooth_noise(rng, size, scale) - by).astype(np.float32)
        for axis, by in zip((rows, cols), move, strict=True)
    )
    bent: np.ndarray = cv2.remap(target.astype(np.float32), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return bent
