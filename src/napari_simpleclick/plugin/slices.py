"""Slices: the parallel planes of a volume along the axis that the slider moves."""

from dataclasses import replace

from napari_simpleclick.data.volume import SliceView


def slice_axis(plane: SliceView) -> int | None:
    """The last axis that is not displayed; None if there is none."""
    hidden = [axis for axis in range(len(plane.point)) if axis not in plane.axes]
    return hidden[-1] if hidden else None


def moved(plane: SliceView, axis: int, place: int) -> SliceView:
    """The parallel plane at a place along an axis."""
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
