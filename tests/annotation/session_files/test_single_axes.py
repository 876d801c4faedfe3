"""Sessions with axes of one entry that their image lacks."""

import pytest

from napari_simpleclick.annotation.session_files.format import SessionContent, SessionFileError
from napari_simpleclick.annotation.session_files.single_axes import surplus_axes, without_axes

SERIES = ((2, 3), 0, 4, None, None)
"""A plane of a volume at its single point in time."""

VOLUME = ((1, 2), 4, None, None)


def session():
    channels = [{"name": "T1", "path": None, "hash": "", "at": at} for at in (None, [1, 3], None)]
    return SessionContent(
        about={
            "image": {"shape": [1, 9, 8, 7], "axes": ["t", "z", "y", "x"], "name": "head"},
            "settings": {"object": 2, "channels": channels},
            "unanswered": [{"object": 1, "axes": [2, 3], "point": [0, 4, 5, 6], "click": [5, 6, True]}],
        },
        steps={1: {"plane": SERIES, "after": 0, "image": {"channels": channels}}},
        newest={(1, SERIES): 1},
        done=[[((1, SERIES), 0, 1)], [(1, {"name": ""}, {"name": "axon"})]],
    )


def test_axes_of_one_entry_are_left_out_everywhere():
    content = without_axes(session(), surplus_axes([1, 9, 8, 7], (9, 8, 7)))
    image, (asked,) = content.about["image"], content.about["unanswered"]
    assert (image["shape"], image["axes"], image["name"]) == ([9, 8, 7], ["z", "y", "x"], "head")
    assert (asked["axes"], asked["point"], asked["click"]) == ([1, 2], [4, 5, 6], [5, 6, True])
    assert content.newest == {(1, VOLUME): 1}
    assert content.done == [[((1, VOLUME), 0, 1)], [(1, {"name": ""}, {"name": "axon"})]]
    assert content.steps[1]["plane"] == VOLUME
    for channels in (content.about["settings"]["channels"], content.steps[1]["image"]["channels"]):
        assert [each["at"] for each in channels] == [None, [0, 3], None]


def test_nothing_changes_without_such_axes():
    content = session()
    assert without_axes(content, ()) is content


def test_plane_along_an_axis_that_is_gone_is_refused():
    content = session()
    content.newest = {(1, ((0, 3), None, 4, 5, None)): 1}
    with pytest.raises(SessionFileError, match=r"along its axis 0, which has one entry.*Go on with it in the version"):
        without_axes(content, (0,))


@pytest.mark.parametrize("shape", [(9, 8), (9, 7, 8), (2, 9, 8, 7), (1, 1, 9, 8, 7)])
def test_other_shapes_are_other_images(shape):
    assert surplus_axes([1, 9, 8, 7], shape) is None
