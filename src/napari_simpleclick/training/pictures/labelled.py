"""Examples from real pictures with labels: a random object in a random crop, varied as pictures vary."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from napari_simpleclick.training.annotator.annotator_variation import drawn_by_hand
from napari_simpleclick.training.crops import DISTANT, Spans, box_of, nearest, region_around, show, square_around
from napari_simpleclick.training.examples import Example
from napari_simpleclick.training.noise import Rng
from napari_simpleclick.training.pictures.augmentation import Kind, vary
from napari_simpleclick.training.pictures.readers import Reader
from napari_simpleclick.training.pictures.targets import SMALLEST_AREA, choose_target

SMALLEST_SEEN = 0.002
"""Smallest object that is learnt from the view of a whole picture, as a part of it."""


@dataclass(frozen=True, slots=True)
class LabelledPictures:
    """Pictures that are read when needed, each with a label map.

    Parameters
    ----------
    readers
        One function per picture; see `pictures`.
    redrawn
        Part of the targets that are drawn a little differently, as another person might have; for rough outlines.
    kind
        What the pictures show, which decides how they are varied.
    parts
        Whether all labels of a picture together are an object, too.
    varied
        Whether two touching objects, and the complement of one, are targets, too.
    whole, region
        Chances that the whole picture is shown, as before the first click, and the predictor's region of interest;
        otherwise a square around the object.
    pasted
        Chance that the object is pasted into the crop of another picture.
    """

    readers: Sequence[Reader]
    redrawn: float = 0.0
    kind: Kind = "any"
    parts: bool = False
    varied: bool = False
    whole: float = 0.0
    region: float = 0.0
    pasted: float = 0.0

    def example(self, rng: Rng, size: int) -> Example:
        """A crop around a random object of a random picture, resized to `size`.

        Raises
        ------
        ValueError
            If a thousand random pictures hold no object that is large enough.
        """
        shown = self.crop(rng, size)
        if rng.random() < self.pasted and shown.target.mean() < 0.5:
            shown = Example(paste(rng, shown.image, shown.target, self.crop(rng, size).image), shown.target)
        if rng.random() < self.redrawn and shown.target.any():
            shown = replace(shown, target=drawn_by_hand(rng, shown.target))
        return vary(rng, shown, self.kind)

    def crop(self, rng: Rng, size: int) -> Example:
        """A crop around an object, resized.

        Raises
        ------
        ValueError
            If 1000 pictures have no object that is large enough.
        """
        for _ in range(1000):
            image, labels = self.readers[int(rng.integers(len(self.readers)))]()
            if labels.ndim == 3:
                labels = labels[..., int(rng.integers(labels.shape[2]))]
            target = choose_target(rng, labels, parts=self.parts, varied=self.varied)
            if target is not None:
                spans = self.view(rng, target, size)
                return Example(*show(image, target, spans, size), nearest(labels, spans, size))
        raise ValueError(f"No object of at least {SMALLEST_AREA} pixels in 1000 pictures. Check the labels.")

    def view(self, rng: Rng, target: np.ndarray, size: int) -> Spans:
        """Which part of a picture is shown of a target (height, width) bool.

        Parameters
        ----------
        rng
            Source of chance.
        target
            (height, width) bool, not empty.
        size
            Side in pixels to which the view will be resized.

        Returns
        -------
        spans
            First and last row, and first and last column.
        """
        box, chance = box_of(target), rng.random()
        if chance < self.whole and target.mean() > SMALLEST_SEEN:
            return (0.0, float(target.shape[0])), (0.0, float(target.shape[1]))
        if chance > 1 - self.region:
            return region_around(rng, box, target.shape)
        return square_around(rng, box, target.shape, size, furthest=furthest_view(rng, size))


def furthest_view(rng: Rng, size: int) -> float:
    """How much larger than the object a crop may be: 9 times, more for larger crops, in some cases far more."""
    return 9 * math.sqrt(max(1.0, size / 128)) * (3 if rng.random() < DISTANT else 1)


def paste(rng: Rng, image: np.ndarray, target: np.ndarray, elsewhere: np.ndarray) -> np.ndarray:
    """The target (size, size) bool of a picture (size, size, 3) uint8 in another one of that size, softly blended."""
    alpha = cv2.GaussianBlur(target.astype(np.float32), (0, 0), rng.uniform(0.5, 1.5))[..., None]
    return np.asarray(np.round(alpha * image + (1 - alpha) * elsewhere), np.uint8)
