"""Confidence: how sure it is that what was found on a slice is still the object of the slice where a user saw it.

The expected shape takes part in the answer, so the answer's overlap with it tells little. Two witnesses know nothing of
it: the grey values that the object had where it was seen, and the network when it is clicked anew without a mask.
"""

import numpy as np

from napari_simpleclick.arrays import Box
from napari_simpleclick.inference.prediction import Patch
from napari_simpleclick.inference.propagation.follow import centre_click, shared_area
from napari_simpleclick.inference.propagation.intensity_likelihood import IntensityLikelihood
from napari_simpleclick.inference.resample import Plane
from napari_simpleclick.inference.session import PredictorLike
from napari_simpleclick.masks import clamped

LEAST = 0.5
"""Below this confidence propagation stops."""

MIDDLE = 0.2
"""Sum of both witnesses at which the confidence is one half; see `benchmarks/propagation_end.py`."""

SLOPE = 4.0
"""How fast the confidence rises with that sum."""

SURROUNDINGS = 20
"""Pixels beyond the object, and its own size, that the network sees when it is clicked anew."""

UNKNOWN = 0.5
"""Evidence of grey values where an object has no surroundings to be told from."""


def confidence(predictor: PredictorLike, looks: IntensityLikelihood | None, image: Plane, found: Patch) -> float:
    """How sure it is that an object was found, 0 to 1.

    Parameters
    ----------
    predictor
        Answers one click in the middle of what was found.
    looks
        Grey values of the object where a user saw it; None if they are not known.
    image
        (height, width, 3) uint8 picture of the slice where it was found.
    found
        What was found there.
    """
    box = found[0]
    height, width = box.shape
    around = Box(
        box.row_start - height - SURROUNDINGS,
        box.row_stop + height + SURROUNDINGS,
        box.col_start - width - SURROUNDINGS,
        box.col_stop + width + SURROUNDINGS,
    )
    view = clamped(around, (image.shape[0], image.shape[1]))
    anew = predictor.predict(image, [centre_click(found)], None, view=view).object_mask()
    likeness = UNKNOWN if looks is None else looks.inside(image, found)
    return float(1 / (1 + np.exp(-SLOPE * (likeness + agreement(found, anew) - MIDDLE))))


def agreement(first: Patch, second: Patch | None) -> float:
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
