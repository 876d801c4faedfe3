"""Annotator: what was done to all objects on all planes of a volume, with undo and redo across them.

It knows neither windows nor label arrays: a change tells what to repaint. The napari widget and the command line
drive the same class.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.resample import Plane
from napari_simpleclick.inference.session import UNREVIEWED, ClickSession, Origin, PredictorLike, Step

Place = tuple[int, Hashable]
"""An object and a plane."""


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What a click, a stroke, an undo or a redo did to one object on one plane.

    Parameters
    ----------
    object_id
        The object.
    plane
        Key of the plane, as given with the click.
    old, new
        Prediction before and after; None where there was none.
    """

    object_id: int
    plane: Hashable
    old: Prediction | None
    new: Prediction | None


@dataclass(frozen=True, slots=True, eq=False)
class Edit:
    """The steps of an object on a plane before and after something was done: all that undo and redo need."""

    place: Place
    before: tuple[Step, ...]
    after: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class ObjectSummary:
    """What there is of an object.

    Parameters
    ----------
    object_id
        The object.
    slices
        Number of planes that it is on.
    unreviewed
        How many of these nobody has looked at.
    clicks
        Number of clicks on all planes.
    """

    object_id: int
    slices: int
    unreviewed: int
    clicks: int


@dataclass(slots=True)
class Annotator:
    """Sessions by object and plane, and everything that was done to them, in order.

    Parameters
    ----------
    predictor
        Answers the clicks; may be exchanged at any time.
    """

    predictor: PredictorLike
    sessions: dict[Place, ClickSession] = field(default_factory=dict)
    _done: list[tuple[Edit, ...]] = field(default_factory=list)
    _undone: list[tuple[Edit, ...]] = field(default_factory=list)

    def click(self, object_id: int, plane: Hashable, image: Plane, click: Click, *, view: Box | None = None) -> Change:
        """Click an object on a plane; when the predictor fails, nothing has changed.

        Parameters
        ----------
        object_id
            The object, 1 or more.
        plane
            Anything that tells the plane from others.
        image
            Picture of the plane; a session keeps the first one that it is given as long as it is equal.
        click
            The click.
        view
            Where to look until an object is found; the whole plane if None.
        """
        session = self._session((object_id, plane), image, view)
        before = session.steps
        session.click(click)
        self.sessions[object_id, plane] = session
        return self._record(Edit((object_id, plane), before, session.steps))[0]

    def replace(self, object_id: int, plane: Hashable, clicks: Sequence[Click]) -> Change | None:
        """Exchange the clicks of an object on a plane and predict anew; None if there never were any."""
        session = self.sessions.get((object_id, plane))
        if session is None:
            return None
        session.predictor = self.predictor
        before = session.steps
        session.replace(clicks)
        return self._record(Edit((object_id, plane), before, session.steps))[0]

    def clear(self, object_id: int, plane: Hashable | None = None) -> list[Change]:
        """Remove an object with all its clicks from a plane, or from all of them; empty if it is not there."""
        edits = []
        for place, session in list(self.sessions.items()):
            if place[0] == object_id and plane in (None, place[1]) and session.steps:
                edits.append(Edit(place, session.steps, ()))
                session.steps = ()
        return self._record(*edits) if edits else []

    def draw(
        self,
        masks: Sequence[tuple[Place, Plane, Prediction]],
        origin: Origin = "painted",
        *,
        source: Step | None = None,
    ) -> list[Change]:
        """Take over masks that came without clicks, as one thing to undo.

        Parameters
        ----------
        masks
            Object and plane, picture of the plane, and the object there.
        origin
            Where the masks came from.
        source
            The step on another plane that they followed.
        """
        edits = []
        for place, image, prediction in masks:
            session = self._session(place, image, None)
            before = session.steps
            session.draw(prediction, origin, source)
            self.sessions[place] = session
            edits.append(Edit(place, before, session.steps))
        return self._record(*edits)

    def restore(self, images: Mapping[Hashable, Plane], steps: Mapping[Place, tuple[Step, ...]]) -> list[Change]:
        """Bring back work from a file; it cannot be undone.

        Parameters
        ----------
        images
            Pictures by plane.
        steps
            What was done, by object and plane.
        """
        for place, done in steps.items():
            self.sessions[place] = self._session(place, images[place[1]], None)
            self.sessions[place].steps = done
        return [change_between(place, (), done) for place, done in steps.items()]

    def undo(self) -> list[Change]:
        """Take back what was done last, wherever it was; empty if nothing is left."""
        if not self._done:
            return []
        edits = self._done.pop()
        self._undone.append(edits)
        return [self._go(edit.place, edit.before) for edit in reversed(edits)]

    def redo(self) -> list[Change]:
        """Do again what was taken back last; empty if nothing is left."""
        if not self._undone:
            return []
        edits = self._undone.pop()
        self._done.append(edits)
        return [self._go(edit.place, edit.after) for edit in edits]

    def clicks(self, object_id: int) -> dict[Hashable, tuple[Click, ...]]:
        """The clicks of an object by plane; planes without clicks are left out.

        This and what follows may be asked while another thread clicks.
        """
        return {
            plane: session.clicks
            for (owner, plane), session in list(self.sessions.items())
            if owner == object_id and session.clicks
        }

    def origins(self, object_id: int) -> dict[Hashable, Origin]:
        """Where the mask of an object came from, by plane; planes without it are left out."""
        return {
            plane: session.steps[-1].origin
            for (owner, plane), session in list(self.sessions.items())
            if owner == object_id and session.steps
        }

    def summaries(self) -> list[ObjectSummary]:
        """What there is of every object, by number."""
        found = []
        for object_id in sorted({owner for owner, _ in list(self.sessions)}):
            origins = list(self.origins(object_id).values())
            clicks = sum(len(made) for made in self.clicks(object_id).values())
            unreviewed = sum(origin in UNREVIEWED for origin in origins)
            found.append(ObjectSummary(object_id, len(origins), unreviewed, clicks))
        return [summary for summary in found if summary.slices]

    def prediction(self, object_id: int, plane: Hashable) -> Prediction | None:
        """An object on a plane; None where it is not."""
        session = self.sessions.get((object_id, plane))
        return session.prediction if session else None

    def on_plane(self, plane: Hashable) -> dict[int, Prediction]:
        """The objects on a plane, the one that came first first."""
        return {
            object_id: session.prediction
            for (object_id, other), session in list(self.sessions.items())
            if other == plane and session.prediction is not None
        }

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether there is something to do again."""
        return bool(self._undone)

    def _session(self, place: Place, image: Plane, view: Box | None) -> ClickSession:
        session = self.sessions.get(place) or ClickSession(self.predictor, image, view=view)
        session.predictor = self.predictor
        session.image = session.image if same_picture(session.image, image) else image
        return session

    def _record(self, *edits: Edit) -> list[Change]:
        self._done.append(edits)
        self._undone.clear()
        return [change_between(edit.place, edit.before, edit.after) for edit in edits]

    def _go(self, place: Place, steps: tuple[Step, ...]) -> Change:
        session = self.sessions[place]
        before, session.steps = session.steps, steps
        return change_between(place, before, steps)


def change_between(place: Place, before: Sequence[Step], after: Sequence[Step]) -> Change:
    """What to repaint when the steps of a place change."""
    old, new = (steps[-1].prediction if steps else None for steps in (before, after))
    return Change(*place, old, new)


def same_picture(first: Plane, second: Plane) -> bool:
    """Whether two pictures are one, so that what was computed from the first serves the second."""
    return first is second or (not isinstance(first, np.ndarray) and first == second)
