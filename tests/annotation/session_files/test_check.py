"""What session files may hold and what not, value by value; whole files are in test_format."""

import pytest

from napari_simpleclick.annotation.session_files.check import (
    check_about,
    check_channels,
    check_content,
    check_plane,
    check_properties,
    check_revision,
    check_step,
    is_box,
    is_click,
    is_count,
    is_limits,
    is_number,
    shortened,
)
from napari_simpleclick.annotation.session_files.format import SessionContent

ORIGIN = {"name": "dapi", "hash": "", "path": None, "at": None}
STEP = {"plane": ((1, 2), 0, None, None), "origin": "painted", "after": 0, "mask": None, "shape": [60, 70]}


def refused(check, *values, told):
    with pytest.raises(ValueError, match=told):
        check(*values)


@pytest.mark.parametrize("color", ["", "#0189af", "#ABCDEF"])
def test_colors_of_six_hexadecimal_digits_are_taken(color):
    check_properties("object 1", 1, {"color": color})


@pytest.mark.parametrize("color", ["#12345", "#1234567", "1234567", "#12345g", "red"])
def test_other_colors_are_refused(color):
    refused(check_properties, "object 1", 1, {"color": color}, told="a color #rrggbb")


def test_classes_and_objects_begin_at_one():
    check_properties("object 1", 1, {"class_id": 1})
    refused(check_properties, "object 0", 0, {}, told="number of an object from 1")
    refused(check_properties, "object 1", 1, {"class_id": 0}, told="a class from 1")


@pytest.mark.parametrize("at", [None, [0, 2]])
def test_three_channels_or_none_are_taken(at):
    check_channels("settings", [])
    check_channels("settings", [{**ORIGIN, "at": at}] * 3)


@pytest.mark.parametrize("at", [[0], [0, 1, 2], [0, -1], "x", [0.5, 1]])
def test_channels_from_no_axis_and_place_are_refused(at):
    refused(check_channels, "settings", [{**ORIGIN, "at": at}] * 3, told="an axis and a place on it")


@pytest.mark.parametrize(
    ("change", "told"),
    [({"name": 1}, "a name"), ({"hash": None}, "a hash"), ({"path": 5}, "path"), ({"limits": [1]}, "two")],
)
def test_channels_without_what_tells_them_are_refused(change, told):
    refused(check_channels, "settings", [ORIGIN, ORIGIN, {**ORIGIN, **change}], told=told)
    refused(check_channels, "settings", [ORIGIN, ORIGIN], told="three channels")


def test_pictures_of_two_axes_are_taken_and_of_one_refused():
    check_about({"image": {"shape": [60, 70]}})
    refused(check_about, {"image": {"shape": [60]}}, told="two sizes or more")


@pytest.mark.parametrize("sees", [[], {"limits": "x"}, {"limits": [1]}, {"limits": [1, "x"]}])
def test_intensities_that_are_no_two_numbers_are_refused(sees):
    check_about({"settings": {"sees": {"limits": [0, 255.5], "name": "soft tissue"}}})
    refused(check_about, {"settings": {"sees": sees}}, told="intensities that are seen")


def content(shape, *, rgb=False):
    return SessionContent({"image": {"shape": shape, "rgb": rgb}}, steps={1: STEP}, newest={(1, STEP["plane"]): 1})


def test_planes_fit_the_image_without_its_axis_of_colors():
    check_content(content([4, 60, 70]))
    check_content(content([4, 60, 70, 3], rgb=True))
    check_content(SessionContent({}, steps={1: STEP}))
    check_content(SessionContent({"image": {"rgb": True}}, steps={1: STEP}))
    refused(check_content, content([4, 60, 70, 3]), told="a plane of an image of 4 axes")
    refused(check_content, content([4, 60, 71]), told=r"a plane of \[60, 71\]")


@pytest.mark.parametrize(
    ("plane", "told"),
    [
        (((1, 2), 4, None, None), "a place inside the image"),
        (((1, 2), None, None, None), "a place inside the image"),
        (((1, 3), 0, None, None), "a plane"),
        (((1, 1), 0, None, None), "a plane"),
        (((0, 1), None, 0, 0), "no place on the plane's own axes"),
        (((1, 2), 0, None), "a plane of an image of 3 axes"),
    ],
)
def test_planes_outside_the_image_are_refused(plane, told):
    check_plane("newest", ((1, 2), 3, None, None), [4, 60, 70])
    refused(check_plane, "newest", plane, [4, 60, 70], told=told)


@pytest.mark.parametrize("sure", [0, 0.5, 1])
def test_confidences_are_parts_of_one(sure):
    check_step("step 1", {**STEP, "confidence": sure}, None, 0)
    refused(check_step, "step 1", {**STEP, "confidence": sure + 1.01}, None, 0, told="from 0 to 1")
    refused(check_step, "step 1", {**STEP, "confidence": sure - 1.01}, None, 0, told="from 0 to 1")


def test_what_is_said_to_be_unchanged_or_revised_follows_a_step():
    check_step("step 2", {**STEP, "after": 1, "unchanged": True}, None, 0)
    refused(check_step, "step 1", {**STEP, "unchanged": True}, None, 0, told="the same as")
    check_revision("step 2", {"threshold": 0.3, "roi": [0, 5, 0, 5], "plane_shape": [60, 70]}, 1)
    refused(check_revision, "step 1", {"threshold": 0.3}, 0, told="an answer that is changed")
    refused(check_revision, "step 2", {"colour": 1}, 1, told="changes of roi")
    refused(check_revision, "step 2", {"plane_shape": [60]}, 1, told="height and width")


def test_numbers_have_their_kinds_and_ranges():
    assert is_count(0)
    assert is_count(2**31 - 1)
    assert not any(map(is_count, (-1, 2**31, True, 1.0, "1")))
    assert is_number(-2.5)
    assert not any(map(is_number, (True, float("nan"), 1e300, "1")))
    assert is_limits(None)
    assert not is_limits([1, 2, 3])


def test_boxes_are_not_empty_and_end_somewhere():
    edge = 2**31
    assert is_box([0, 1, 0, 1])
    assert is_box([1 - edge, edge - 1, 1 - edge, edge - 1])
    for box in ([1, 1, 0, 1], [0, 1, 1, 1], [-edge, 1, 0, 1], [0, edge, 0, 1], [0, 1, -edge, 1], [0, 1, 0, edge]):
        assert not is_box(box)


def test_clicks_have_three_parts_and_prompts_five():
    assert is_click([1, 2.5, True])
    assert is_click([1, 2, False, "box", [[1, 2], [3, 4]]])
    for click in ([1, 2, 1], [1, 2, True, "box"], [1, 2, True, "box", [[1, 2], [3, 4]], 0], [2**31, 2, True]):
        assert not is_click(click)


def test_long_values_are_shortened_in_messages():
    assert shortened("x" * 58) == f'"{"x" * 58}"'
    assert shortened("x" * 59) == f'"{"x" * 59}...'
