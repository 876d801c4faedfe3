"""Slices: the parallel planes of a volume along the axis that the slider moves, and what an object has on them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from napari_simpleclick.data.plane import SliceView
from napari_simpleclick.inference.session import UNREVIEWED, Origin
from napari_simpleclick.plugin.workspace.workspace import Workspace


def slice_axis(plane: SliceView) -> int | None:
    """The last axis that is not displayed; None if there is none."""
    hidden = [axis for axis in range(len(plane.point)) if axis not in plane.axes]
    return hidden[-1] if hidden else None


def moved(plane: SliceView, axis: int, place: int) -> SliceView:
    """The parallel plane at a place along an axis.

    Parameters
    ----------
    plane
        Where to start.
    axis
        An axis of the array that is none of the plane's own.
    place
        Index along it.
    """
    point = tuple(0 if a in plane.axes else place if a == axis else at for a, at in enumerate(plane.point))
    return replace(plane, point=point)


def planes_after(plane: SliceView, step: int, count: int | None = None) -> list[SliceView]:
    """The planes that follow in a direction, nearest first.

    Parameters
    ----------
    plane
        Where to start; it is not among them.
    step
        1 or -1.
    count
        How many at most; to the end of the stack if None.
    """
    axis = slice_axis(plane)
    if axis is None:
        return []
    here, size = plane.point[axis], plane.data.shape[axis]
    places = range(here + 1, size) if step > 0 else range(here - 1, -1, -1)
    return [moved(plane, axis, place) for place in places[:count]]


def counted(count: int) -> str:
    """A number of slices in words.

    Examples
    --------
    >>> counted(1), counted(3)
    ('1 slice', '3 slices')
    """
    return f"{count} slice{'' if count == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class SliceStates:
    """What there is of an object along the slice axis.

    Parameters
    ----------
    count
        Number of slices.
    shown
        The displayed one.
    origins
        Where the mask came from, by slice; slices without the object are left out.
    clicks
        Number of clicks by slice.
    locked
        Whether the object is locked.
    confidence
        How sure propagation was, 0 to 1, by slice; interpolated slices have none.
    """

    count: int = 0
    shown: int = 0
    origins: Mapping[int, Origin] = field(default_factory=dict)
    clicks: Mapping[int, int] = field(default_factory=dict)
    locked: bool = False
    confidence: Mapping[int, float] = field(default_factory=dict)

    def text(self, place: int) -> str:
        """What there is on a slice, in words.

        Examples
        --------
        >>> SliceStates(9, 0, {3: "propagated"}, {3: 2}, confidence={3: 0.8}).text(3)
        'Slice 3: propagated, confidence 80 %, not reviewed, 2 clicks'
        >>> SliceStates(9, 0).text(4)
        'Slice 4: empty'
        """
        origin, clicks = self.origins.get(place), self.clicks.get(place, 0)
        parts: list[str] = [origin or "empty"]
        parts += [f"confidence {100 * self.sureness(place):.0f} %"] if origin == "propagated" else []
        parts += ["not reviewed"] if origin in UNREVIEWED else []
        parts += [f"{clicks} click{'' if clicks == 1 else 's'}"] if clicks else []
        return f"Slice {place}: {', '.join(parts)}{', locked' if self.locked and origin else ''}"

    @property
    def unreviewed(self) -> list[int]:
        """The slices that nobody has looked at, in order."""
        return sorted(place for place, origin in self.origins.items() if origin in UNREVIEWED)

    def sureness(self, place: int) -> float:
        """How sure propagation was of a slice; one half if nobody knows, as of interpolated slices."""
        return self.confidence.get(place, 0.5)

    def next_review(self, step: int) -> int | None:
        """The slice to review next (1) or before (-1): the least certain first, then round; None if there is none.

        Examples
        --------
        >>> states = SliceStates(9, 0, dict.fromkeys((2, 5, 7), "propagated"), confidence={2: 0.9, 5: 0.6, 7: 0.8})
        >>> states.next_review(1)
        5
        >>> replace(states, shown=5).next_review(1), replace(states, shown=5).next_review(-1)
        (7, 2)
        """
        places = sorted(self.unreviewed, key=lambda place: (self.sureness(place), place))
        if not places:
            return None
        if self.shown not in places:
            return places[0] if step > 0 else places[-1]
        return places[(places.index(self.shown) + step) % len(places)]


def slice_states(workspace: Workspace) -> SliceStates:
    """What there is of the present object on the slices parallel to the displayed one."""
    annotator, object_id, shown = workspace.annotator, workspace.object_id, workspace.shown_plane
    axis = slice_axis(shown) if shown else None
    if annotator is None or shown is None or axis is None:
        return SliceStates()
    sessions = annotator.sessions
    origins, clicks, sure = sessions.origins(object_id), sessions.clicks(object_id), sessions.confidences(object_id)
    places = {key: workspace.planes[key].point[axis] for key in origins}
    parallel = {key: place for key, place in places.items() if moved(shown, axis, place).key == key}
    return SliceStates(
        shown.data.shape[axis],
        shown.point[axis],
        {place: origins[key] for key, place in parallel.items()},
        {place: len(clicks[key]) for key, place in parallel.items() if key in clicks},
        annotator.locked(object_id),
        {place: sure[key] for key, place in parallel.items() if key in sure},
    )
