"""Check what a session file holds before anything is made of it: kinds, ranges, and sizes against each other."""

import json
from collections.abc import Hashable, Mapping, Sequence
from math import isfinite
from typing import Any, Protocol, get_args

from napari_simpleclick.annotation.objects import Overlap
from napari_simpleclick.inference.session import Origin
from napari_simpleclick.prompts import prompt_of

LARGEST = 2**31
"""No image has more pixels along an axis, and nobody more objects."""

PROPERTY_TYPES = {"name": str, "class_id": int, "color": str, "locked": bool, "visible": bool}
"""What an object's properties are; the names are those of `ObjectProperties`."""

ORIGINS = get_args(Origin)

REVISIONS = ("roi", "plane_shape", "threshold")
"""What of an answer can be changed without asking the network."""


class Content(Protocol):
    """What a session file holds; see `SessionContent`."""

    about: dict[str, Any]
    predictors: list[dict[str, Any]]
    steps: dict[int, dict[str, Any]]
    newest: dict[tuple[int, Hashable], int]
    done: list[list[Any]]
    undone: list[list[Any]]
    objects: dict[int, dict[str, Any]]


def check_content(content: Content) -> None:
    """Raise unless everything has the kind and lies in the range that the format says.

    Raises
    ------
    ValueError
        Says where, what is expected and what is there.
    """
    check_about(content.about)
    for facts in content.predictors:
        require(is_mapping(facts), "predictors", "an object of facts", facts)
    shape = content.about.get("image", {}).get("shape")
    if shape is not None and content.about.get("image", {}).get("rgb"):
        shape = shape[:-1]
    for number, record in content.steps.items():
        check_step(f"step {number}", record, shape, len(content.predictors))
    for object_id, plane in content.newest:
        require(is_count(object_id, 1), "newest", "the number of an object from 1", object_id)
        check_plane("newest", plane, shape)
    for number, properties in content.objects.items():
        check_properties(f"object {number}", number, properties)
    for history in (content.done, content.undone):
        for edit in (edit for action in history for edit in action):
            check_edit(edit, shape)


def check_about(about: Mapping[str, Any]) -> None:
    """Check what a file tells of its image and its settings."""
    image, settings = about.get("image", {}), about.get("settings", {})
    require(is_mapping(image) and is_mapping(settings), "about", "objects of image and settings", about)
    if "shape" in image:
        shape = image["shape"]
        require(is_list_of(shape, is_size) and len(shape) >= 2, "image", "a shape of two sizes or more", shape)
    for name in ("name", "path", "dtype", "hash"):
        require(isinstance(image.get(name), str | None), "image", f"{name} to be text", image.get(name))
    chosen, overlap = settings.get("object", 1), settings.get("overlap", "keep")
    require(is_size(chosen), "settings", "the number of an object from 1", chosen)
    require(overlap in get_args(Overlap), "settings", "keep or overwrite", overlap)
    for name in ("look_at_view", "others_negative"):
        require(isinstance(settings.get(name, True), bool), "settings", f"{name} true or false", settings.get(name))
    shown = settings.get("shown", "objects")
    require(shown in ("objects", "classes"), "settings", "objects or classes", shown)
    sees = settings.get("sees", {})
    require(is_mapping(sees) and is_limits(sees.get("limits")), "settings", "intensities that are seen", sees)
    require(isinstance(sees.get("name", ""), str), "settings", "a name of intensities", sees)
    check_channels("settings", settings.get("channels", []))
    unanswered = about.get("unanswered", [])
    require(isinstance(unanswered, list), "unanswered", "a list of clicks", unanswered)
    ndim = len(image["shape"]) - bool(image.get("rgb")) if "shape" in image else None
    for asked in unanswered:
        require(is_mapping(asked) and is_count(asked.get("object"), 1), "unanswered", "an object from 1", asked)
        require(is_axes(asked.get("axes"), ndim), "unanswered", "two axes of a plane", asked)
        require(is_list_of(asked.get("point"), is_count), "unanswered", "a point of indices", asked)
        require(ndim in (None, len(asked["point"])), "unanswered", f"a point of {ndim} indices", asked)
        require(is_click(asked.get("click")), "unanswered", "a click [row, column, positive] or a prompt", asked)


