"""Robot user for whole objects: clicks the worst slice until it is good, and lets the others be filled from there."""

from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np

from napari_simpleclick.arrays import BinaryMask, bounding_box
from napari_simpleclick.evaluation.metrics import iou
from napari_simpleclick.evaluation.robot_user import next_click
from napari_simpleclick.evaluation.volume_objects import VolumeObject
from napari_simpleclick.inference.interpolation import between
from napari_simpleclick.inference.prediction import Patch, Prediction
from napari_simpleclick.inference.propagation import expected_shape, follow, why_stop
from napari_simpleclick.inference.session import ClickSession, PredictorLike

WORTH_KEEPING = 0.5
"""A slice that was filled worse than this is cleared before it is clicked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EffortProtocol:
    """How whole objects are clicked.

    Parameters
    ----------
    target
        IoU that is wanted.
    goal
        "slices": every slice has to reach it. "volume": the object as a whole, in three dimensions, has to.
    max_clicks
        Clicks on a slice at most; slices that stay below are left as they are.
    probability_threshold
        Probability above which a pixel belongs to the mask.
    """

    target: float = 0.8
    goal: Literal["slices", "volume"] = "slices"
    max_clicks: int = 20
    probability_threshold: float = 0.49

    def __post_init__(self) -> None:
        if not 0 < self.target <= 1:
            raise ValueError(f"The target must lie between 0 and 1 (0.8 is 80 %), got {self.target}.")
        if self.max_clicks < 1:
            raise ValueError(f"max_clicks must be at least 1, got {self.max_clicks}.")


@dataclass(frozen=True, slots=True)
class EffortResult:
    """What an object took.

    Parameters
    ----------
    name
        Name of the object.
    clicks
        Clicks on every slice; 0 where it was filled.
    ious
        IoU of every slice at the end.
    volume_iou
        IoU of the whole object at the end.
    alone
        For every slice, the IoU after each click when it is clicked by itself, slice by slice.
    """

    name: str
    clicks: tuple[int, ...]
    ious: tuple[float, ...]
    volume_iou: float
    alone: tuple[tuple[float, ...], ...]

    @classmethod
    def from_json(cls, entry: dict[str, Any]) -> Self:
        """Undo `dataclasses.asdict` and JSON."""
        name, volume_iou = entry["name"], entry["volume_iou"]
        return cls(name, tuple(entry["clicks"]), tuple(entry["ious"]), volume_iou, tuple(map(tuple, entry["alone"])))


class VolumeRobot:
    """Annotates one object through its slices; it sees the targets, the predictor does not.

    It knows on which slices the object is, as a user who has scrolled through them does. The largest slice is clicked
    first. A slice is clicked until it reaches the target; then the slices around it that were not clicked are filled
    anew: between two clicked ones by interpolation, unless the object moves too far, else by propagation, until that
    loses the object.

    Parameters
    ----------
    predictor
        Answers the clicks.
    target
        The object.
    protocol
        When to stop.
    """

    def __init__(self, predictor: PredictorLike, target: VolumeObject, protocol: EffortProtocol) -> None:
        self.predictor = predictor
        self.object = target
        self.protocol = protocol
        self.sessions: dict[int, ClickSession] = {}
        self.filled: dict[int, Prediction] = {}
        self.masks: list[BinaryMask] = [mask & False for mask in target.targets]

    def annotate(self) -> None:
        """Click and fill until the goal is reached, or every slice that is not good has had all its clicks."""
        areas = [int(mask.sum()) for mask in self.object.targets]
        place: int | None = int(np.argmax(areas))
        while place is not None:
            self.click_until_good(place)
            self.fill(place)
            place = self.worst_slice()

    def worst_slice(self) -> int | None:
        """The slice to click next; None when there is nothing more to do."""
        if self.protocol.goal == "volume" and self.volume_iou() >= self.protocol.target:
            return None
        ious = self.ious()
        open_ones = [
            at
            for at, value in enumerate(ious)
            if value < self.protocol.target and self.clicks_on(at) < self.protocol.max_clicks
        ]
        return min(open_ones, key=ious.__getitem__, default=None)

    def click_until_good(self, at: int) -> None:
        """Click a slice, from what it was filled with if that helps, until it reaches the target or has all clicks."""
        if at not in self.sessions:
            self.sessions[at] = ClickSession(self.predictor, self.object.images[at])
            filled = self.filled.pop(at, None)
            if filled is not None and iou(self.masks[at], self.object.targets[at]) >= WORTH_KEEPING:
                self.sessions[at].draw(filled, "propagated")
            else:
                self.masks[at] = self.masks[at] & False
        session, target = self.sessions[at], self.object.targets[at]
        while session.click_count < self.protocol.max_clicks:
            click = next_click(self.masks[at], target, session.clicks)
            self.masks[at] = session.click(click).mask(self.protocol.probability_threshold)
            if iou(self.masks[at], target) >= self.protocol.target:
                return

    def fill(self, clicked: int) -> None:
        """Fill the slices on both sides of one that was clicked, as far as the next clicked ones."""
        below = max((at for at in self.sessions if at < clicked), default=None)
        above = min((at for at in self.sessions if at > clicked), default=None)
        first, stop = -1 if below is None else below, len(self.object) if above is None else above
        for at in range(first + 1, stop):
            if at != clicked:
                self.filled.pop(at, None)
        if below is None:
            self.follow(clicked, range(clicked - 1, -1, -1))
        else:
            self.fill_between(below, clicked)
        if above is None:
            self.follow(clicked, range(clicked + 1, len(self.object)))
        else:
            self.fill_between(clicked, above)
        threshold = self.protocol.probability_threshold
        for at in range(first + 1, stop):
            if at != clicked:
                self.masks[at] = self.filled[at].mask(threshold) if at in self.filled else self.masks[at] & False

    def fill_between(self, first: int, last: int) -> None:
        """Fill the slices between two clicked ones, from both if the object has moved too far to interpolate."""
        start, end = self.patch(first), self.patch(last)
        if start is None or end is None or why_stop(start, end):
            middle = (first + last) // 2
            self.follow(first, range(first + 1, last))
            self.follow(last, range(last - 1, middle, -1))
            return
        shape = self.masks[first].shape
        for at in range(first + 1, last):
            patch = between(start, end, (at - first) / (last - first), (shape[0], shape[1]))
            self.filled[at] = Prediction.from_patch(patch, (shape[0], shape[1]))

    def follow(self, clicked: int, slices: range) -> None:
        """Follow the object from a clicked slice to others, nearest first, until it is lost."""
        previous, before = self.sessions[clicked].prediction, clicked
        for at in slices:
            images = self.object.images[at], self.object.images[before]
            expected = expected_shape(previous, *images) if previous else None
            if previous is None or expected is None:
                return
            previous = follow(self.predictor, previous, images[0], known=images[1])
            if why_stop(expected, previous.object_mask()):
                return
            self.filled[at], before = previous, at

    def patch(self, at: int) -> Patch | None:
        """The object on a clicked slice, in its box; None if nothing is there."""
        box = bounding_box(self.masks[at])
        return None if box is None else (box, self.masks[at][box.slices])

    def clicks_on(self, at: int) -> int:
        """Clicks on a slice so far."""
        return self.sessions[at].click_count if at in self.sessions else 0

    def ious(self) -> list[float]:
        """IoU of every slice now."""
        return [iou(mask, target) for mask, target in zip(self.masks, self.object.targets, strict=True)]

    def volume_iou(self) -> float:
        """IoU of the whole object now."""
        pairs = list(zip(self.masks, self.object.targets, strict=True))
        shared = sum(np.count_nonzero(mask & target) for mask, target in pairs)
        return shared / sum(np.count_nonzero(mask | target) for mask, target in pairs)


def measure_effort(predictor: PredictorLike, target: VolumeObject, protocol: EffortProtocol) -> EffortResult:
    """Clicks of the robot user on a whole object, and of one who goes slice by slice."""
    robot = VolumeRobot(predictor, target, protocol)
    robot.annotate()
    clicks = tuple(robot.clicks_on(at) for at in range(len(target)))
    alone = tuple(slice_alone(predictor, target, at, protocol) for at in range(len(target)))
    return EffortResult(target.name, clicks, tuple(robot.ious()), robot.volume_iou(), alone)


def slice_alone(predictor: PredictorLike, target: VolumeObject, at: int, protocol: EffortProtocol) -> tuple[float, ...]:
    """IoU after every click on one slice, until it reaches the target."""
    session = ClickSession(predictor, target.images[at])
    mask, curve = target.targets[at] & False, list[float]()
    while len(curve) < protocol.max_clicks and not (curve and curve[-1] >= protocol.target):
        click = next_click(mask, target.targets[at], session.clicks)
        mask = session.click(click).mask(protocol.probability_threshold)
        curve.append(iou(mask, target.targets[at]))
    return tuple(curve)
