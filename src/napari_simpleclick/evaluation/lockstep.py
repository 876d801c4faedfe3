"""Objects clicked in lock-step: one click on each, all answered by one call of the network."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from time import perf_counter
from typing import Protocol, runtime_checkable

from napari_simpleclick.clicks import Click
from napari_simpleclick.data.datasets.base import Sample
from napari_simpleclick.evaluation.metrics import boundary, iou
from napari_simpleclick.evaluation.object_result import ObjectResult
from napari_simpleclick.evaluation.protocol import EvaluationProtocol
from napari_simpleclick.evaluation.users.drawn_prompts import drawn_prompt
from napari_simpleclick.evaluation.users.human_user import draw_of, human_click
from napari_simpleclick.evaluation.users.robot_user import next_click
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.request import Request
from napari_simpleclick.inference.session import ClickSession, PredictorLike


@runtime_checkable
class TogetherLike(Protocol):
    """A predictor that answers several requests in one call; others are asked one after the other."""

    def predict_together(self, requests: Sequence[Request]) -> list[Prediction]:
        """Segment what the clicks of every request point at; see `Predictor.predict_together`."""


class ClickedObject:
    """An object between two clicks of the robot user, with what was measured so far.

    Parameters
    ----------
    predictor
        Answers the clicks.
    sample, object_id, draw
        The picture, the label of the object on it, and the draw of a user who clicks by chance.
    protocol
        Who clicks, and when to stop.
    """

    def __init__(
        self, predictor: PredictorLike, sample: Sample, object_id: int, protocol: EvaluationProtocol, draw: int = 0
    ) -> None:
        self.sample, self.object_id, self.draw, self.protocol = sample, object_id, draw, protocol
        self.rng = draw_of(sample.name, object_id, draw)
        self.session = ClickSession(predictor, sample.image)
        self.target, self.ignore = sample.mask(object_id), sample.ignore
        self.rim = boundary(self.target)
        self.mask = self.target & False
        self.curve: list[float] = []
        self.rims: list[float] = []
        self.seconds: list[float] = []

    @property
    def done(self) -> bool:
        """Whether the clicks are used up, or the object is good enough."""
        stop_at = self.protocol.stop_at
        reached = stop_at is not None and bool(self.curve) and self.curve[-1] >= stop_at
        return reached or len(self.curve) >= self.protocol.max_clicks

    def next_click(self) -> Click:
        """Where the user clicks now, or what is drawn to begin with."""
        if self.protocol.first != "click" and not self.curve:
            return drawn_prompt(self.rng, self.target, self.protocol.first)
        seen = self.mask, self.target, self.session.clicks, self.ignore
        return human_click(self.rng, *seen) if self.protocol.user == "human" else next_click(*seen)

    def take(self, click: Click, answer: Prediction, seconds: float) -> None:
        """Take over the answer to a click and measure it.

        Parameters
        ----------
        click, answer
            The click and what was predicted.
        seconds
            Time of the prediction; that of its mask is added.
        """
        start = perf_counter()
        self.mask = self.session.take(click, answer).mask(self.protocol.probability_threshold)
        self.seconds.append(seconds + perf_counter() - start)
        self.curve.append(iou(self.mask, self.target, self.ignore))
        self.rims.append(iou(boundary(self.mask), self.rim, self.ignore))

    def result(self) -> ObjectResult:
        """Clicks and curves. `seconds` holds no time of the robot user; that of a round is shared evenly."""
        clicks = self.session.clicks
        curves = tuple(self.curve), tuple(self.seconds), tuple(self.rims)
        return ObjectResult(self.sample.name, self.object_id, clicks, *curves, self.sample.domain, self.draw)


def click_together(
    predictor: PredictorLike,
    objects: Iterable[tuple[Sample, int, int]],
    protocol: EvaluationProtocol,
    *,
    batch: int = 1,
) -> Iterator[ObjectResult]:
    """Yield the result of every object as soon as it is done; another takes its place then.

    Parameters
    ----------
    predictor
        Answers the clicks.
    objects
        Pictures, labels and draws; they are asked for when there is room.
    protocol
        Clicks per object, when to stop.
    batch
        Number of objects that are clicked at a time.
    """
    coming = (ClickedObject(predictor, sample, number, protocol, draw) for sample, number, draw in objects)
    active = list(islice(coming, batch))
    while active:
        click_once(predictor, active)
        yield from (each.result() for each in active if each.done)
        active = [each for each in active if not each.done]
        active += islice(coming, batch - len(active))


def click_once(predictor: PredictorLike, active: Sequence[ClickedObject]) -> None:
    """Click every object once."""
    clicks = [each.next_click() for each in active]
    start = perf_counter()
    requests = [each.session.request(click) for each, click in zip(active, clicks, strict=True)]
    if isinstance(predictor, TogetherLike):
        answers = predictor.predict_together(requests)
    else:
        answers = [predictor.predict(asked.image, asked.clicks, asked.previous, view=asked.view) for asked in requests]
    seconds = (perf_counter() - start) / len(active)
    for each, click, answer in zip(active, clicks, answers, strict=True):
        each.take(click, answer, seconds)
