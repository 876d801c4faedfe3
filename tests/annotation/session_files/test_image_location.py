"""A session names an image; only beside it, or where the user had it before, is it opened unasked."""

import os
from pathlib import Path

import pytest

from napari_simpleclick.annotation.session_files.image_location import (
    MOST_PLACES,
    PLACES_FILE,
    locate,
    noted_path,
    read_places,
    remember_place,
)


@pytest.mark.parametrize("told", ["a.nii.gz", "images/a.tif", "case"])
def test_image_beside_the_session_needs_no_question(tmp_path, told):
    found = locate({"path": told}, tmp_path / "s.simpleclick.json", {})
    assert (found.path, found.known) == (tmp_path / told, True)


@pytest.mark.parametrize(
    "told",
    [
        "../a.tif",
        "images/../../a.tif",
        "..\\a.tif",
        "/data/a.tif",
        "C:\\a.tif",
        "//server/share/a.tif",
        "\\\\server\\a.tif",
    ],
)
def test_image_elsewhere_is_asked_for(tmp_path, told):
    assert locate({"path": told}, tmp_path / "s.simpleclick.json", {}).known is False


@pytest.mark.parametrize(
    "told", ["a.py", "a.tif.py", "a.npy", "a.exe", "", "..", "a.tif:b", "a\0.tif", 7, None, ["a.tif"]]
)
def test_what_is_no_image_is_never_opened(tmp_path, told):
    assert locate({"path": told}, tmp_path / "s.simpleclick.json", {}) is None


@pytest.mark.skipif(os.name != "posix", reason="links as POSIX has them")
def test_link_that_leads_elsewhere_is_asked_for(tmp_path):
    folder = tmp_path / "study"
    folder.mkdir()
    (tmp_path / "a.tif").touch()
    (folder / "a.tif").symlink_to(tmp_path / "a.tif")
    assert locate({"path": "a.tif"}, folder / "s.simpleclick.json", {}).known is False


def test_place_used_last_is_known_and_a_network_place_never(tmp_path):
    image = tmp_path / "elsewhere" / "a.tif"
    image.parent.mkdir()
    image.touch()
    for path in (image, "//server/share/b.tif"):
        remember_place(tmp_path, f"hash of {Path(path).name}", path)
    places, session = read_places(tmp_path), tmp_path / "s.simpleclick.json"
    assert locate({"path": "x.tif", "hash": "hash of a.tif"}, session, places).path == image
    found = locate({"path": "../b.tif", "hash": "hash of b.tif"}, session, {"hash of b.tif": "//server/share/b.tif"})
    assert not found.known


def test_paths_are_noted_relative_to_the_session_or_as_names(tmp_path):
    assert noted_path(tmp_path / "a" / "b.tif", tmp_path / "s.json") == "a/b.tif"
    assert noted_path(tmp_path / "b.tif", tmp_path / "a" / "s.json") == "../b.tif"
    assert noted_path(tmp_path / "b.tif", None) == "b.tif"
    assert noted_path(None, None) is None


def test_places_are_few_and_a_damaged_file_costs_nothing(tmp_path):
    (tmp_path / PLACES_FILE).write_text("[1")
    for number in range(3):
        remember_place(tmp_path, str(number), tmp_path / f"{number}.tif")
    assert len(read_places(tmp_path)) == 3 < MOST_PLACES
