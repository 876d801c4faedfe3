"""What is kept of the sessions that were saved by themselves, and what is offered."""

import os
import time

import pytest
from tests.annotation.session_files.test_format import saved, worked

from napari_simpleclick.annotation.session_files.recoverable import (
    described,
    following_path,
    next_path,
    numbered,
    old_sessions,
    recoverable_sessions,
    session_to_offer,
)
from napari_simpleclick.files import take_lock

LONG_AGO = time.time() - 100 * 24 * 3600


@pytest.fixture
def files(tmp_path):
    """Thirty small old files; number 3 is large, number 4 is young, number 5 comes from a clock that was ahead."""
    paths = [numbered(tmp_path, "a", number) for number in range(1, 31)]
    for path in paths:
        path.write_text("x")
        os.utime(path, (LONG_AGO, LONG_AGO))
    paths[2].write_text("x" * 1000)
    os.utime(paths[2], (LONG_AGO, LONG_AGO))
    os.utime(paths[3], None)
    os.utime(paths[4], (time.time() + 1e8,) * 2)
    return paths


def test_newest_by_number_largest_young_and_used_files_are_never_old(tmp_path, files):
    for path in files[:20]:
        if path not in files[2:5]:
            path.write_text("")
            os.utime(path, (LONG_AGO, LONG_AGO))
    lock = take_lock(files[6])
    old = old_sessions(tmp_path)
    lock.release()
    left = [number for number, path in enumerate(files, start=1) if path not in old]
    assert left == [3, 4, 5, 7, *range(21, 31)]


def test_ten_short_starts_after_a_long_session_make_nothing_old(tmp_path):
    for number in range(1, 12):
        numbered(tmp_path, "a", number).write_text("x" * (1000 if number == 1 else 1))
    assert old_sessions(tmp_path) == []


def test_numbers_grow_whatever_the_clock_says(tmp_path, files):
    assert next_path(tmp_path, "a").name == "a.00000031.simpleclick.json"
    assert following_path(files[-1]) == next_path(tmp_path, "a")
    assert next_path(tmp_path, "b").name == "b.00000001.simpleclick.json"


def test_what_a_session_offers_is_told(tmp_path):
    path = saved(numbered(tmp_path, "a", 7), worked())
    found = described(path)
    assert (found.number, found.objects, found.slices, found.clicks) == (7, 3, 4, 4)
    assert found.size == path.stat().st_size
    assert not found.in_use


def test_session_of_many_objects_is_offered_and_not_the_newer_one_of_a_click(tmp_path):
    rich = saved(numbered(tmp_path, "a", 1), worked())
    poor = worked()
    for _ in range(8):
        poor.undo()
    saved(numbered(tmp_path, "a", 2), poor)
    numbered(tmp_path, "a", 3).write_text("damaged")
    assert [found.number for found in recoverable_sessions(tmp_path, ["a"])] == [2, 1]
    assert session_to_offer(tmp_path, ["a"]).path == rich
    assert session_to_offer(tmp_path, ["b"]) is None
