"""Gaps between the slices where an object is known, and what fills them: an even change of shape, or the network."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from napari_simpleclick.annotation.annotator import Annotator, Place
from napari_simpleclick.data.plane import SliceView
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.resample import Plane
from napari_simpleclick.inference.session import UNREVIEWED
from napari_simpleclick.plugin.workspace.slices import moved, slice_axis


@dataclass(frozen=True, slots=True)
class Gap:
    """A slice between two where the object is known.

    Parameters
    ----------
    plane
        The slice.
    first, last
        Where the object is known.
    fraction
        How far the slice is on the way from the first to the last.
    """

    plane: SliceView
    first: Place
    last: Place
    fraction: float


def gaps(annotator: Annotator, object_id: int, shown: SliceView, planes: Mapping[Hashable, SliceView]) -> list[Gap]:
    """Slices between those where the object was clicked, painted or accepted, along the axis of the slider.

    Parameters
    ----------
    annotator
        Knows the object.
    object_id
        The object.
    shown
        The displayed plane.
    planes
        Planes by their keys, those of the object at least.
    """
    axis = slice_axis(shown)
    if axis is None:
        return []
    reviewed: dict[int, Place] = {}
    for key, origin in annotator.sessions.origins(object_id).items():
        at = planes[key].point[axis]
        if origin not in UNREVIEWED and moved(shown, axis, at).key == key and annotator.sessions.mask((object_id, key)):
            reviewed[at] = object_id, key
    return [
        Gap(moved(shown, axis, at), reviewed[first], reviewed[last], (at - first) / (last - first))
        for first, last in pairwise(sorted(reviewed))
        for at in range(first + 1, last)
    ]


def interpolated(annotator: Annotator, gap: Gap) -> Prediction:
    """The object in a gap if it changes its shape evenly."""
    from napari_simpleclick.inference.propagation.shape_interpolation import (
        between,  # brings scipy, which the window opens without
    )

    first, last = annotator.sessions.mask(gap.first), annotator.sessions.mask(gap.last)
    boxed = between(first, last, gap.fraction, gap.plane.shape) if first and last else None
    return Prediction.from_boxed(boxed, gap.plane.shape)


def fitted(annotator: Annotator, gap: Gap, picture: Plane) -> Prediction:
    """The object that the network finds in the picture of a gap, near the interpolated shape; kept to the pixel.

    Parameters
    ----------
    annotator
        Knows the object on both sides of the gap.
    gap
        The slice.
    picture
        (height, width, 3) uint8 picture of it.
    """
    from napari_simpleclick.inference.propagation.follow import follow_between  # brings scipy

    ends = [(annotator.sessions[place].image, annotator.sessions.mask(place)) for place in (gap.first, gap.last)]
    (first, start), (last, stop) = ends
    if start is None or stop is None:
        return Prediction.from_boxed(None, gap.plane.shape)
    found = follow_between(annotator.predictor, (first, start), (last, stop), gap.fraction, picture)
    return Prediction.from_boxed(found.object_mask(), gap.plane.shape)
