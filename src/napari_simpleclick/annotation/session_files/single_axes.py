"""Axes of one entry that a session has and its image lacks: earlier versions kept a single point in time of NIfTI."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, cast

from napari_simpleclick.annotation.history import Place
from napari_simpleclick.annotation.session_files.format import EditRecord, SessionContent, SessionFileError


def surplus_axes(noted: Sequence[int], shape: Sequence[int]) -> tuple[int, ...] | None:
    """Axes of one entry without which a noted shape is that of an image; the first ones where several would do.

    Parameters
    ----------
    noted
        Shape that a session file tells.
    shape
        Shape of the image.

    Returns
    -------
    The axes, in their order; None if it is another shape.

    Examples
    --------
    >>> surplus_axes((1, 9, 8, 7), (9, 8, 7)), surplus_axes((2, 1, 1, 7), (2, 1, 7)), surplus_axes((9, 7), (9, 7))
    ((0,), (1,), ())
    >>> surplus_axes((2, 9, 7), (9, 7)) is None
    True
    """
    left, surplus = list(shape), []
    for axis in reversed(range(len(noted))):
        if left and left[-1] == noted[axis]:
            left.pop()
        elif noted[axis] == 1:
            surplus.append(axis)
        else:
            return None
    return None if left else tuple(reversed(surplus))


def without_axes(content: SessionContent, axes: Sequence[int]) -> SessionContent:
    """A session as it would be on its image without some axes of one entry.

    Parameters
    ----------
    content
        The session.
    axes
        What to leave out, in their order.

    Raises
    ------
    SessionFileError
        If a plane of it lies along such an axis.
    """
    if not axes:
        return content
    return SessionContent(
        about=_about(content.about, axes),
        predictors=content.predictors,
        steps={number: _step(record, axes) for number, record in content.steps.items()},
        newest={_place(place, axes): number for place, number in content.newest.items()},
        done=[[_edit(edit, axes) for edit in action] for action in content.done],
        undone=[[_edit(edit, axes) for edit in action] for action in content.undone],
        objects=content.objects,
    )


def _about(about: Mapping[str, Any], axes: Sequence[int]) -> dict[str, Any]:
    """Image, settings and clicks without answer."""
    image, settings = dict(about["image"]), dict(about.get("settings", {}))
    for name in ("shape", "axes"):
        if name in image:
            image[name] = _others(image[name], axes)
    if "channels" in settings:
        settings["channels"] = _channels(settings["channels"], axes)
    unanswered = [
        {**asked, "axes": _own_axes(asked["axes"], axes), "point": _others(asked["point"], axes)}
        for asked in about.get("unanswered", [])
    ]
    return {**about, "image": image, "settings": settings, "unanswered": unanswered}


def _step(record: Mapping[str, Any], axes: Sequence[int]) -> dict[str, Any]:
    """A step on its plane; what the network saw there may name a place on an axis, too."""
    changed = {**record, "plane": _plane(record["plane"], axes)}
    if "channels" in record.get("image", {}):
        changed["image"] = {**record["image"], "channels": _channels(record["image"]["channels"], axes)}
    return changed


def _edit(edit: EditRecord, axes: Sequence[int]) -> EditRecord:
    """An entry of the history; those of properties have no plane."""
    if isinstance(edit[0], int):
        return edit
    place, before, after = edit
    return _place(place, axes), before, after


def _place(place: Place, axes: Sequence[int]) -> Place:
    object_id, plane = place
    return object_id, _plane(plane, axes)


def _plane(key: Hashable, axes: Sequence[int]) -> Hashable:
    """The key of a plane; see `SliceView.key`."""
    own, *places = cast("tuple[Any, ...]", key)
    return (tuple(_own_axes(own, axes)), *_others(places, axes))


def _channels(channels: Sequence[Mapping[str, Any]], axes: Sequence[int]) -> list[dict[str, Any]]:
    """Origins of channels; some are places on an axis."""
    return [
        {**each, "at": [*_own_axes(each["at"][:1], axes), each["at"][1]]} if each.get("at") else dict(each)
        for each in channels
    ]


def _own_axes(own: Sequence[int], axes: Sequence[int]) -> list[int]:
    """Numbers of axes, counted without those that are left out."""
    if set(own) & set(axes):
        gone = ", ".join(map(str, sorted(set(own) & set(axes))))
        raise SessionFileError(
            f"The session has work on a plane along its axis {gone}, which has one entry and is no axis of the image "
            "any more. Go on with it in the version of the plugin that wrote it; or take that plane back there "
            "(undo), and save the session again."
        )
    return [axis - sum(left < axis for left in axes) for axis in own]


def _others(values: Sequence[Any], axes: Sequence[int]) -> list[Any]:
    """The values of axes that stay."""
    return [value for axis, value in enumerate(values) if axis not in axes]
