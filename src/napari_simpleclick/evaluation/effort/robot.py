"""Robot user for whole objects: clicks the worst slice until it is good, and lets the others be filled from there."""

import numpy as np

from napari_simpleclick.arrays import BinaryMask, bounding_box
from napari_simpleclick.evaluation.effort.objects import VolumeObject
from napari_simpleclick.evaluation.effort.result import EffortProtocol, EffortResult
from napari_simpleclick.evaluation.users.robot_user import next_click
from napari_simpleclick.inference.prediction import BoxedMask, Prediction
from napari_simpleclick.inference.propagation.follow import follow_between, why_stop
from napari_simpleclick.inference.propagation.intensity_likelihood import learned_likelihood
from napari_simpleclick.inference.propagation.next_slice import find_on_next_slice
from napari_simpleclick.inference.session import ClickSession, PredictorLike

WORTH_KEEPING = 0.55
"""A slice that was filled worse than this is cleared before it is clicked."""

PATIENCE = 3
"""Most clicks in a row on a slice before others are filled from it, when the goal is the whole object."""

WORTHWHILE = 0.1
"""Part of the wrong pixels that a click has to remove; otherwise a filled slice is cleared and clicked from the start,
and others are clicked first."""


class VolumeRobot:
    """Annotates one object through its slices; it sees the targets, the predictor does not.

    It knows on which slices the object is, as a user who has scrolled through them does. The largest slice is clicked
    first, then always the worst: with the goal "slices" the one of the lowest IoU, with the goal "volume" the one with
    the most wrong pixels, but those where the last clicks did not help after all others. When the slice is good, those
    around it are filled anew as far as the next ones that are known: between two known ones by what the network finds
    near the interpolated shape, unless the object moves too far, else by propagation, until that loses the object.
    What was filled well enough is accepted and known from then on.

    Parameters
    ----------
    predictor
        Answers the clicks.
    target
        The object.
    protocol
        When to stop.
    carry
        Whether slices are filled; without, every slice is clicked by itself.
    """

    def __init__(
        self, predictor: PredictorLike, target: VolumeObject, protocol: EffortProtocol, *, carry: bool = True
    ) -> None:
        self.predictor = predictor
        self.object = target
        self.protocol = protocol
        self.carry = carry
        self.sessions: dict[int, ClickSession] = {}
        self.filled: dict[int, Prediction] = {}
        self.accepted: set[int] = set()
        self.stubborn: set[int] = set()
        self.masks: list[BinaryMask] = [mask & False for mask in target.targets]
        self.curves: dict[int, list[float]] = {}
        self.course: list[float] = []
        self._shared = np.zeros(len(target), int)
        self._either = np.array([np.count_nonzero(mask) for mask in target.targets])

    def annotate(self) -> None:
        """Click and fill until the goal is reached, or every slice that is not good has had all its clicks."""
        place: int | None = int(np.argmax(self._either))
        while place is not None:
            self.visit(place)
            if self.carry and not self.reached():
                self.fill(place)
                self.accept()
                self.course[-1] = self.volume_iou()
            place = self.worst_slice()

    def reached(self) -> bool:
        """Whether the whole object is good, if that is the goal."""
        return self.protocol.goal == "volume" and self.volume_iou() >= self.protocol.target

    def worst_slice(self) -> int | None:
        """The slice to click next; None when there is nothing more to do."""
        open_ones = [at for at in range(len(self.object)) if self.clicks_on(at) < self.protocol.max_clicks]
        if self.protocol.goal == "slices":
            open_ones = [at for at in open_ones if self.iou(at) < self.protocol.target]
            return min(open_ones, key=self.iou, default=None)
        open_ones = [] if self.reached() else [at for at in open_ones if self.wrong(at)]
        return max(open_ones, key=lambda at: (at not in self.stubborn, self.wrong(at)), default=None)

    def visit(self, at: int) -> None:
        """Click a slice until it is good or patience ends, once if none are filled; anew if the first was no help."""
        before = self.wrong(at)
        self.begin(at)
        self.click(at)
        if self.sessions[at].steps[0].origin != "clicked" and not self.helped(at, before) and self.may_go_on(at):
            self.sessions[at] = ClickSession(self.predictor, self.object.images[at])
            self.put(at, self.masks[at] & False)
            self.click(at)
        rest = self.protocol.max_clicks if self.protocol.goal == "slices" else (PATIENCE - 1) * self.carry
        for _ in range(rest):
            if self.may_go_on(at):
                self.click(at)
        self.stubborn = self.stubborn - {at} if self.helped(at, before) else self.stubborn | {at}

    def helped(self, at: int, before: int) -> bool:
        """Whether clicks were worth it on a slice that had a number of wrong pixels before."""
        return self.wrong(at) <= (1 - WORTHWHILE) * before

    def may_go_on(self, at: int) -> bool:
        """Whether there is anything to do on a slice, and a click left."""
        done = self.reached() or self.iou(at) >= self.protocol.target
        return not done and self.clicks_on(at) < self.protocol.max_clicks

    def begin(self, at: int) -> None:
        """Start to click a slice, from what it was filled with if that is worth keeping."""
        self.accepted.discard(at)
        if at in self.sessions:
            return
        self.sessions[at], self.curves[at] = ClickSession(self.predictor, self.object.images[at]), []
        filled = self.filled.pop(at, None)
        if filled is not None and self.iou(at) >= WORTH_KEEPING:
            self.sessions[at].draw(filled, "propagated")
        else:
            self.put(at, self.masks[at] & False)

    def click(self, at: int) -> None:
        """Click a slice once, where it is most wrong."""
        session, target = self.sessions[at], self.object.targets[at]
        answer = session.click(next_click(self.masks[at], target, session.clicks))
        self.put(at, answer.mask(self.protocol.probability_threshold))
        self.curves[at].append(self.iou(at))
        self.course.append(self.volume_iou())

    def put(self, at: int, mask: BinaryMask) -> None:
        """Change the mask of a slice."""
        target = self.object.targets[at]
        self.masks[at] = mask
        self._shared[at], self._either[at] = np.count_nonzero(mask & target), np.count_nonzero(mask | target)

    def fill(self, clicked: int) -> None:
        """Fill the slices on both sides of one that was clicked, as far as the next known ones."""
        known = self.accepted.union(self.sessions)
        below = max((at for at in known if at < clicked), default=-1)
        above = min((at for at in known if at > clicked), default=len(self.object))
        around = [at for at in range(below + 1, above) if at != clicked]
        for at in around:
            self.filled.pop(at, None)
        if below < 0:
            self.follow(clicked, range(clicked - 1, -1, -1))
        else:
            self.fill_between(below, clicked)
        if above == len(self.object):
            self.follow(clicked, range(clicked + 1, above))
        else:
            self.fill_between(clicked, above)
        for at in around:
            found = self.filled.get(at)
            self.put(at, found.mask(self.protocol.probability_threshold) if found else self.masks[at] & False)

    def accept(self) -> None:
        """Accept the filled slices that are good enough."""
        self.accepted.update(at for at in self.filled if self.iou(at) >= self.protocol.target)

    def fill_between(self, first: int, last: int) -> None:
        """Fill the slices between two known ones, by propagation if the object has moved too far to interpolate."""
        start, end = self.boxed(first), self.boxed(last)
        if start is None or end is None or why_stop(start, end):
            middle = (first + last) // 2
            self.follow(first, range(first + 1, last))
            self.follow(last, range(last - 1, middle, -1))
            return
        images = self.object.images
        for at in range(first + 1, last):
            fraction = (at - first) / (last - first)
            ends = (images[first], start), (images[last], end)
            self.filled[at] = follow_between(self.predictor, *ends, fraction, images[at])

    def follow(self, known: int, slices: range) -> None:
        """Follow the object from a known slice to others, nearest first, until it is lost."""
        images = self.object.images
        previous = self.sessions[known].prediction if known in self.sessions else self.filled[known]
        there = previous.object_mask() if previous else None
        likelihood = learned_likelihood(images[known], there) if there else None
        for at in slices:
            if previous is None:
                return
            step = find_on_next_slice(self.predictor, previous, images[known], images[at], likelihood)
            if step.prediction is None or step.lost:
                return
            previous = self.filled[at] = step.prediction
            known = at

    def boxed(self, at: int) -> BoxedMask | None:
        """The object on a known slice, in its box; None if nothing is there."""
        box = bounding_box(self.masks[at])
        return None if box is None else (box, self.masks[at][box.slices])

    def clicks_on(self, at: int) -> int:
        """Clicks on a slice so far."""
        return len(self.curves.get(at, ()))

    def iou(self, at: int) -> float:
        """IoU of a slice now."""
        return float(self._shared[at] / self._either[at])

    def wrong(self, at: int) -> int:
        """Pixels of a slice that are wrong now."""
        return int(self._either[at] - self._shared[at])

    def ious(self) -> list[float]:
        """IoU of every slice now."""
        return [self.iou(at) for at in range(len(self.object))]

    def volume_iou(self) -> float:
        """IoU of the whole object now."""
        return float(self._shared.sum() / self._either.sum())


def measure_effort(predictor: PredictorLike, target: VolumeObject, protocol: EffortProtocol) -> EffortResult:
    """Clicks of the robot user on a whole object, and of one who fills nothing.

    Parameters
    ----------
    predictor
        Answers the clicks, also those of propagation.
    target
        The object on all of its slices.
    protocol
        What is wanted, and how many clicks a slice gets.
    """
    robot = VolumeRobot(predictor, target, protocol)
    robot.annotate()
    lone = VolumeRobot(predictor, target, protocol, carry=False)
    lone.annotate()
    slices = range(len(target))
    return EffortResult(
        target.name,
        tuple(robot.clicks_on(at) for at in slices),
        tuple(robot.ious()),
        robot.volume_iou(),
        tuple(tuple(lone.curves.get(at, ())) for at in slices),
        tuple(robot.course),
        tuple(lone.course),
    )