def check_channels(where: str, channels: Any) -> None:
    """Check where the colors of a picture come from."""
    require(isinstance(channels, list) and len(channels) in (0, 3), where, "three channels", channels)
    for origin in channels:
        require(is_mapping(origin) and isinstance(origin.get("name"), str), where, "channels with a name", origin)
        require(isinstance(origin.get("hash"), str), where, "channels with a hash", origin)
        require(isinstance(origin.get("path"), str | None), where, "a path as text", origin)
        at = origin.get("at")
        require(at is None or (is_list_of(at, is_count) and len(at) == 2), where, "an axis and a place on it", at)
        require(is_limits(origin.get("limits")), where, "two limits", origin)


def check_step(where: str, record: Mapping[str, Any], shape: Sequence[int] | None, predictors: int) -> None:
    """Check a step; its mask is unpacked later."""
    require(is_mapping(record), where, "a step", record)
    check_plane(where, record.get("plane"), shape)
    require(record.get("origin") in ORIGINS, where, f"one of {', '.join(ORIGINS)}", record.get("origin"))
    for name in ("after", "source"):
        require(is_count(record.get(name, 0)), where, f"{name} to be the number of a step", record.get(name))
    require("after" in record, where, "the step that it follows", record)
    if "click" in record:
        require(is_click(record["click"]), where, "a click [row, column, positive] or a prompt", record["click"])
    require(record["after"] > 0 or not record.get("unchanged"), where, "a step that it is the same as", record["after"])
    if not record.get("unchanged"):
        require("mask" in record, where, "a mask", list(record))
        size: Any = record.get("shape")
        require(is_list_of(size, is_size) and len(size) == 2, where, "height and width", size)
        axes = record["plane"][0]
        expected = None if shape is None else [shape[axis] for axis in axes]
        require(expected in (None, list(size)), where, f"a plane of {expected}", size)
    for name in ("mask", "without", "others"):
        check_mask(where, record.get(name), record.get("shape"))
    if "predictor" in record:
        known = is_count(record["predictor"]) and record["predictor"] < predictors
        require(known, where, f"one of {predictors} predictors", record["predictor"])
        require(is_mapping(record.get("image")), where, "what the network saw", record.get("image"))
        require(is_limits(record["image"].get("limits")), where, "two limits", record["image"])
        require("view" in record, where, "where the network looked", list(record))
    if "channels" in record.get("image", {}):
        check_channels(where, record["image"]["channels"])
    if record.get("view") is not None:
        require(is_box(record["view"]), where, "a view of four numbers", record["view"])
    require(is_number(record.get("time", 0.0)), where, "a time", record.get("time"))
    sure = record.get("confidence", 0.0)
    require(is_number(sure) and 0 <= sure <= 1, where, "a confidence from 0 to 1", sure)
    require(isinstance(record.get("anew", False), bool), where, "anew true or false", record.get("anew"))
    check_revision(where, record.get("revised", {}), record["after"])


def check_revision(where: str, revised: Any, after: int) -> None:
    """Check what of an earlier answer was changed."""
    known = is_mapping(revised) and set(revised) <= set(REVISIONS)
    require(known, where, f"changes of {', '.join(REVISIONS)}", revised)
    require(not revised or after > 0, where, "an answer that is changed", after)
    require("roi" not in revised or is_box(revised["roi"]), where, "a region of four numbers", revised)
    require(is_number(revised.get("threshold", 0.5)), where, "a threshold", revised)
    sides = revised.get("plane_shape", [1, 1])
    require(is_list_of(sides, is_size) and len(sides) == 2, where, "height and width", sides)


def check_mask(where: str, stored: Any, shape: Any) -> None:
    """Check the box of a mask against its plane, so that no box asks for more memory than the plane would."""
    if stored is None:
        return
    is_mask = isinstance(stored, list) and len(stored) == 2 and is_box(stored[0]) and isinstance(stored[1], str)
    require(is_mask, where, "a mask of a box and bits", stored)
    box = stored[0]
    require(box[0] >= 0 and box[2] >= 0, where, "a box inside its plane", box)
    if shape is not None:
        require(box[1] <= shape[0] and box[3] <= shape[1], where, f"a box inside its plane of {shape}", box)


