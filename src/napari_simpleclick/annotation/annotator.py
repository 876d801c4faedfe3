"""Annotator: what was done to all objects on all planes of a volume, with undo and redo across them.

It knows neither windows nor label arrays: a change tells what to repaint. The napari widget and the command line
drive the same class. No pixel of a plane ever belongs to two objects.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

from napari_simpleclick.annotation.history import Action, Actions, Change, Edit, Place, PropertyEdit, UndoStack
from napari_simpleclick.annotation.map_store import MapStore
from napari_simpleclick.annotation.objects import DEFAULT, ObjectProperties, Overlap, require_unlocked
from napari_simpleclick.annotation.overlap import claimed, give_way
from napari_simpleclick.annotation.sessions import Sessions
from napari_simpleclick.annotation.summaries import ObjectSummary, Summaries
from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.resample import Plane, same_picture
from napari_simpleclick.inference.session import ClickSession, Origin, PredictorLike, Step
from napari_simpleclick.masks import union

__all__ = ["Actions", "Annotator", "Change", "Edit", "Place", "PropertyEdit"]


@dataclass(slots=True)
class Annotator:
    """Sessions by object and plane, and everything that was done to them, in order.

    Methods that change an object raise `LockedError` if it is locked; `object_edits` has more of them.

    Parameters
    ----------
    predictor
        Answers the clicks; may be exchanged at any time.
    overlap
        Who gets the pixels that two objects claim from now on; what is done stays.
    others_negative
        Whether the network sees from now on that the other objects of a plane are something else.
    sessions, objects
        What was clicked, by object and plane; names, classes, colours and locks, by object.
    past, maps
        What was done, for undo; the network's maps in temporary files, so that this takes no memory.
    """

    predictor: PredictorLike
    overlap: Overlap = "keep"
    others_negative: bool = False
    sessions: Sessions = field(default_factory=Sessions)
    objects: dict[int, ObjectProperties] = field(default_factory=dict)
    past: UndoStack = field(default_factory=UndoStack)
    maps: MapStore = field(default_factory=MapStore)
    _counted: Summaries = field(default_factory=Summaries)

    # -- clicks and masks -------------------------------------------------------------------------------------------

    def click(
        self,
        object_id: int,
        plane: Hashable,
        image: Plane,
        click: Click,
        *,
        view: Box | None = None,
        take_from: int | None = None,
    ) -> list[Change]:
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
        take_from
            An object that gives up the pixels that both claim, whatever `overlap` says, unless it is locked.

        Returns
        -------
        list of Change
            Of the object, then of others that lost pixels to it or got some back.
        """
        require_unlocked(self.objects, object_id)
        session = self.session((object_id, plane), image, view)
        session.claim = partial(self._claim, (object_id, plane), take_from=take_from)
        before = session.steps
        session.click(click)
        self.sessions.hold((object_id, plane), session)
        return self.record(Edit((object_id, plane), before, session.steps))

    def replace(self, object_id: int, plane: Hashable, clicks: Sequence[Click]) -> list[Change]:
        """Exchange the clicks of an object on a plane and predict anew; empty if there never were any.

        Parameters
        ----------
        object_id, plane, clicks
            Object and plane, as for `click`, and all its clicks from now on, oldest first.
        """
        require_unlocked(self.objects, object_id)
        known = self.sessions.get((object_id, plane))
        if known is None:
            return []
        session = self.session((object_id, plane), known.image)
        before = session.steps
        session.replace(clicks)
        return self.record(Edit((object_id, plane), before, session.steps))

    def draw(
        self,
        masks: Sequence[tuple[Place, Plane, Prediction]],
        origin: Origin = "painted",
        *,
        source: Step | None = None,
        confidence: float | None = None,
        anew: bool = False,
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
        confidence
            How sure propagation was, 0 to 1.
        anew
            Whether propagation took the outline of a click without a mask.
        """
        require_unlocked(self.objects, *(place[0] for place, _, _ in masks))
        edits = []
        for place, image, prediction in masks:
            session = self.session(place, image)
            before = session.steps
            session.draw(session.claim(prediction), origin, source, confidence, anew=anew)
            self.sessions.hold(place, session)
            edits.append(Edit(place, before, session.steps))
        return self.record(*edits)

    def revise(self, object_id: int, plane: Hashable, change: Callable[[Prediction], Prediction]) -> list[Change]:
        """Exchange the newest prediction of an object on a plane, without a click; empty if there is none.

        Parameters
        ----------
        object_id, plane
            Object and plane, as for `click`.
        change
            Makes the new prediction from the newest; what other objects keep is left out of it.
        """
        require_unlocked(self.objects, object_id)
        known = self.sessions.get((object_id, plane))
        newest = known.newest if known else None
        if known is None or newest is None:
            return []
        session = self.session((object_id, plane), known.image)
        before = session.steps
        session.draw(session.claim(change(newest.prediction)), newest.origin, newest.source, newest.confidence)
        return self.record(Edit((object_id, plane), before, session.steps))

    # -- history ----------------------------------------------------------------------------------------------------

    def undo(self) -> list[Change]:
        """Take back what was done last, wherever it was; empty if nothing is left."""
        return self._go(self.past.undo())

    def redo(self) -> list[Change]:
        """Do again what was taken back last; empty if nothing is left."""
        return self._go(self.past.redo())

    def record(self, *edits: Edit | PropertyEdit) -> list[Change]:
        """Note edits as one thing to undo, with what they mean for other objects; none are no thing at all."""
        if not edits:
            return []
        for edit in edits:
            if isinstance(edit, PropertyEdit):
                self.objects[edit.object_id] = edit.after
        beside = give_way([edit for edit in edits if isinstance(edit, Edit)], self.sessions, self.locked)
        for edit in beside:
            self.sessions[edit.place].steps = edit.after
        action = (*edits, *beside)
        self.past.add(action)
        for edit in action:
            self._counted.forget(edit.object_id)
        return [edit.change for edit in action]

    def restore(
        self,
        images: Mapping[Hashable, Plane],
        steps: Mapping[Place, tuple[Step, ...]],
        history: tuple[Actions, Actions] = ((), ()),
        objects: Mapping[int, ObjectProperties] | None = None,
    ) -> list[Change]:
        """Bring back work from a file; what was done before is forgotten.

        Parameters
        ----------
        images
            Pictures by plane, also of the planes in the history.
        steps
            What was done, by object and plane.
        history
            As `history` gave it.
        objects
            Names, classes and locks by number.
        """
        self.past = UndoStack(list(history[0]), list(history[1]))
        self.objects = dict(objects or {})
        self._counted = Summaries()
        edits = [edit for action in (*self.past.done, *self.past.undone) for edit in action if isinstance(edit, Edit)]
        for place in {*steps, *(edit.place for edit in edits)}:
            self.sessions.hold(place, self.session(place, images[place[1]]))
            self.sessions[place].steps = steps.get(place, ())
            self._counted.forget(place[0])
        return [Edit(place, (), done).change for place, done in steps.items()]

    @property
    def history(self) -> tuple[Actions, Actions]:
        """What can be taken back, and what can be done again, oldest first; may be asked from another thread."""
        return tuple(self.past.done), tuple(self.past.undone)

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return bool(self.past.done)

    @property
    def can_redo(self) -> bool:
        """Whether there is something to do again."""
        return bool(self.past.undone)

    # -- what there is: may be asked while another thread clicks ----------------------------------------------------

    def object_ids(self) -> list[int]:
        """The numbers of all objects that were ever clicked or named."""
        return sorted({*self.sessions.object_ids, *list(self.objects)})

    def summaries(self) -> list[ObjectSummary]:
        """What there is of every object, by number; objects that are only named are there too."""
        found = [self._counted.of(each, self.sessions, self.objects) for each in self.object_ids()]
        return [summary for summary in found if summary.slices or summary.properties != DEFAULT]

    # -- inside -----------------------------------------------------------------------------------------------------

    def session(self, place: Place, image: Plane, view: Box | None = None) -> ClickSession:
        """The session of a place, or a new one that is not yet among the others, ready for what comes now.

        Parameters
        ----------
        place, image
            Object and plane, and the (height, width, 3) uint8 picture of the plane.
        view
            Where a new session looks until an object is found; the whole plane if None.
        """
        session = self.sessions.get(place) or ClickSession(self.predictor, image, view=view)
        session.predictor = self.predictor
        session.image = session.image if same_picture(session.image, image) else image
        session.claim = partial(self._claim, place)
        session.others = union(self.sessions.masks_beside(place).values()) if self.others_negative else None
        return session

    def locked(self, object_id: int) -> bool:
        """Whether nothing may change the object."""
        return self.objects.get(object_id, DEFAULT).locked

    def keeps(self, owner: int) -> bool:
        """Whether an object keeps pixels that another one claims."""
        return self.overlap == "keep" or self.locked(owner)

    def _claim(self, place: Place, prediction: Prediction, *, take_from: int | None = None) -> Prediction:
        stay = [
            mask
            for owner, mask in self.sessions.masks_beside(place).items()
            if self.keeps(owner) and (owner != take_from or self.locked(owner))
        ]
        found = claimed(self.maps.keep(prediction), stay)
        if self.maps.many:  # what undo and redo bring back last is needed first
            steps = chain(*(session.steps for session in list(self.sessions.values())), self.past.steps())
            self.maps.forget_old(step.prediction for step in steps)
        return found

    def _go(self, action: Action) -> list[Change]:
        for edit in action:
            if isinstance(edit, Edit):
                self.sessions[edit.place].steps = edit.after
            else:
                self.objects[edit.object_id] = edit.after
            self._counted.forget(edit.object_id)
        return [edit.change for edit in action]
