"""Confidence: how sure it is that what was found on a slice is still the object of the slice where a user saw it.

The expected shape takes part in the answer, so the answer's overlap with it tells little. Three witnesses know nothing
of it: the grey values that the object had where it was seen, the network when it is clicked anew without a mask, and
the way back: what was found, followed to the slice before, should be what was there.
"""

import numpy as np

from napari_simpleclick.arrays import Box
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.propagation.follow import centre_click, follow, shared_area
from napari_simpleclick.inference.propagation.intensity_likelihood import IntensityLikelihood
from napari_simpleclick.inference.resample import Plane
from napari_simpleclick.inference.session import PredictorLike
from napari_simpleclick.masks import BoxedMask, clamped

LEAST = 0.4
"""Below this confidence propagation stops."""

WEIGHTS = {"grey values": 2.1, "clicked anew": 2.1, "way back": 2.3}
"""Of the witnesses; fitted on real stacks, see `benchmarks/propagation_end.py --fit` and decision 22."""

OFFSET = -3.6
"""Logit of the confidence where no witness speaks for the object."""

SURROUNDINGS = 20
"""Pixels beyond the object, and its own size, that the network sees when it is clicked anew."""

UNKNOWN = 0.5
"""Evidence of grey values where an object has no surroundings to be told from."""


def confidence(
    predictor: PredictorLike,
    likelihood: IntensityLikelihood | None,
    known: tuple[Plane, BoxedMask],
    found: tuple[Plane, BoxedMask],
) -> float:
    """How sure it is that an object was found, 0 to 1.

    Parameters
    ----------
    predictor
        Is clicked in the middle of what was found, and follows it back.
    likelihood
        Grey values of the object where a user saw it; None if they are not known.
    known, found
        Picture (height, width, 3) uint8 of the slice before and of this one, and the object there.
    """
    seen = dict(zip(WEIGHTS, witnesses(predictor, likelihood, known, found), strict=True))
    evidence = sum(WEIGHTS[name] * value for name, value in seen.items())
    return float(1 / (1 + np.exp(-(OFFSET + evidence))))


def witnesses(
    predictor: PredictorLike,
    likelihood: IntensityLikelihood | None,
    known: tuple[Plane, BoxedMask],
    found: tuple[Plane, BoxedMask],
) -> tuple[float, float, float]:
    """What speaks for the object, in the order of `WEIGHTS`: a mean logit, and two IoUs. See `confidence`."""
    (before, there), (image, here) = known, found
    looks = UNKNOWN if likelihood is None else likelihood.inside(image, here)
    anew = predictor.predict(image, [centre_click(here)], None, view=surroundings(here, image)).object_mask()
    plane_shape = image.shape[0], image.shape[1]
    back = follow(predictor, Prediction.from_boxed(here, plane_shape), before, known=image).object_mask()
    return looks, agreement(here, anew), agreement(there, back)


def surroundings(boxed: BoxedMask, image: Plane) -> Box:
    """The object, as much again on each side and a little more, within the picture."""
    box, (height, width) = boxed[0], boxed[0].shape
    around = Box(
        box.row_start - height - SURROUNDINGS,
        box.row_stop + height + SURROUNDINGS,
        box.col_start - width - SURROUNDINGS,
        box.col_stop + width + SURROUNDINGS,
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
