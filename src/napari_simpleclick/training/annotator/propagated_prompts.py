"""Masks that come from elsewhere: carried over from the next slice, or painted; and the one click that goes with them.

In ordinary work there is no mask before the first click, and two clicks with the next. A mask with a single click is
therefore a question of its own: where is this object here? The click either lies in the middle, as propagation sets it,
or where the mask is wrong, as people set it when they correct a slice that was filled.
"""

import numpy as np

from napari_simpleclick.arrays import disk_radius
from napari_simpleclick.clicks import Click
from napari_simpleclick.training.annotator.click_sampler import border_distances, sample_click
from napari_simpleclick.training.annotator.simulated_history import blurred, warped
from napari_simpleclick.training.noise import Rng

CORRECTED = 0.4
"""Chance that the click corrects the mask, rather than lies in its middle."""

MOVED, GROWN = 0.2, 0.15
"""Deviations of an object's place and of its border from slice to slice, parts of its radius."""


def carried_over(rng: Rng, target: np.ndarray) -> tuple[np.ndarray, list[Click]]:
    """A mask as the object may look on a neighbouring slice, and one click.

    Parameters
    ----------
    rng, target
        As for `earlier_work`.

    Returns
    -------
    previous
        (size, size) float32 in [0, 1]: sharp as a drawn mask, or soft as a prediction.
    clicks
        One click, right for the target.
    """
    mask = on_next_slice(rng, target)
    if rng.random() < CORRECTED:
        click = sample_click(rng, mask, target)
    else:
        click = sample_click(rng, np.zeros_like(target), target & mask if (target & mask).any() else target)
    previous = mask.astype(np.float32)
    if rng.random() < 0.5:
        previous = blurred(rng, previous).clip(0, 1)
    return previous, [click] if click else []


def on_next_slice(rng: Rng, target: np.ndarray) -> np.ndarray:
    """A mask that is moved, bent, and grown or shrunk, (size, size) bool; not empty unless it left the picture."""
    size = len(target)
    radius = disk_radius(target)
    strength = radius * np.exp(rng.uniform(np.log(0.02), np.log(0.5)))
    bent = warped(rng, target, strength, radius, move=radius * MOVED * rng.normal(size=2)) > 0.5
    if not bent.any():
        return target
    inside, outside = border_distances(bent)
    grown = inside - outside + min(inside.max(), 0.2 * size) * np.clip(GROWN * rng.normal(), -0.6, 0.6) > 0
    return np.asarray(grown)
