"""Replay: give every answer of a session once more, and tell whether the masks are the same."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from napari_simpleclick.annotation.history import Place
from napari_simpleclick.annotation.session_files.format import SessionContent, StepRecord, click_of
from napari_simpleclick.annotation.session_files.mask_codec import equal, unpacked
from napari_simpleclick.arrays import Box
from napari_simpleclick.inference.prediction import BoxedMask, Prediction
from napari_simpleclick.inference.propagation.confidence import clicked_anew
from napari_simpleclick.inference.propagation.follow import follow, shared_area
from napari_simpleclick.inference.resample import Plane
from napari_simpleclick.inference.session import PredictorLike
from napari_simpleclick.masks import minus

Pictures = Callable[[Hashable, Mapping[str, Any]], Plane]
"""The picture of a plane, from its key and the settings that `Circumstances.image` had."""

Predictors = Callable[[int], PredictorLike]
"""The predictor with this place in the list of the file."""


@dataclass(frozen=True, slots=True, eq=False)
class Replayed:
    """The mask of an object on a plane, found once more.

    Parameters
    ----------
    place
        Object and plane.
    mask
        The object; None if there is nothing.
    stored
        The object as the file has it.
    clicks
        Number of clicks that led to it.
    """

    place: Place
    mask: BoxedMask | None
    stored: BoxedMask | None
    clicks: int

    @property
    def same(self) -> bool:
        """Whether both masks have the same pixels."""
        return equal(self.mask, self.stored)

    @property
    def differing(self) -> int:
        """Number of pixels that are in one mask only."""
        return differing_pixels(self.mask, self.stored)


@dataclass(slots=True)
class Replay:
    """Gives the answers of a session in their order: clicks and propagated slices are predicted, strokes taken over.

    Parameters
    ----------
    content
        What the session file holds.
    pictures
        Gives the picture of a plane.
    predictors
        Gives the predictor of an answer.
    """

    content: SessionContent
    pictures: Pictures
    predictors: Predictors
    _known: dict[int, Prediction] = field(default_factory=dict)
    _waiting: Counter[int] = field(default_factory=Counter)

    def run(self) -> Iterator[Replayed]:
        """One result for every object on every plane, as soon as it is known."""
        steps = self.content.steps
        places = {number: place for place, number in self.content.newest.items()}
        needed = self._needed()
        for number in needed:
            self._waiting.update(earlier for earlier in self._basis(number) if earlier)
        for number in needed:
            without = unpacked(steps[number].get("without"))
            prediction = self._known[number] = replace(self._predict(number), without=without)
            if number in places:
                clicks = sum("click" in steps[each] for each in self.content.follows(number))
                stored = minus(self._stored(number), without)
                yield Replayed(places[number], prediction.object_mask(), stored, clicks)
            self._release(number)

    def _needed(self) -> list[int]:
        """Numbers of the steps that lead to the masks, in an order in which they can be replayed."""
        needed: set[int] = set()
        pending = list(self.content.newest.values())
        while pending:
            number = pending.pop()
            if number and number not in needed:
                needed.add(number)
                pending += self._basis(number)
        return sorted(needed)

    def _basis(self, number: int) -> tuple[int, int]:
        """The steps that a step starts from."""
        record = self.content.steps[number]
        return record["after"], record.get("source", 0)

    def _predict(self, number: int) -> Prediction:
        record = self.content.steps[number]
        after, source = self._basis(number)
        if record.get("unchanged"):
            return self._known[after]
        if "revised" in record:
            values: dict[str, Any] = {
                name: Box(*value) if name == "roi" else value for name, value in record["revised"].items()
            }
            return replace(self._known[after], **values)
        if "click" in record and "predictor" in record:
            clicks = [
                click_of(made)
                for each in self.content.follows(number)
                if (made := self.content.steps[each].get("click"))
            ]
            view = Box(*record["view"]) if record["view"] else None
            predictor = self.predictors(record["predictor"])
            previous = self._start(after, record) if after else None
            beside = previous.beside(unpacked(record.get("others"))) if previous else None
            return predictor.predict(self._picture(record), clicks, beside, view=view)
        if record["origin"] == "propagated" and source and "predictor" in record:
            start, there = self._start(source, record), self.content.steps[source]
            # A restored slice is shown to the network as the user sees it when going on.
            seen = record if record.get("resumed") or "image" not in there else there
            known = self.pictures(there["plane"], seen["image"])
            predictor, picture = self.predictors(record["predictor"]), self._picture(record)
            followed = follow(predictor, start, picture, known=known)
            found = followed.object_mask() if record.get("anew") else None
            return clicked_anew(predictor, picture, found) if found else followed
        return as_drawn(record, self._stored(number))

    def _start(self, number: int, record: StepRecord) -> Prediction:
        """The prediction that a step started from; after a restart that was only its mask."""
        known = self._known[number]
        if not record.get("resumed"):
            return known
        return replace(Prediction.from_boxed(known.claim(), known.plane_shape), without=known.without)

    def _picture(self, record: StepRecord) -> Plane:
        return self.pictures(record["plane"], record["image"])

    def _stored(self, number: int) -> BoxedMask | None:
        record = self.content.steps[number]
        while record.get("unchanged"):
            record = self.content.steps[record["after"]]
        return unpacked(record["mask"])

    def _release(self, number: int) -> None:
        """Forget predictions that no step starts from any more: each takes most of a megabyte."""
        for earlier in self._basis(number):
            self._waiting[earlier] -= 1
            if earlier and not self._waiting[earlier]:
                del self._known[earlier]
        if not self._waiting[number]:
            del self._known[number]


def as_drawn(record: StepRecord, boxed: BoxedMask | None) -> Prediction:
    """A mask that came without a network."""
    height, width = record["shape"]
    return Prediction.from_boxed(boxed, (height, width))


def differing_pixels(first: BoxedMask | None, second: BoxedMask | None) -> int:
    """Number of pixels that are in one of two masks only.

    Examples
    --------
    >>> import numpy as np
    >>> square = np.ones((2, 2), bool)
    >>> differing_pixels((Box(0, 2, 0, 2), square), (Box(1, 3, 1, 3), square)), differing_pixels(None, None)
    (6, 0)
    """
    areas = [int(boxed[1].sum()) if boxed else 0 for boxed in (first, second)]
    shared = shared_area(first, second) if first and second else 0
    return sum(areas) - 2 * shared
