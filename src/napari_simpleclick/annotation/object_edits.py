"""Edits of whole objects and with a brush: name, lock, remove, merge, paint; each is one thing to undo."""

from collections.abc import Hashable, Iterable
from dataclasses import replace
from typing import Any

from napari_simpleclick.annotation.annotator import Annotator, Change, Edit, Place, PropertyEdit
from napari_simpleclick.annotation.objects import DEFAULT, require_unlocked
from napari_simpleclick.annotation.overlap import merged
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.resample import Plane
from napari_simpleclick.inference.session import UNREVIEWED
from napari_simpleclick.masks import BoxedMask, minus, union


def describe(annotator: Annotator, object_id: int, **values: Any) -> list[Change]:
    """Set name, class, colour, lock or visibility of an object; see `ObjectProperties`.

    Raises
    ------
    ValueError
        If the class is not 1 or more.
    """
    before = annotator.objects.get(object_id, DEFAULT)
    after = replace(before, **values)
    if not isinstance(after.class_id, int) or after.class_id < 1:
        raise ValueError(f"A class is a number from 1 on (0 is the background), got {after.class_id!r}.")
    return annotator.record(PropertyEdit(object_id, before, after)) if before != after else []


def remove(annotator: Annotator, *object_ids: int) -> list[Change]:
    """Remove objects from all planes, with clicks, names and classes.

    Raises
    ------
    LockedError
        If one is locked; all stay then.
    """
    require_unlocked(annotator.objects, *object_ids)
    places = [place for place, session in annotator.sessions.items() if place[0] in object_ids and session.newest]
    edits = [emptied(annotator, place) for place in places]
    return annotator.record(*edits, *forgotten(annotator, object_ids))


def clear(annotator: Annotator, object_id: int, planes: Iterable[Hashable]) -> list[Change]:
    """Remove an object with its clicks from some planes; undone at once.

    Parameters
    ----------
    annotator
        Holds the object; is changed.
    object_id
        The object to remove; other objects stay.
    planes
        Keys of planes; those without the object are passed over.

    Raises
    ------
    LockedError
        If the object is locked.
    """
    require_unlocked(annotator.objects, object_id)
    there = [(object_id, plane) for plane in planes if (object_id, plane) in annotator.sessions]
    edits = [emptied(annotator, place) for place in there if annotator.sessions[place].newest]
    return annotator.record(*edits)


def merge(annotator: Annotator, target: int, *object_ids: int) -> list[Change]:
    """Make one object of several.

    On planes where only one of them was, its clicks stay; where several were, those of the target, or else of the
    first.

    Parameters
    ----------
    annotator
        Holds the objects.
    target
        Keeps its number, name and class.
    object_ids
        Become part of the target.

    Raises
    ------
    LockedError
        If one is locked; all stay as they are then.
    """
    require_unlocked(annotator.objects, target, *object_ids)
    sources = [(owner, plane) for owner, plane in annotator.sessions if owner in object_ids and owner != target]
    sources = [place for place in sources if annotator.sessions[place].newest]
    edits = []
    for plane in dict.fromkeys(plane for _, plane in sources):
        parts = [emptied(annotator, place) for place in sources if place[1] == plane]
        session = annotator.session((target, plane), annotator.sessions[parts[0].place].image)
        before = session.steps
        session.steps = merged([before, *(part.before for part in parts)])
        annotator.sessions.hold((target, plane), session)
        edits += [Edit((target, plane), before, session.steps), *parts]
    return annotator.record(*edits, *forgotten(annotator, set(object_ids) - {target}))


def accept(annotator: Annotator, object_id: int, planes: Iterable[Hashable]) -> list[Change]:
    """Mark an object as reviewed on planes where it was propagated or interpolated; its mask stays.

    Parameters
    ----------
    annotator
        Holds the object; is changed.
    object_id
        The object that was looked at.
    planes
        Keys of planes, each with a session of the object; masks that were clicked or painted stay as they are.

    Raises
    ------
    LockedError
        If the object is locked.
    """
    require_unlocked(annotator.objects, object_id)
    edits = []
    for plane in planes:
        session = annotator.sessions[object_id, plane]
        newest, before = session.newest, session.steps
        if newest is not None and newest.origin in UNREVIEWED:
            session.steps = (*before, replace(newest, click=None, origin="accepted"))
            edits.append(Edit((object_id, plane), before, session.steps))
    return annotator.record(*edits)


def paint(annotator: Annotator, strokes: Iterable[tuple[Hashable, Plane, BoxedMask]], object_id: int) -> list[Change]:
    """Give the pixels under a brush to an object, or to none.

    Pixels of locked objects stay as they are, and with the policy "keep" a brush takes none from other objects.

    Parameters
    ----------
    annotator
        Holds the objects.
    strokes
        Plane, its picture, and the painted pixels.
    object_id
        Who gets them; 0 erases.

    Raises
    ------
    LockedError
        If the object is locked.
    """
    require_unlocked(annotator.objects, object_id)
    edits = []
    for plane, image, pixels in strokes:
        for owner, mask in painted(annotator, annotator.sessions.masks_on(plane), pixels, object_id).items():
            session = annotator.session((owner, plane), image)
            before = session.steps
            session.draw(Prediction.from_boxed(mask, (image.shape[0], image.shape[1])), "painted")
            annotator.sessions.hold((owner, plane), session)
            edits.append(Edit((owner, plane), before, session.steps))
    return annotator.record(*edits)


def painted(
    annotator: Annotator, there: dict[int, BoxedMask], pixels: BoxedMask, object_id: int
) -> dict[int, BoxedMask | None]:
    """The masks of a plane that a stroke changes, after it, the painted object first; `there` are all before."""
    keep = bool(object_id) and annotator.overlap == "keep"
    stay = {owner: mask for owner, mask in there.items() if owner != object_id and (keep or annotator.locked(owner))}
    taken = minus(pixels, union(stay.values()))
    after = {owner: minus(mask, taken) for owner, mask in there.items() if owner != object_id and owner not in stay}
    changed: dict[int, BoxedMask | None] = {}
    if object_id and minus(taken, there.get(object_id)):
        changed[object_id] = union([there.get(object_id), taken])
    return changed | {owner: mask for owner, mask in after.items() if mask is not there[owner]}


def emptied(annotator: Annotator, place: Place) -> Edit:
    """Take an object from a plane; the edit is still to be recorded."""
    session = annotator.sessions[place]
    before, session.steps = session.steps, ()
    return Edit(place, before, ())


def forgotten(annotator: Annotator, object_ids: Iterable[int]) -> list[PropertyEdit]:
    """What objects were called, to be taken from them."""
    known = [(object_id, annotator.objects.get(object_id, DEFAULT)) for object_id in object_ids]
    return [PropertyEdit(object_id, about, DEFAULT) for object_id, about in known if about != DEFAULT]