def check_plane(where: str, plane: Hashable, shape: Sequence[int] | None) -> None:
    """Check the key of a plane against the shape of the image, if that is told."""
    ndim = None if shape is None else len(shape)
    require(isinstance(plane, tuple) and len(plane) >= 3 and is_axes(plane[0], ndim), where, "a plane", plane)
    axes, *places = plane if isinstance(plane, tuple) else ((),)
    require(ndim in (None, len(places)), where, f"a plane of an image of {ndim} axes", plane)
    require(max(axes) < len(places), where, "axes that the image has", plane)
    for axis, place in enumerate(places):
        if axis in axes:
            require(place is None, where, "no place on the plane's own axes", plane)
        else:
            inside = is_count(place) and (shape is None or place < shape[axis])
            require(inside, where, "a place inside the image", plane)


def check_edit(edit: Sequence[Any], shape: Sequence[int] | None) -> None:
    """Check an entry of the history; its steps are looked up elsewhere."""
    if isinstance(edit[0], tuple):
        (object_id, plane), before, after = edit
        require(is_count(object_id, 1), "history", "the number of an object from 1", object_id)
        require(is_count(before) and is_count(after), "history", "numbers of steps", [before, after])
        check_plane("history", plane, shape)
    else:
        for properties in edit[1:]:
            check_properties("history", edit[0], properties)


def check_properties(where: str, number: Any, properties: Any) -> None:
    """Check name, class, color, lock and visibility of an object."""
    require(is_count(number, 1), where, "the number of an object from 1", number)
    require(is_mapping(properties), where, "properties of an object", properties)
    for name, kind in PROPERTY_TYPES.items():
        value = properties.get(name, kind())
        require(type(value) is kind, where, f"{name} of kind {kind.__name__}", value)
    require(is_count(properties.get("class_id", 1), 1), where, "a class from 1", properties.get("class_id"))
    color = properties.get("color", "")
    hexadecimal = len(color) == 7 and color[0] == "#" and all(digit in "0123456789abcdefABCDEF" for digit in color[1:])
    require(color == "" or hexadecimal, where, "a color #rrggbb", color)


def require(true: bool, where: str, expected: str, got: Any) -> None:
    """Raise a ValueError that says where something is not as expected.

    Raises
    ------
    ValueError
        Unless `true`.
    """
    if not true:
        raise ValueError(f"{where}: expected {expected}, got {shortened(got)}")


def shortened(value: Any) -> str:
    """A value in a message.

    Examples
    --------
    >>> shortened({"a": [1, 2]})
    '{"a": [1, 2]}'
    """
    text = json.dumps(value, default=repr)
    return text if len(text) <= 60 else f"{text[:60]}..."


def is_mapping(value: Any) -> bool:
    """Whether a value is an object of JSON."""
    return isinstance(value, dict)


def is_count(value: Any, least: int = 0) -> bool:
    """Whether a value is a whole number in a range that numbers of pixels, steps and objects have."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value < LARGEST


def is_size(value: Any) -> bool:
    """Whether a value is a whole number from 1."""
    return is_count(value, 1)


def is_number(value: Any) -> bool:
    """Whether a value is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300 and isfinite(value)


def is_list_of(value: Any, fits: Any) -> bool:
    """Whether a value is a list all of whose parts fit."""
    return isinstance(value, list | tuple) and all(fits(part) for part in value)


def is_box(value: Any) -> bool:
    """Whether a value is a box that is not empty: row start, row stop, column start, column stop."""
    if not (isinstance(value, list) and len(value) == 4 and all(type(place) is int for place in value)):
        return False
    return bool(-LARGEST < value[0] < value[1] < LARGEST and -LARGEST < value[2] < value[3] < LARGEST)


def is_axes(value: Any, ndim: int | None) -> bool:
    """Whether a value names two different axes."""
    fits = is_list_of(value, lambda axis: is_count(axis) and (ndim is None or axis < ndim))
    return bool(fits and len(value) == 2 and value[0] != value[1])


def is_click(value: Any) -> bool:
    """Whether a value is a click: row, column, positive; of a prompt kind and points behind."""
    if not (isinstance(value, list) and len(value) in (3, 5) and type(value[2]) is bool and is_place(value[:2])):
        return False
    if len(value) == 3:
        return True
    kind, points = value[3:]
    try:
        return is_list_of(points, is_place) and bool(prompt_of(str(kind), points))
    except ValueError:
        return False


def is_place(value: Any) -> bool:
    """Whether a value is a row and a column."""
    return is_list_of(value, lambda place: is_number(place) and abs(place) < LARGEST) and len(value) == 2


def is_limits(value: Any) -> bool:
    """Whether a value is two intensities, or none."""
    return value is None or (is_list_of(value, is_number) and len(value) == 2)
