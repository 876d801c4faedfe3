"""Annotator: the clicks on all objects and planes of a volume, with undo and redo across them.

It knows neither windows nor label arrays: a change tells what to repaint. The napari widget and the command line
drive the same class.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

import numpy as np

from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.prediction import MASK_THRESHOLD, Prediction
from napari_simpleclick.inference.resample import Plane
from napari_simpleclick.inference.session import ClickSession, PredictorLike

Place = tuple[int, Hashable]
"""An object and a plane."""


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What a click, an undo or a redo did to one object on one plane.

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


@dataclass(slots=True)
class Annotator:
    """Sessions by object and plane, and the order in which they were clicked.

    Parameters
    ----------
    predictor
        Answers the clicks; may be exchanged at any time.
    """

    predictor: PredictorLike
    sessions: dict[Place, ClickSession] = field(default_factory=dict)
    _done: list[Place] = field(default_factory=list)
    _undone: list[Place] = field(default_factory=list)

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
        place = object_id, plane
        session = self.sessions.get(place) or ClickSession(self.predictor, image, view=view)
        session.predictor = self.predictor
        session.image = session.image if same_picture(session.image, image) else image
        old = session.prediction
        new = session.click(click)
        self.sessions[place] = session
        self._done.append(place)
        self._undone.clear()
        return Change(object_id, plane, old, new)

    def undo(self) -> Change | None:
        """Take back the newest click, wherever it was made; None if there is none."""
        if not self._done:
            return None
        place = self._done.pop()
        self._undone.append(place)
        session = self.sessions[place]
        return Change(*place, session.prediction, session.undo())

    def redo(self) -> Change | None:
        """Make the click taken back last again; None if there is none."""
        if not self._undone:
            return None
        place = self._undone.pop()
        self._done.append(place)
        session = self.sessions[place]
        return Change(*place, session.prediction, session.redo())

    def replace(self, object_id: int, plane: Hashable, clicks: Sequence[Click]) -> Change | None:
        """Exchange the clicks of an object on a plane and predict anew; None if there never were any.

        Taken-back clicks are forgotten, and the new clicks count as made now.
        """
        place = object_id, plane
        session = self.sessions.get(place)
        if session is None:
            return None
        old = session.prediction
        session.predictor = self.predictor
        new = session.replace(clicks)
        self._done = [other for other in self._done if other != place] + [place] * len(clicks)
        self._undone.clear()
        return Change(object_id, plane, old, new)

    def clicks(self, object_id: int) -> dict[Hashable, tuple[Click, ...]]:
        """The clicks of an object by plane; planes without clicks are left out."""
        return {
            plane: session.clicks
            for (owner, plane), session in self.sessions.items()
            if owner == object_id and session.clicks
        }

    @property
    def can_undo(self) -> bool:
        """Whether there is a click to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether there is a click to make again."""
        return bool(self._undone)


def same_picture(first: Plane, second: Plane) -> bool:
    """Whether two pictures are one, so that what was computed from the first serves the second."""
    return first is second or (not isinstance(first, np.ndarray) and first == second)


def repaint(labels: np.ndarray, change: Change, threshold: float = MASK_THRESHOLD) -> Box | None:
    """Bring the labels of a plane up to date, in place; other objects keep every pixel they have.

    Parameters
    ----------
    labels
        (height, width) integers, a view of the plane in the volume's labels.
    change
        What happened on this plane.
    threshold
        Probability above which a pixel belongs to the object.

    Returns
    -------
    Box or None
        The part that may have changed.
    """
    before = change.old.object_mask(threshold) if change.old else None
    after = change.new.object_mask(threshold) if change.new else None
    if before:
        box, mask = before
        part = labels[box.slices]
        part[mask & (part == change.object_id)] = 0
    if after:
        box, mask = after
        part = labels[box.slices]
        part[mask & (part == 0)] = change.object_id
    boxes = [found[0] for found in (before, after) if found]
    if not boxes:
        return None
    starts, stops = np.min(boxes, axis=0), np.max(boxes, axis=0)
    return Box(int(starts[0]), int(stops[1]), int(starts[2]), int(stops[3]))
