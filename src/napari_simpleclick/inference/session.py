"""The clicks on one object on one plane, with their predictions; undo drops the last pair."""

from collections.abc import Sequence
from typing import Protocol

from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.resample import Plane


class PredictorLike(Protocol):
    """Anything that answers clicks: a network here, one elsewhere, a stand-in in a test."""

    def predict(
        self, image: Plane, clicks: Sequence[Click], previous: Prediction | None = None, *, view: Box | None = None
    ) -> Prediction:
        """Segment what the clicks point at; see `Predictor.predict`."""


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
    initial
        A mask made elsewhere (painted, propagated) to start from, as a prediction.
    """

    def __init__(
        self,
        predictor: PredictorLike,
        image: Plane,
        *,
        view: Box | None = None,
        initial: Prediction | None = None,
    ) -> None:
        self.predictor = predictor
        self.image = image
        self.view = view
        self.initial = initial
        self._done: list[tuple[Click, Prediction]] = []
        self._undone: list[tuple[Click, Prediction]] = []

    @property
    def clicks(self) -> tuple[Click, ...]:
        """All clicks, oldest first."""
        return tuple(click for click, _ in self._done)

    @property
    def prediction(self) -> Prediction | None:
        """The answer to the newest click; `initial` before the first."""
        return self._done[-1][1] if self._done else self.initial

    @property
    def can_undo(self) -> bool:
        """Whether there is a click to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether a click was taken back and none was made since."""
        return bool(self._undone)

    def click(self, click: Click) -> Prediction:
        """Add a click and predict; when the predictor fails, nothing has changed.

        Raises
        ------
        ValueError
            If the click lies outside the plane.
        """
        prediction = self.predictor.predict(self.image, (*self.clicks, click), self.prediction, view=self.view)
        self._done.append((click, prediction))
        self._undone.clear()
        return prediction

    def undo(self) -> Prediction | None:
        """Take the newest click back and return the prediction before it; nothing happens without clicks."""
        if self._done:
            self._undone.append(self._done.pop())
        return self.prediction

    def redo(self) -> Prediction | None:
        """Make the click taken back last again, without predicting anew."""
        if self._undone:
            self._done.append(self._undone.pop())
        return self.prediction

    def replace(self, clicks: Sequence[Click]) -> Prediction | None:
        """Exchange all clicks and predict anew from the first that differs; when the predictor fails, nothing changed.

        Used when a click was moved, deleted or turned from positive to negative.
        """
        kept = common_start(self.clicks, clicks)
        before = self._done, self._undone
        self._done, self._undone = self._done[:kept], []
        try:
            for click in clicks[kept:]:
                self.click(click)
        except BaseException:
            self._done, self._undone = before
            raise
        return self.prediction


def common_start(first: Sequence[Click], second: Sequence[Click]) -> int:
    """How many clicks two sequences share from the start."""
    for count, (a, b) in enumerate(zip(first, second, strict=False)):
        if a != b:
            return count
    return min(len(first), len(second))
