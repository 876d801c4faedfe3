"""The clicks on one object on one plane, with their predictions; undo drops the last pair."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import time
from typing import Any, Literal, Protocol, runtime_checkable

from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.prediction import BoxedMask, Prediction
from napari_simpleclick.inference.recipe import InferenceRecipe
from napari_simpleclick.inference.request import Request
from napari_simpleclick.inference.resample import Plane

Origin = Literal["clicked", "painted", "accepted", "propagated", "interpolated"]
"""Where a mask came from; the last two nobody has looked at."""

UNREVIEWED: frozenset[Origin] = frozenset({"propagated", "interpolated"})
"""Origins of masks that may be replaced unasked."""


@dataclass(frozen=True, slots=True, eq=False)
class Circumstances:
    """What an answer depended on besides the clicks: needed to get it once more.

    Parameters
    ----------
    image
        What the network saw.
    view
        Where it looked until an object was found; the whole plane if None.
    predictor
        Facts of the predictor: see `Predictor`.
    time
        When, in seconds since 1970.
    others
        The other objects, where the network was told that they are something else; None where it was not.
    """

    image: Plane
    view: Box | None
    predictor: Mapping[str, Any]
    time: float
    others: BoxedMask | None = None


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Step:
    """A click and what was predicted then, or a mask that came without a click.

    Parameters
    ----------
    click
        The click; None if the mask was painted, propagated or interpolated.
    prediction
        The object after this step.
    origin
        Where the mask came from.
    source
        The step on another plane that a propagated mask followed.
    circumstances
        What else led to it; None if unknown.
    confidence
        How sure propagation was, 0 to 1; None for other masks.
    anew
        Whether a propagated outline is that of a click without a mask; see `find_on_next_slice`.
    """

    click: Click | None
    prediction: Prediction
    origin: Origin = "clicked"
    source: "Step | None" = None
    circumstances: Circumstances | None = None
    confidence: float | None = None
    anew: bool = False


class PredictorLike(Protocol):
    """Anything that answers clicks: a network here, one elsewhere, a stand-in in a test."""

    def predict(
        self, image: Plane, clicks: Sequence[Click], previous: Prediction | None = None, *, view: Box | None = None
    ) -> Prediction:
        """Segment what the clicks point at; see `Predictor.predict`.

        Parameters
        ----------
        image
            (height, width, 3) uint8 picture of the plane.
        clicks
            All clicks and prompts on the object, oldest first.
        previous
            The prediction before the newest click; None before the first.
        view
            Where to look as long as no object is found; the whole plane if None.
        """


@runtime_checkable
class Described(Protocol):
    """A predictor that says what it is, so that a session file can tell what a mask came from."""

    facts: Mapping[str, Any]
    """Plain values that name model and engine."""


@runtime_checkable
class Preparing(Protocol):
    """A predictor that can do a part of its work before the first click."""

    def prepare(self, image: Plane, *, view: Box | None = None) -> None:
        """Compute what a first click would need; see `Predictor.prepare`."""


@runtime_checkable
class Drafting(Protocol):
    """A predictor that may be able to answer sooner and coarser."""

    def draft(self) -> "PredictorLike | None":
        """The same network looking at less; see `Predictor.draft`."""


@runtime_checkable
class Following(Protocol):
    """A predictor that shows objects to a network by a recipe."""

    recipe: InferenceRecipe


class ClickSession:
    """Click after click to a mask; the robot user and the napari controller both drive this class.

    Parameters
    ----------
    predictor
        Answers the clicks.
    image
        (height, width, 3) uint8 picture of the plane.
    view
        Where to look until an object is found; the whole plane if None.
    """

    claim: Callable[[Prediction], Prediction]
    """Leaves out of an answer what belongs to other objects; keeps all if nobody sets it."""

    others: BoxedMask | None
    """Other objects, for the network to see that they are something else; None if it shall not."""

    def __init__(self, predictor: PredictorLike, image: Plane, *, view: Box | None = None) -> None:
        self.predictor = predictor
        self.image = image
        self.view = view
        self.claim = unchanged
        self.others = None
        self._done: list[Step] = []
        self._undone: list[Step] = []

    @property
    def steps(self) -> tuple[Step, ...]:
        """Everything that led to the mask, oldest first; setting it goes back or ahead to another state."""
        return tuple(self._done)

    @steps.setter
    def steps(self, steps: Sequence[Step]) -> None:
        self._done, self._undone = list(steps), []

    @property
    def newest(self) -> Step | None:
        """The step that led to the mask; None before the first."""
        return self._done[-1] if self._done else None

    @property
    def clicks(self) -> tuple[Click, ...]:
        """All clicks, oldest first."""
        return tuple(step.click for step in self._done if step.click is not None)

    @property
    def click_count(self) -> int:
        """Number of clicks."""
        return sum(step.click is not None for step in self._done)

    @property
    def prediction(self) -> Prediction | None:
        """The object after the newest step; None before the first."""
        return self._done[-1].prediction if self._done else None

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether a step was taken back and none was made since."""
        return bool(self._undone)

    def click(self, click: Click) -> Prediction:
        """Add a click and predict; when the predictor fails, nothing has changed.

        Raises
        ------
        ValueError
            If the click lies outside the plane.
        """
        image, clicks, previous, view = self.request(click)
        return self.take(click, self.predictor.predict(image, clicks, previous, view=view))

    def request(self, click: Click) -> Request:
        """What the predictor is asked for a click."""
        previous = self.prediction.beside(self.others) if self.prediction else None
        return Request(self.image, (*self.clicks, click), previous, self.view)

    def take(self, click: Click, answer: Prediction) -> Prediction:
        """Add a click whose request was answered."""
        prediction = self.claim(answer)
        self._done.append(Step(click, prediction, circumstances=self.circumstances()))
        self._undone.clear()
        return prediction

    def draw(
        self,
        prediction: Prediction,
        origin: Origin,
        source: Step | None = None,
        confidence: float | None = None,
        *,
        anew: bool = False,
    ) -> None:
        """Take over a mask that came without a click; the next click starts from it. See `Step`.

        Parameters
        ----------
        prediction
            The object, without what `claim` leaves out.
        origin, source, confidence, anew
            As for `Step`.
        """
        self._done.append(Step(None, prediction, origin, source, self.circumstances(), confidence, anew))
        self._undone.clear()

    def circumstances(self) -> Circumstances:
        """What an answer that is given now depends on."""
        facts = self.predictor.facts if isinstance(self.predictor, Described) else {}
        return Circumstances(self.image, self.view, facts, time(), self.others)

    def undo(self) -> Prediction | None:
        """Take the newest step back and return the prediction before it; nothing happens without steps."""
        if self._done:
            self._undone.append(self._done.pop())
        return self.prediction

    def redo(self) -> Prediction | None:
        """Make the step taken back last again, without predicting anew."""
        if self._undone:
            self._done.append(self._undone.pop())
        return self.prediction

    def replace(self, clicks: Sequence[Click]) -> Prediction | None:
        """Exchange all clicks and predict anew from the first that differs; when the predictor fails, nothing changed.

        Used when a click was moved, deleted or turned from positive to negative. Masks that came without a click stay
        if they are older than the first click that differs.
        """
        kept = common_start(self.clicks, clicks)
        before = self._done, self._undone
        if kept < len(self.clicks):
            places = [place for place, step in enumerate(self._done) if step.click is not None]
            self._done, self._undone = self._done[: places[kept]], []
        else:
            self._done, self._undone = list(self._done), []
        try:
            for click in clicks[kept:]:
                self.click(click)
        except BaseException:
            self._done, self._undone = before
            raise
        return self.prediction


def unchanged(prediction: Prediction) -> Prediction:
    """The prediction of an object that has the plane for itself."""
    return prediction


def common_start(first: Sequence[Click], second: Sequence[Click]) -> int:
    """How many clicks two sequences share from the start."""
    for count, (a, b) in enumerate(zip(first, second, strict=False)):
        if a != b:
            return count
    return min(len(first), len(second))
