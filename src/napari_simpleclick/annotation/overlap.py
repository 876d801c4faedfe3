"""Overlap: every pixel of a plane belongs to one object at most; what one gives up goes to the one below."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from napari_simpleclick.annotation.history import Edit
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


def give_way(edits: Sequence[Edit], others: Mapping[int, tuple[ClickSession, BoxedMask | None]]) -> list[Edit]:
    """What edits of objects on a plane mean for the other objects there.

    They lose the pixels that the edited objects have now, and get back those that they claimed and that are free now,
    the object that came first before the others.

    Parameters
    ----------
    edits
        What was done, all on one plane.
    others
        Session and mask of each object that was not edited and may change.
    """
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
