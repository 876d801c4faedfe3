"""The object on the next slice, if it is still there: the step that propagation repeats."""

from dataclasses import dataclass

from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.propagation.confidence import LEAST, agreement, clicked_anew, confidence, likeness
from napari_simpleclick.inference.propagation.follow import expected_shape, follow, why_stop
from napari_simpleclick.inference.propagation.intensity_likelihood import IntensityLikelihood
from napari_simpleclick.inference.resample import Plane
from napari_simpleclick.inference.session import PredictorLike

AGREE = 0.4
"""IoU from which on what was followed and what was clicked anew are the same object."""

AS_LIKE = 0.05
"""By so little the grey values of what was clicked anew may be less those of the object."""


@dataclass(frozen=True, slots=True)
class NextSlice:
    """What propagation found on a slice.

    Parameters
    ----------
    prediction
        The answer, whether it is to be kept or not; None if there was nothing to look for.
    confidence
        How sure it is that this is the object, 0 to 1; 0 where shape or place tell that it is not.
    lost
        Why propagation ends before this slice; None if the object is here.
    witnesses
        What speaks for the object, see `confidence`; None where shape or place tell that it is lost.
    anew
        Whether the answer is that to a click without a mask.
    """

    prediction: Prediction | None
    confidence: float
    lost: str | None
    witnesses: tuple[float, float] | None = None
    anew: bool = False


def find_on_next_slice(
    predictor: PredictorLike,
    known: Prediction,
    before: Plane,
    image: Plane,
    likelihood: IntensityLikelihood | None,
) -> NextSlice:
    """Find an object on the slice next to the one where it is known, and tell whether it is still the object.

    The network is asked with the expected shape, to whose outline it keeps close, then once more with a click in the
    middle of its answer and nothing else. Where both found the same object, the second outline is taken unless its
    grey values are less those of the object.

    Parameters
    ----------
    predictor
        Answers a click in the middle of the object.
    known
        The object on the known slice.
    before
        Picture (height, width, 3) uint8 of the known slice.
    image
        Picture of the next one.
    likelihood
        Grey values of the object where a user saw it; None if they are not known.
    """
    expected = expected_shape(known, image, before)
    if expected is None:
        return NextSlice(None, 0.0, "the object is gone from the slice before")
    followed = follow(predictor, known, image, known=before)
    found = followed.object_mask()
    if found is None:
        return NextSlice(followed, 0.0, why_stop(expected, found))
    anew = clicked_anew(predictor, image, found)
    fresh, answer = anew.object_mask(), followed
    alike, agree = likeness(likelihood, image, found), agreement(found, fresh)
    if fresh is not None and agree >= AGREE and why_stop(expected, fresh) is None:
        alike_anew = likeness(likelihood, image, fresh)
        if alike_anew >= alike - AS_LIKE:
            answer, found, alike = anew, fresh, alike_anew
    lost = why_stop(expected, found)
    if lost:
        return NextSlice(answer, 0.0, lost)
    witnesses = alike, agree
    sure = confidence(witnesses)
    lost = None if sure >= LEAST else f"the object seems to end (confidence {100 * sure:.0f} %)"
    return NextSlice(answer, sure, lost, witnesses, answer is anew)
