"""History: what was done, as the state before and after it, so that undo and redo are exact and need no network."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from napari_simpleclick.annotation.objects import ObjectProperties
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.session import Step
from napari_simpleclick.masks import BoxedMask

Place = tuple[int, Hashable]
"""An object and a plane."""


@dataclass(frozen=True, eq=False)
class Change:
    """What a click, a stroke, an undo or a redo did to one object on one plane.

    Parameters
    ----------
    object_id
        The object.
    plane
        Key of the plane, as given with the click; None if only name, class or lock of the object changed.
    old, new
        Prediction before and after; None where there was none.
    """

    object_id: int
    plane: Hashable
    old: Prediction | None
    new: Prediction | None

    @cached_property
    def old_mask(self) -> BoxedMask | None:
        """The object before; found when it is asked for the first time, which takes long on a large plane."""
        return self.old.object_mask() if self.old else None

    @cached_property
    def new_mask(self) -> BoxedMask | None:
        """The object after; see `old_mask`."""
        return self.new.object_mask() if self.new else None


def combined(changes: Sequence[Change]) -> list[Change]:
    """Changes one after the other as one of each object and plane."""
    found: dict[Place, Change] = {}
    for change in changes:
        place = change.object_id, change.plane
        found[place] = Change(*place, found[place].old, change.new) if place in found else change
    return list(found.values())


def find_masks(changes: Sequence[Change]) -> list[Change]:
    """The changes, with their masks found here and now: on the worker, so that the window need not."""
    for change in changes:
        _ = change.old_mask, change.new_mask
    return list(changes)


@dataclass(frozen=True, slots=True, eq=False)
class Edit:
    """The steps of an object on a plane before and after something was done: all that undo and redo need."""

    place: Place
    before: tuple[Step, ...]
    after: tuple[Step, ...]

    @property
    def object_id(self) -> int:
        """The object."""
        return self.place[0]

    @property
    def change(self) -> Change:
        """What to repaint."""
        old, new = (steps[-1].prediction if steps else None for steps in (self.before, self.after))
        return Change(*self.place, old, new)

    def reversed(self) -> "Edit":
        """What takes it back."""
        return Edit(self.place, self.after, self.before)


@dataclass(frozen=True, slots=True)
class PropertyEdit:
    """Name, class, colour, lock and visibility of an object before and after somebody set them."""

    object_id: int
    before: ObjectProperties
    after: ObjectProperties

    @property
    def change(self) -> Change:
        """Tells that the object is to be shown in another way."""
        return Change(self.object_id, None, None, None)

    def reversed(self) -> "PropertyEdit":
        """What takes it back."""
        return PropertyEdit(self.object_id, self.after, self.before)


Action = tuple[Edit | PropertyEdit, ...]
"""One thing that was done: edits of one or more places, no place twice; what the user meant comes first."""

Actions = tuple[Action, ...]
"""Things that were done, oldest first."""


@dataclass(slots=True)
class UndoStack:
    """What can be taken back and what can be done again."""

    done: list[Action] = field(default_factory=list)
    undone: list[Action] = field(default_factory=list)

    def add(self, action: Action) -> None:
        """Note what was done; what was taken back before cannot be done again."""
        self.done.append(action)
        self.undone.clear()

    def undo(self) -> Action:
        """The edits that take back what was done last; none if nothing is left."""
        if not self.done:
            return ()
        self.undone.append(self.done.pop())
        return tuple(edit.reversed() for edit in self.undone[-1])

    def redo(self) -> Action:
        """The edits that do again what was taken back last; none if nothing is left."""
        if not self.undone:
            return ()
        self.done.append(self.undone.pop())
        return self.done[-1]

    def steps(self) -> Iterator[Step]:
        """The steps that undo and redo bring back, what was done last at the end; may be asked from another thread."""
        for action in (*self.done, *self.undone):
            for edit in action:
                if isinstance(edit, Edit):
                    yield from (*edit.before[-1:], *edit.after[-1:])
