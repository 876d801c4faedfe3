"""Overlap: every pixel of a plane belongs to one object at most; what one gives up goes to the one below."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from napari_simpleclick.annotation.history import Edit
from napari_simpleclick.annotation.sessions import Sessions
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.session import ClickSession, Step
from napari_simpleclick.masks import BoxedMask, common, minus, union


def claimed(prediction: Prediction, others: Sequence[BoxedMask]) -> Prediction:
    """A prediction without the pixels that belong to others and stay with them."""
    if not others and not prediction.without:
        return prediction
    claim = prediction.claim()
    taken = union(common(claim, other) for other in others)
    return replace(prediction, without=taken) if taken or prediction.without else prediction


def give_way(edits: Sequence[Edit], sessions: Sessions, locked: Callable[[int], bool]) -> list[Edit]:
    """What edits of objects mean for the other objects on their planes.

    They lose the pixels that the edited objects have now, and get back those that they claimed and that are free now,
    the object that came first before the others.

    Parameters
    ----------
    edits
        What was done, on any planes; at most one edit for each object and plane.
    sessions
        All sessions, those of the edited objects as they are now. They are not changed.
    locked
        Whether an object must stay as it is.
    """
    found: list[Edit] = []
    edited = {edit.place for edit in edits}
    for plane in dict.fromkeys(plane for _, plane in edited):
        others = {
            object_id: (session, sessions.mask((object_id, plane)))
            for object_id, session in sessions.on(plane).items()
            if (object_id, plane) not in edited and not locked(object_id)
        }
        found += changes_beside([edit for edit in edits if edit.place[1] == plane], others)
    return found


def changes_beside(edits: Sequence[Edit], others: Mapping[int, tuple[ClickSession, BoxedMask | None]]) -> list[Edit]:
    """What edits that are all on one plane mean for sessions and masks of others there."""
    if not others:
        return []
    before, after = union(mask_of(edit.before) for edit in edits), union(mask_of(edit.after) for edit in edits)
    gained, freed = minus(after, before), minus(before, after)
    found = []
    for object_id, (session, mask) in others.items():
        newest = session.newest
        if newest is None:
            continue
        lost, regained = common(mask, gained), common(newest.prediction.without, freed)
        if lost or regained:
            freed = minus(freed, regained)
            without = minus(union([newest.prediction.without, lost]), regained)
            step = replace(newest, click=None, prediction=replace(newest.prediction, without=without))
            steps = session.steps
            found.append(Edit((object_id, edits[0].place[1]), steps, (*steps, step)))
    return found


def merged(parts: Sequence[tuple[Step, ...]]) -> tuple[Step, ...]:
    """The steps of several objects on a plane as those of one.

    The steps of the first that has any stay, so that its clicks go on; a painted mask of all is added where there are
    more.
    """
    there = [steps for steps in parts if steps]
    if len(there) < 2:
        return there[0] if there else ()
    shape = there[0][-1].prediction.plane_shape
    whole = Prediction.from_boxed(union(mask_of(steps) for steps in there), shape)
    return (*there[0], Step(None, whole, "painted"))


def mask_of(steps: Sequence[Step]) -> BoxedMask | None:
    """The object after these steps."""
    return steps[-1].prediction.object_mask() if steps else None
