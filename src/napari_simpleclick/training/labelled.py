"""Examples from real pictures with labels: a random object in a random crop, varied as pictures vary."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from napari_simpleclick.arrays import LabelMap
from napari_simpleclick.training.annotator_variation import drawn_by_hand
from napari_simpleclick.training.crops import random_crop
from napari_simpleclick.training.pictures import Reader
from napari_simpleclick.training.shapes import Rng
from napari_simpleclick.training.synthesis import DISTANT, Example

SMALLEST_AREA = 80
"""Smallest object to learn from, in pixels (SimpleClick, training)."""

FEW = 10
"""A picture with so many objects is used half as often as one with very many: those hold most of all objects."""


@dataclass(frozen=True, slots=True)
class LabelledPictures:
    """Pictures that are read when needed, each with a label map.

    Parameters
    ----------
    readers
        One function per picture; see `pictures`.
    redrawn
        Part of the targets that are drawn a little differently, as another person might have; for rough outlines.
    """

    readers: Sequence[Reader]
    redrawn: float = 0.0

    def example(self, rng: Rng, size: int) -> Example:
        """A crop around a random object of a random picture, resized to `size`.

        Raises
        ------
        ValueError
            If a thousand random pictures hold no object that is large enough.
        """
        for _ in range(1000):
            image, labels = self.readers[int(rng.integers(len(self.readers)))]()
            if labels.ndim == 3:
                labels = labels[..., int(rng.integers(labels.shape[2]))]
            large = large_objects(labels)
            if rng.random() < large.size / (large.size + FEW):
                target = labels == int(rng.choice(large))
                crop, target = random_crop(rng, image, target, size, furthest=furthest_view(rng, size))
                if rng.random() < self.redrawn and target.any():
                    target = drawn_by_hand(rng, target)
                return vary(rng, crop, target)
        raise ValueError(f"No object of at least {SMALLEST_AREA} pixels in 1000 pictures. Check the labels.")


def large_objects(labels: LabelMap, smallest: int = SMALLEST_AREA) -> np.ndarray:
    """Labels of the objects of at least `smallest` pixels, ascending.

    Examples
    --------
    >>> large_objects(np.repeat([0, 2, 5, 5], [9, 3, 4, 4])[None], smallest=4)
    array([5])
    """
    objects = labels[labels > 0]
    return np.flatnonzero(np.bincount(objects) >= smallest) if objects.size else objects


def furthest_view(rng: Rng, size: int) -> float:
    """How much larger than the object a crop may be: 9 times, more for larger crops, in some cases far more."""
    return 9 * math.sqrt(max(1.0, size / 128)) * (3 if rng.random() < DISTANT else 1)


def vary(rng: Rng, image: np.ndarray, target: np.ndarray) -> Example:
    """Mirror, quarter turns, brightness, contrast, gamma, inversion, grey, shifted channels, noise."""
    turns = int(rng.integers(4))
    image, target = np.rot90(image, turns), np.rot90(target, turns)
    if rng.random() < 0.5:
        image, target = image[:, ::-1], target[:, ::-1]
    picture = image.astype(np.float32) / 255
    if rng.random() < 0.2:
        picture = np.repeat(picture.mean(axis=-1, keepdims=True), 3, axis=-1)
    if rng.random() < 0.2:
        picture = 1 - picture
    picture = np.clip(picture, 0, 1) ** np.exp(rng.normal(0, 0.35)) * rng.uniform(0.7, 1.15) + rng.uniform(-0.08, 0.08)
    if rng.random() < 0.5:
        picture = picture + rng.uniform(-0.08, 0.08, 3)
    if rng.random() < 0.4:
        picture = picture + rng.uniform(0, 0.06) * rng.standard_normal((*target.shape, 1), dtype=np.float32)
    shown = np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    return Example(np.ascontiguousarray(shown), np.ascontiguousarray(target))
