"""How people draw: never quite where the picture has its border, a little too wide here, a little ragged there.

A network that always finds the truth on an edge of the picture snaps to edges, and takes a click beside one as news
about the whole object. With targets as people draw them it learns that a late click is about its own place.
"""

import numpy as np

from napari_simpleclick.training.annotator.click_sampler import border_distances
from napari_simpleclick.training.noise import Rng, smooth_noise

FINEST = 2
"""Smallest features of a ragged border in pixels."""

THICKEST = 0.05
"""Errors do not grow with the object beyond this thickness, a part of the picture's side."""


def drawn_by_hand(rng: Rng, target: np.ndarray) -> np.ndarray:
    """A mask whose border is shifted as a whole and ragged, by up to half of the object's thickness.

    Parameters
    ----------
    rng
        Source of chance.
    target
        (size, size) bool, not empty.

    Returns
    -------
    (size, size) bool
        Not empty.
    """
    inside, outside = border_distances(target)
    thickness = min(float(inside.max()), THICKEST * len(target))
    feature = max(FINEST, round(thickness * rng.uniform(0.2, 0.8)))
    shift = rng.normal(0, 0.12) + rng.uniform(0, 0.15) * smooth_noise(rng, len(target), feature)
    drawn = inside - outside + thickness * np.clip(shift, -0.5, 0.5) > 0
    return np.asarray(drawn if drawn.any() else target)
