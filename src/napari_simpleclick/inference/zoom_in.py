"""Where an answer sprawls over the plane, the object is looked for around the click (docs/decisions/0014)."""

from dataclasses import replace

from napari_simpleclick.arrays import Box, bounding_box
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.request import Question
from napari_simpleclick.inference.roi import CLOSE, LONGEST_SMALL_SIDE, OBJECT_THRESHOLD, clamp, holds

SPRAWLS = 0.3
"""An object that fills less of the square around it has no shape that a click means."""

NEAR_SIDES = LONGEST_SMALL_SIDE, CLOSE.smallest_side
"""Sides of the squares around the click that are looked at, one after the other, in pixels."""

WHOLE, WHOLE_AFTER_REFUSAL = 0.5, 0.8
"""Larger parts of a square are parts of something larger; less cautious once the user said that the answer is wrong."""


def near_question(question: Question, answer: Prediction, seen: Box, side: int) -> Question | None:
    """What asks for the object around the click if an answer sprawls, or still does after a negative click.

    Parameters
    ----------
    question
        What was asked; its newest positive click is in the middle of the new view.
    answer
        What was answered.
    seen
        The region that was looked at first.
    side
        Side of the new view in pixels. A first click is looked for in the largest only: large things have small parts.

    Returns
    -------
    Question or None
        Without the answer before. None if the answer will do, or if it was looked for from near.
    """
    centre = next((click for click in reversed(question.clicks) if click.positive), None)
    if not refused(question) and (question.previous or side < NEAR_SIDES[0]):
        return None
    if centre is None or max(seen.shape) <= 2 * NEAR_SIDES[0] or fill(answer) >= SPRAWLS:
        return None
    row, col = round(centre.row) - side // 2, round(centre.col) - side // 2
    view = clamp(Box(row, row + side, col, col + side), answer.plane_shape)
    return question._replace(view=view, previous=None) if holds(view, question.clicks) else None


def refused(question: Question) -> bool:
    """Whether the newest click says that something does not belong."""
    return not question.clicks[-1].positive


def better(found: Prediction, sprawling: Prediction, near: Question | None) -> Prediction:
    """What was found near the click if it is a small thing as a whole, not a part of something large."""
    if near is None or near.view is None:
        return sprawling
    box = found.object_box(OBJECT_THRESHOLD)
    if box is None:
        return sprawling
    whole = max(box.shape) <= (WHOLE_AFTER_REFUSAL if refused(near) else WHOLE) * max(near.view.shape)
    if not (whole and 2 * area(found) <= area(sprawling) and is_inside(box, near.view, found.plane_shape)):
        return sprawling
    return replace(found, first_look=found.first_look or Prediction.from_patch(None, found.plane_shape))


def is_inside(box: Box, view: Box, plane_shape: tuple[int, int]) -> bool:
    """Whether a box does not touch the border of a view, except where that is the border of the plane."""
    height, width = plane_shape
    return (
        (box.row_start > view.row_start or view.row_start == 0)
        and (box.col_start > view.col_start or view.col_start == 0)
        and (box.row_stop < view.row_stop or view.row_stop == height)
        and (box.col_stop < view.col_stop or view.col_stop == width)
    )


def fill(answer: Prediction) -> float:
    """Part of the smallest square around the object that the object fills; 1 if nothing was found."""
    box = bounding_box(answer.shown_map() > OBJECT_THRESHOLD)
    if box is None:
        return 1.0
    height, width = pixels_per_value(answer)
    return area(answer) / max(box.shape[0] * height, box.shape[1] * width) ** 2


def area(answer: Prediction) -> float:
    """Pixels of the plane above the threshold, told from the small map."""
    height, width = pixels_per_value(answer)
    return float((answer.shown_map() > OBJECT_THRESHOLD).sum()) * height * width


def pixels_per_value(answer: Prediction) -> tuple[float, float]:
    """Height and width of a value of the small map in pixels of the plane."""
    rows, cols = answer.shown_map().shape
    return answer.roi.shape[0] / rows, answer.roi.shape[1] / cols
