"""Zoom-in: small objects on large planes are looked at once more from closer (docs/decisions/0014).

A first prediction is repeated in the region that it asks for. Where the result still sprawls over the plane, the object
is looked for around the click.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from napari_simpleclick.arrays import Box, bounding_box
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.recipe import CLOSE, LONGEST_SMALL_SIDE, OBJECT_THRESHOLD, InferenceRecipe
from napari_simpleclick.inference.request import Request
from napari_simpleclick.inference.roi import holds
from napari_simpleclick.masks import clamped

Look = Callable[[Sequence[Request]], list[Prediction]]
"""Answers requests with one pass of the network."""

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
    answers = look(requests)
    again = [closer_request(request, answer, recipe) for request, answer in zip(requests, answers, strict=True)]
    return [
        replace(second, first_look=first) if second else first
        for first, second in zip(answers, look_where_asked(look, again), strict=True)
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
        nearer = look_where_asked(lambda asked: look_closer(look, asked, recipe), near)
        found = [
            better(new, old, request) if new and request else old
            for new, old, request in zip(nearer, found, near, strict=True)
        ]
    return found


def look_where_asked(look: Look, requests: Sequence[Request | None]) -> list[Prediction | None]:
    """Answers to the requests that there are, all at once; None for the others."""
    asked = [request for request in requests if request]
    answers = iter(look(asked) if asked else ())
    return [next(answers) if request else None for request in requests]


def closer_request(request: Request, answer: Prediction, recipe: InferenceRecipe) -> Request | None:
    """A first request once more, with its own answer; None if that is not looked at in another region."""
    again = request._replace(previous=answer)
    return again if request.previous is None and again.roi(recipe) != answer.roi else None


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
