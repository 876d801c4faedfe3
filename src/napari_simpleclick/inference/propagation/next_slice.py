"""The object on the next slice, if it is still there: the step that propagation repeats."""

from dataclasses import dataclass

from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.propagation.confidence import LEAST, confidence
from napari_simpleclick.inference.propagation.follow import expected_shape, follow, why_stop
from napari_simpleclick.inference.propagation.intensity_likelihood import IntensityLikelihood
from napari_simpleclick.inference.resample import Plane
from napari_simpleclick.inference.session import PredictorLike


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
    """

    prediction: Prediction | None
    confidence: float
    lost: str | None


def find_on_next_slice(
    predictor: PredictorLike,
    known: Prediction,
    before: Plane,
    image: Plane,
    likelihood: IntensityLikelihood | None,
) -> NextSlice:
    """Find an object on the slice next to the one where it is known, and tell whether it is still the object.

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
    answer = follow(predictor, known, image, known=before)
    found, there = answer.object_mask(), known.object_mask()
    lost = why_stop(expected, found)
    if lost or found is None or there is None:
        return NextSlice(answer, 0.0, lost)
    sure = confidence(predictor, likelihood, (before, there), (image, found))
    return NextSlice(
        answer, sure, None if sure >= LEAST else f"the object seems to end (confidence {100 * sure:.0f} %)"
    )
