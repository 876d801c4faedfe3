"""Pending clicks: what the user clicked on an image and no mask shows yet."""

from dataclasses import dataclass, field

from napari_simpleclick.annotation.annotator import Annotator
from napari_simpleclick.clicks import Click
from napari_simpleclick.data.plane import SliceView

PendingClick = tuple[int, SliceView, Click]
"""Object, plane and click."""


@dataclass(slots=True)
class PendingClicks:
    """Clicks on one image that wait for an answer.

    Parameters
    ----------
    objects
        Numbers of all objects that were clicked, answered or not.
    asked
        Clicks that the worker has, oldest first.
    early
        Clicks that were made before a predictor was there, oldest first.
    """

    objects: set[int] = field(default_factory=set)
    asked: list[PendingClick] = field(default_factory=list)
    early: list[PendingClick] = field(default_factory=list)

    def resume(self, earlier: "PendingClicks", annotator: Annotator) -> None:
        """Go on where these clicks had no answer yet."""
        self.objects |= earlier.objects
        self.asked = [each for each in earlier.asked if not is_made(annotator, each)]

    def ask_again(self) -> None:
        """Treat clicks whose answer will never come like early ones, before those."""
        self.asked, self.early = [], [*self.asked, *self.early]

    def unanswered(self, annotator: Annotator | None) -> list[PendingClick]:
        """Clicks that no mask shows yet, oldest first."""
        return [each for each in (*self.asked, *self.early) if not (annotator and is_made(annotator, each))]


def is_made(annotator: Annotator, pending: PendingClick) -> bool:
    """Whether a click has led to a mask."""
    object_id, plane, click = pending
    session = annotator.sessions.get((object_id, plane.key))
    return session is not None and click in session.clicks
