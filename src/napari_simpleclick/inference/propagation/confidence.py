"""Confidence: how sure it is that what was found on a slice is still the object of the slice where a user saw it.

The expected shape takes part in what is followed, so its overlap with that tells little. Two witnesses know nothing of
it: the grey values that the object had where it was seen, and the network when it is clicked anew without a mask.
"""

import numpy as np

from napari_simpleclick.arrays import Box
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.propagation.follow import centre_click, shared_area
from napari_simpleclick.inference.propagation.intensity_likelihood import IntensityLikelihood
from napari_simpleclick.inference.resample import Plane
from napari_simpleclick.inference.session import PredictorLike
from napari_simpleclick.masks import BoxedMask, clamped

LEAST = 0.4
"""Below this confidence propagation stops."""

WEIGHTS = {"grey values": 3.9, "clicked anew": 2.4}
"""Of the witnesses; fitted on real stacks, see `benchmarks/propagation_end.py --fit` and decision 22."""

OFFSET = -2.5
"""Logit of the confidence where no witness speaks for the object."""

LIKEST = 0.8
"""Grey values that speak more for the object than this say no more: in some pictures everything bright is alike."""

SURROUNDINGS = 3
"""Times the object's size on each side that the network sees when it is clicked anew."""

MARGIN = 20
"""Pixels that are added on each side, for small objects."""

UNKNOWN = 0.5
"""Evidence of grey values where an object has no surroundings to be told from."""


def confidence(seen: tuple[float, float]) -> float:
    """How sure it is that an object was found, 0 to 1, by what the witnesses say, in the order of `WEIGHTS`.

    Examples
    --------
    >>> confidence((0.8, 1.0)) > 0.9, confidence((-0.5, 0.5)) < LEAST
    (True, True)
    """
    evidence = float(np.dot([*WEIGHTS.values()], seen))
    return float(1 / (1 + np.exp(-(OFFSET + evidence))))


def likeness(likelihood: IntensityLikelihood | None, image: Plane, boxed: BoxedMask) -> float:
    """How much the grey values of a mask are those of the object: a mean logit, `LIKEST` at most.

    Parameters
    ----------
    likelihood
        What is known of the object's grey values; `UNKNOWN` is the answer if None.
    image
        (height, width, 3) uint8 picture of the plane.
    boxed
        The mask.
    """
    return UNKNOWN if likelihood is None else min(likelihood.inside(image, boxed), LIKEST)


def clicked_anew(predictor: PredictorLike, image: Plane, boxed: BoxedMask) -> Prediction:
    """What the network finds when it is clicked in the middle of a mask, and knows nothing else of it.

    Parameters
    ----------
    predictor
        Answers the click.
    image
        (height, width, 3) uint8 picture of the plane.
    boxed
        The mask, not empty.
    """
    return predictor.predict(image, [centre_click(boxed)], None, view=surroundings(boxed, image))


def surroundings(boxed: BoxedMask, image: Plane) -> Box:
    """The object and what is around it, within the picture."""
    box, (height, width) = boxed[0], boxed[0].shape
    around = Box(
        box.row_start - SURROUNDINGS * height - MARGIN,
        box.row_stop + SURROUNDINGS * height + MARGIN,
        box.col_start - SURROUNDINGS * width - MARGIN,
        box.col_stop + SURROUNDINGS * width + MARGIN,
    )
    return clamped(around, (image.shape[0], image.shape[1]))


def agreement(first: BoxedMask, second: BoxedMask | None) -> float:
    """IoU of two masks; 0 if one is empty.

    Examples
    --------
    >>> disk = Box(0, 5, 0, 5), np.ones((5, 5), bool)
    >>> agreement(disk, disk), agreement(disk, None)
    (1.0, 0.0)
    """
    if second is None:
        return 0.0
    shared = shared_area(first, second)
    return float(shared / (first[1].sum() + second[1].sum() - shared))
