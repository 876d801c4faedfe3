"""The looks of one answer: coarsely and then in full; first clicks in full before, which tells where to look.

Each look is given the answer of the one before as its previous mask (docs/decisions/0014 and 0027).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import ExpectedClick
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.recipe import LONGEST_SMALL_SIDE, InferenceRecipe
from napari_simpleclick.inference.request import Request

Look = Callable[[Sequence[tuple[Request, Box]], int], list[Prediction]]
"""Answers requests, each in its region, with one pass of the network for inputs of some side in pixels."""

SMALL = 0.5
"""Regions are looked at from closer up to this part of the side of the first one, and up to `LONGEST_SMALL_SIDE`."""

EARLY_CLICKS, SMALL_THINGS = 2, 150
"""Clicks that are looked at coarsely in any region, and the longest region, in pixels, in which later and expected ones
are not: it shows small things, whose outline would be lost."""


@dataclass(slots=True)
class Asked:
    """A request on its way to an answer.

    Parameters
    ----------
    request
        What is asked next: with the last answer as its previous mask.
    roi
        Where to look next.
    answer, before
        The last answer, and the one before.
    """

    request: Request
    roi: Box
    answer: Prediction | None = None
    before: Prediction | None = None

    def take(self, answer: Prediction) -> None:
        """Go on from an answer."""
        self.answer, self.before = answer, self.answer
        self.request = self.request._replace(previous=answer)

    def has_seen(self, size: int) -> bool:
        """Whether the last look was there where one would look next, for an input of that size."""
        return self.answer is not None and self.answer.roi == self.roi and len(self.answer.shown_map()) == size


def answer_in_looks(
    look: Look, requests: Sequence[Request], recipe: InferenceRecipe, *, coarse: int, full: int
) -> list[Prediction]:
    """Answer requests in as many looks as each of them needs.

    Parameters
    ----------
    look
        One pass of the network.
    requests
        What to answer.
    recipe
        How regions are chosen, and which looks there are.
    coarse, full
        Side of the network's input at a coarse look and at the others; equal where there are no coarse looks.
    """
    asked = [Asked(request, request.roi(recipe)) for request in requests]

    def look_at(some: Sequence[Asked], size: int) -> None:
        answers = look([(each.request, each.roi) for each in some], size) if some else ()
        for each, answer in zip(some, answers, strict=True):
            each.take(answer)

    if recipe.zoom_in:
        first = [each for each in asked if each.request.previous is None]
        look_at(first, full)
        for each in first:
            each.roi = closer_region(each.roi, each.request.roi(recipe))
    if coarse < full:
        look_at([each for each in asked if wants_coarse_look(each)], coarse)
    look_at([each for each in asked if not each.has_seen(full)], full)
    return [replace(each.answer, first_look=each.before) for each in asked if each.answer]


def wants_coarse_look(asked: Asked) -> bool:
    """Whether a coarse look helps: not where a mask is followed (propagation), or things are small and clicked often.

    An object that is expected while no mask of it is shown is propagation's second witness (docs/decisions/0022): it is
    looked at as a late click is, coarsely unless the region is small.
    """
    clicks = asked.request.clicks
    expected, followed = isinstance(clicks[-1], ExpectedClick), asked.answer is None
    careful = expected or len(clicks) > EARLY_CLICKS
    return not (expected and followed) and not (careful and max(asked.roi.shape) <= SMALL_THINGS)


def closer_region(seen: Box, wanted: Box) -> Box:
    """The region that an answer asks for, where that is small; else the one that was seen."""
    return wanted if max(wanted.shape) <= max(SMALL * max(seen.shape), LONGEST_SMALL_SIDE) else seen
