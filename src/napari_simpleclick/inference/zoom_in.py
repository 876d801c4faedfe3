"""Zoom-in: the first answer on a small object is repeated in the region that it asks for (docs/decisions/0014)."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from napari_simpleclick.arrays import Box
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.recipe import LONGEST_SMALL_SIDE, InferenceRecipe
from napari_simpleclick.inference.request import Request

Look = Callable[[Sequence[tuple[Request, Box]]], list[Prediction]]
"""Answers requests, each in its region, with one pass of the network."""

SMALL = 0.5
"""Regions are looked at from closer up to this part of the side of the first one, and up to `LONGEST_SMALL_SIDE`."""


def look_closer(look: Look, requests: Sequence[Request], recipe: InferenceRecipe) -> list[Prediction]:
    """Answer requests, and first ones on small objects once more with their own answer, in the region that it asks for.

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
    asked = [each for each in closer if each]
    seconds = iter(look(asked) if asked else ())
    return [
        replace(next(seconds), first_look=first) if again else first
        for first, again in zip(answers, closer, strict=True)
    ]


def closer_look(request: Request, answer: Prediction, recipe: InferenceRecipe) -> tuple[Request, Box] | None:
    """A first request once more, with its own answer, and the region it asks for; None if that is hardly smaller."""
    if request.previous is not None:
        return None
    again = request._replace(previous=answer)
    roi = again.roi(recipe)
    closer = roi != answer.roi and max(roi.shape) <= max(SMALL * max(answer.roi.shape), LONGEST_SMALL_SIDE)
    return (again, roi) if closer else None
