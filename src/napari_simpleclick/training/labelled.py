"""Examples from real pictures with labels: a random object in a random crop, varied as pictures vary."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from napari_simpleclick.arrays import LabelMap, bounding_box
from napari_simpleclick.training.pictures import Reader
from napari_simpleclick.training.shapes import Rng
from napari_simpleclick.training.synthesis import DISTANT, Example

SMALLEST_AREA = 80
"""Smallest object to learn from, in pixels (SimpleClick, training)."""


@dataclass(frozen=True, slots=True)
class LabelledPictures:
    """Pictures that are read when needed, each with a label map.

    Parameters
    ----------
    readers
        One function per picture; see `pictures`.
    """

    readers: Sequence[Reader]

    def example(self, rng: Rng, size: int) -> Example:
        """A crop around a random object of a random picture, resized to `size`.

        Raises
        ------
        ValueError
            If a hundred random pictures hold no object that is large enough.
        """
        for _ in range(100):
            image, labels = self.readers[int(rng.integers(len(self.readers)))]()
            if labels.ndim == 3:
                labels = labels[..., int(rng.integers(labels.shape[2]))]
            large = large_objects(labels)
            if large.size:
                target = labels == int(rng.choice(large))
                return vary(rng, *random_crop(rng, image, target, size))
        raise ValueError(f"No object of at least {SMALLEST_AREA} pixels in 100 pictures. Check the labels.")


def large_objects(labels: LabelMap, smallest: int = SMALLEST_AREA) -> np.ndarray:
    """Labels of the objects of at least `smallest` pixels, ascending.

    Examples
    --------
    >>> large_objects(np.repeat([0, 2, 5, 5], [9, 3, 4, 4])[None], smallest=4)
    array([5])
    """
    objects = labels[labels > 0]
    return np.flatnonzero(np.bincount(objects) >= smallest) if objects.size else objects


def random_crop(rng: Rng, image: np.ndarray, target: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """A view of the object as the network gets it: a square around it, cut at the picture's borders, resized.

    The square is 1.2 to 9 times as large as the object; larger crops may look from further away, a few from very far.
    """
    box = bounding_box(target)
    if box is None:
        raise ValueError("Expected an object to crop, got an empty mask.")
    furthest = 9 * max(1.0, size / 128) ** 0.5 * (3 if rng.random() < DISTANT else 1)
    side = max(box.shape) * np.exp(rng.uniform(np.log(1.2), np.log(furthest)))
    spans = []
    for start, stop, length in ((box.row_start, box.row_stop, len(target)), (*box[2:], target.shape[1])):
        centre = (start + stop) / 2 + rng.uniform(-0.45, 0.45) * (side - (stop - start))
        spans.append((max(centre - side / 2, 0.0), min(centre + side / 2, float(length))))
    (top, bottom), (left, right) = spans
    rows, cols = (
        (start + (np.arange(size) + 0.5) * (stop - start) / size - 0.5).astype(np.float32) for start, stop in spans
    )
    if (scale := max(bottom - top, right - left) / size) > 1:
        image = cv2.GaussianBlur(image, (0, 0), 0.4 * scale)
    grid_cols, grid_rows = np.meshgrid(cols, rows)
    crop = cv2.remap(image, grid_cols, grid_rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    nearest = np.ix_(np.clip(np.round(rows), 0, None).astype(int), np.clip(np.round(cols), 0, None).astype(int))
    return crop, target[nearest]


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
