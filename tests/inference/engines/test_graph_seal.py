"""Graphs are loaded only if they are what was written, where it was written, by this user."""

import os
import shutil

import pytest

from napari_simpleclick.inference.engines.graph_seal import is_sealed, seal


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "0123" / "half"
    path.mkdir(parents=True)
    for name in ("a.bin", "a.xml"):
        (path / name).write_text(name)
        seal(path, [name])
    return path


def test_what_was_written_is_known(folder):
    assert is_sealed(folder, ["a.bin", "a.xml"])
    assert not is_sealed(folder, ["a.bin", "b.xml"])


def test_other_bytes_a_link_and_a_missing_file_are_noticed(folder):
    (folder / "a.xml").write_text("planted")
    assert not is_sealed(folder, ["a.xml"])
    (folder / "a.bin").rename(folder / "b.bin")
    assert not is_sealed(folder, ["a.bin"])
    if hasattr(os, "symlink"):
        (folder / "a.bin").symlink_to(folder / "b.bin")
        assert not is_sealed(folder, ["a.bin"])


def test_graphs_of_another_model_are_not_taken(folder):
    other = folder.parent.with_name("4567")
    shutil.copytree(folder.parent, other)
    assert not is_sealed(other / "half", ["a.bin"])


@pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")
def test_folder_that_others_can_write_to_is_not_trusted(folder):
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.chmod(0o777)
    assert not is_sealed(folder, ["a.bin"])


@pytest.mark.parametrize("text", ["", "[]", '{"of": "0123/half", "files": 3}', "\x00", "[" * 100_000])
def test_damaged_seal_seals_nothing(folder, text):
    (folder / "seal.json").write_text(text)
    assert not is_sealed(folder, ["a.bin"])
