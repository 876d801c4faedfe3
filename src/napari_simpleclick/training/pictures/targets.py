"""What is to be outlined in a labelled picture: a label, the union of all, two that touch, or what is around them."""

import cv2
import numpy as np

from napari_simpleclick.arrays import BinaryMask, LabelMap
from napari_simpleclick.training.noise import Rng

SMALLEST_AREA = 80
"""Smallest object to learn from, in pixels (SimpleClick, training)."""

FEW = 10
"""A picture with this many objects is used half as often as one with very many: those hold most of all objects."""

UNION = 0.3
"""Chance of the union where labels are parts of one thing."""

PAIR, COMPLEMENT = 0.06, 0.03
"""Chances of two touching objects as one, and of everything else than the target."""

LARGEST_COMPLEMENT = 0.8
"""Largest part of the picture that the complement of a target may be."""


def choose_target(rng: Rng, labels: LabelMap, *, parts: bool = False, varied: bool = False) -> BinaryMask | None:
    """A random object of a picture, or None: pictures with few objects are left out more often.

    Parameters
    ----------
    rng
        Source of chance.
    labels
        (height, width) integers, 0 is background.
    parts
        Whether all labels together are a thing, too: a whole person, a whole disc.
    varied
        Whether the target may be two touching objects, or everything else than the object.
    """
    large = large_objects(labels)
    if rng.random() >= large.size / (large.size + FEW):
        return None
    if parts and rng.random() < UNION:
        return np.asarray(labels > 0)
    label = int(rng.choice(large))
    target = np.asarray(labels == label)
    if varied and rng.random() < PAIR and (others := touching(labels, label)).size:
        target |= labels == int(rng.choice(others))
    if varied and rng.random() < COMPLEMENT and 1 - target.mean() < LARGEST_COMPLEMENT:
        return np.asarray(~target)
    return target


def large_objects(labels: LabelMap, smallest: int = SMALLEST_AREA) -> np.ndarray:
    """Labels of the objects of at least `smallest` pixels, ascending.

    Examples
    --------
    >>> large_objects(np.repeat([0, 2, 5, 5], [9, 3, 4, 4])[None], smallest=4)
    array([5])
    """
    objects = labels[labels > 0]
    return np.flatnonzero(np.bincount(objects) >= smallest) if objects.size else objects


def touching(labels: LabelMap, label: int) -> np.ndarray:
    """Labels of the objects at most two pixels away from an object, ascending.

    Examples
    --------
    >>> touching(np.array([[1, 1, 0, 2, 0, 0, 0, 3]]), 1)
    array([2])
    """
    near = cv2.dilate((labels == label).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    found = np.unique(labels[near])
    return np.asarray(found[(found != label) & (found > 0)])
