"""Thresholds: how probable a pixel has to be to belong to a mask, chosen for one object on one plane."""

from collections.abc import Hashable
from dataclasses import replace

from napari_simpleclick.annotation.annotator import Annotator, Place
from napari_simpleclick.annotation.history import Change, Edit, combined
from napari_simpleclick.annotation.objects import require_unlocked
from napari_simpleclick.inference.prediction import Prediction


def set_threshold(annotator: Annotator, object_id: int, plane: Hashable, threshold: float) -> list[Change]:
    """Take another threshold for the newest mask of an object on a plane; the next click starts from the usual one.

    Thresholds set one after the other for the same mask are one thing to undo.

    Parameters
    ----------
    annotator
        Holds the objects.
    object_id, plane
        Where.
    threshold
        Probability in (0, 1) above which a pixel belongs to the mask.

    Returns
    -------
    list of Change
        Empty where there are no probabilities, as of a painted mask.

    Raises
    ------
    LockedError
        If the object is locked.
    """
    require_unlocked(annotator.objects, object_id)
    if not has_probabilities(annotator.sessions.prediction(object_id, plane)):
        return []
    taken_back = annotator.undo() if newest_is_threshold(annotator, (object_id, plane)) else []
    current = annotator.sessions.prediction(object_id, plane)
    if current is None or current.threshold == threshold:
        return taken_back
    changes = annotator.revise(object_id, plane, lambda prediction: replace(prediction, threshold=threshold))
    return combined([*taken_back, *changes])


def has_probabilities(prediction: Prediction | None) -> bool:
    """Whether a threshold means anything: not for what was painted, filled in or read from a file."""
    return prediction is not None and prediction.drawn is None and bool(prediction.shown_map().any())


def newest_is_threshold(annotator: Annotator, place: Place) -> bool:
    """Whether what was done last was to choose a threshold there."""
    newest = annotator.past.done[-1][0] if annotator.past.done else None
    if not isinstance(newest, Edit) or newest.place != place or len(newest.after) != len(newest.before) + 1:
        return False
    if not newest.before:
        return False
    before, after = newest.before[-1].prediction, newest.after[-1].prediction
    return after.network_map is before.network_map and after.threshold != before.threshold
