"""Zoom-in: small objects on large planes are looked at once more from closer (docs/decisions/0014).

A first prediction is repeated in the region that it asks for. Where the result still sprawls over the plane, the object
is looked for around the click.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from napari_simpleclick.arrays import Box, bounding_box
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.recipe import CLOSE, LONGEST_SMALL_SIDE, OBJECT_THRESHOLD, InferenceRecipe
from napari_simpleclick.inference.request import Request
from napari_simpleclick.inference.roi import holds
from napari_simpleclick.masks import clamped

Look = Callable[[Sequence[tuple[Request, Box]]], list[Prediction]]
"""Answers requests, each in its region, with one pass of the network."""

Asked = TypeVar("Asked")

SPRAWLS = 0.3
"""An object that fills less of the square around it has no shape that a click means."""

NEAR_SIDES = LONGEST_SMALL_SIDE, CLOSE.smallest_side
"""Sides of the squares around the click that are looked at, one after the other, in pixels."""

WHOLE, WHOLE_AFTER_REFUSAL = 0.5, 0.8
"""Larger parts of a square are parts of something larger; less cautious once the user said that the answer is wrong."""


def look_closer(look: Look, requests: Sequence[Request], recipe: InferenceRecipe) -> list[Prediction]:
    """Answer requests, and first ones once more with their own answer, in the region that it asks for.

    Parameters
    ----------
    look
        One pass of the network.
    requests
        What to answer.
    recipe
        How regions are chosen.
    """
    answers = look([(request, request.roi(recipe)) for request in requests])
    closer = [closer_look(request, answer, recipe) for request, answer in zip(requests, answers, strict=True)]
    return [
        replace(second, first_look=first) if second else first
        for first, second in zip(answers, answers_where_asked(look, closer), strict=True)
    ]


def look_near(
    look: Look, requests: Sequence[Request], answers: Sequence[Prediction], recipe: InferenceRecipe
) -> list[Prediction]:
    """The answers; those that sprawl over the plane are exchanged for small things around the click, if there are any.

    Parameters
    ----------
    look
        One pass of the network.
    requests, answers
        What was asked, and what `look_closer` answered.
    recipe
        How regions are chosen.
    """
    found = list(answers)
    regions = [(answer.first_look or answer).roi for answer in answers]
    for side in NEAR_SIDES:
        near = [near_request(*each, side) for each in zip(requests, found, regions, strict=True)]
        nearer = answers_where_asked(lambda asked: look_closer(look, asked, recipe), near)
        found = [
            better(new, old, request) if new and request else old
            for new, old, request in zip(nearer, found, near, strict=True)
        ]
    return found


def answers_where_asked(
    answer: Callable[[Sequence[Asked]], list[Prediction]], asked: Sequence[Asked | None]
) -> list[Prediction | None]:
    """Answers to what there is to ask, all at once; None for the others."""
    there = [each for each in asked if each]
    answers = iter(answer(there) if there else ())
    return [next(answers) if each else None for each in asked]


def closer_look(request: Request, answer: Prediction, recipe: InferenceRecipe) -> tuple[Request, Box] | None:
    """A first request once more, with its own answer, and the region that it asks for; None if that is the same one."""
    if request.previous is not None:
        return None
    again = request._replace(previous=answer)
    roi = again.roi(recipe)
    return (again, roi) if roi != answer.roi else None


def near_request(request: Request, answer: Prediction, first_roi: Box, side: int) -> Request | None:
    """What asks for the object around the click if an answer sprawls, or still does after a negative click.

    Parameters
    ----------
    request
        What was asked; its newest positive click is in the middle of the new view.
    answer
        What was answered.
    first_roi
        The region that was looked at first.
    side
        Side of the new view in pixels. A first click is looked for in the largest only: large things have small parts.

    Returns
    -------
    Request or None
        Without the answer before. None if the answer will do, or if it was looked for from near.
    """
    centre = next((click for click in reversed(request.clicks) if click.positive), None)
    if not refused(request) and (request.previous or side < NEAR_SIDES[0]):
        return None
    if centre is None or max(first_roi.shape) <= 2 * NEAR_SIDES[0] or fill(answer) >= SPRAWLS:
        return None
    row, col = round(centre.row) - side // 2, round(centre.col) - side // 2
    view = clamped(Box(row, row + side, col, col + side), answer.plane_shape)
    return request._replace(view=view, previous=None) if holds(view, request.clicks) else None


def refused(request: Request) -> bool:
    """Whether the newest click says that something does not belong."""
    return not request.clicks[-1].positive


def better(found: Prediction, sprawling: Prediction, near: Request) -> Prediction:
    """What was found near the click if it is a small thing as a whole, not a part of something large."""
    box = found.object_box(OBJECT_THRESHOLD)
    if near.view is None or box is None:
        return sprawling
    whole = max(box.shape) <= (WHOLE_AFTER_REFUSAL if refused(near) else WHOLE) * max(near.view.shape)
    if not (whole and 2 * area(found) <= area(sprawling) and is_inside(box, near.view, found.plane_shape)):
        return sprawling
    return replace(found, first_look=found.first_look or Prediction.from_boxed(None, found.plane_shape))


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
    above, height, width = above_threshold(answer)
    box = bounding_box(above)
    if box is None:
        return 1.0
    rows, cols = box.shape
    return float(above.sum()) * height * width / max(rows * height, cols * width) ** 2


def area(answer: Prediction) -> float:
    """Pixels of the plane above the threshold, told from the small map."""
    above, height, width = above_threshold(answer)
    return float(above.sum()) * height * width


def above_threshold(answer: Prediction) -> tuple[np.ndarray, float, float]:
    """Where the small map exceeds the threshold, and height and width of a value in pixels of the plane."""
    above = answer.shown_map() > OBJECT_THRESHOLD
    (rows, cols), (height, width) = above.shape, answer.roi.shape
    return above, height / rows, width / cols
