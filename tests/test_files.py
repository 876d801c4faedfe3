"""Files are written as a whole, by one process, through nobody's link."""

import errno
import os
import shutil
import stat
import subprocess
import sys
import time

import pytest

from napari_simpleclick import files
from napari_simpleclick.files import (
    BusyError,
    in_use,
    is_private,
    make_private,
    only_writer,
    replace_when_complete,
    take_lock,
    write_text,
    writing_folder,
)
from napari_simpleclick.write_errors import WriteError

PIPES = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}

ON_POSIX = pytest.mark.skipif(os.name != "posix", reason="rights and links as POSIX has them")


def test_older_file_stays_whole_when_writing_fails(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("old")
    with (
        pytest.raises(OSError, match=r"a.txt was not written: the disk is full .*The older one is whole"),
        replace_when_complete(file),
    ):
        raise OSError(28, "No space left on device")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert file.read_text() == "old"


def test_thread_that_still_writes_does_not_hide_why_a_folder_was_not_written(tmp_path, monkeypatch):
    remove, attempts = shutil.rmtree, []

    def remove_while_others_write(folder, **settings):
        attempts.append(folder)
        remove(folder, **settings)
        if len(attempts) == 1:
            folder.mkdir()
            (folder / "late").write_bytes(b"x")

    monkeypatch.setattr(files.shutil, "rmtree", remove_while_others_write)
    with pytest.raises(WriteError, match="disk is full"), files.replace_folder_when_complete(tmp_path / "a.zarr"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert len(attempts) == 2
    assert not list(tmp_path.glob(f"{files.WRITING}*"))


def test_bytes_are_on_the_disk_before_the_older_file_goes(tmp_path, monkeypatch):
    file, seen = tmp_path / "a.txt", []
    file.write_text("old")
    sync = os.fsync
    monkeypatch.setattr(
        "napari_simpleclick.files.os.fsync", lambda number: (seen.append(file.read_text()), sync(number))
    )
    write_text(file, "new")
    assert seen[0] == "old"
    assert file.read_text() == "new"


@ON_POSIX
def test_link_is_replaced_and_what_it_points_to_stays(tmp_path):
    victim = tmp_path / "victim.txt"
    victim.write_text("precious")
    for name in ("a.txt", "a.txt.part"):
        (tmp_path / name).symlink_to(victim)
    write_text(tmp_path / "a.txt", "new")
    assert victim.read_text() == "precious"
    assert (tmp_path / "a.txt").read_text() == "new"
    assert not (tmp_path / "a.txt").is_symlink()


@ON_POSIX
def test_private_file_and_folder_are_their_owners_alone(tmp_path):
    folder = make_private(tmp_path / "b" / "c")
    write_text(folder / "a.txt", "secret", private=True)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "a.txt").stat().st_mode) == 0o600
    folder.chmod(0o777)
    assert not is_private(folder)
    assert is_private(make_private(folder))
    (tmp_path / "link").symlink_to(folder)
    with pytest.raises(OSError, match="is a link"):
        make_private(tmp_path / "link")


def test_leftovers_of_a_killed_process_go_with_the_next_file_and_those_of_living_ones_stay(tmp_path):
    code = (
        "import sys; from pathlib import Path; from napari_simpleclick.files import writing_folder\n"
        "with writing_folder(Path(sys.argv[1])): print('in', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], **PIPES) as process:
        process.stdout.readline()
        with writing_folder(tmp_path):
            assert len(list(tmp_path.glob(".writing-*"))) == 2
        process.kill()
    strange = tmp_path / ".writing-elsewhere"
    strange.mkdir()
    write_text(tmp_path / "a.txt", "")
    assert list(tmp_path.glob(".writing-*")) == [strange]
    os.utime(strange, (time.time() - 1e6,) * 2)
    write_text(tmp_path / "a.txt", "")
    assert not list(tmp_path.glob(".writing-*"))


def test_lock_is_held_by_one_and_let_go_of_by_a_killed_process(tmp_path):
    file = tmp_path / "run.json"
    code = (
        "import sys; from pathlib import Path; from napari_simpleclick.files import only_writer\n"
        "with only_writer(Path(sys.argv[1])): print('in', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(file)], **PIPES) as process:
        process.stdout.readline()
        assert in_use(file)
        with pytest.raises(BusyError, match=r"run.json is being written by another process"), only_writer(file):
            pass
        process.kill()
    assert not in_use(file)
    with only_writer(file):
        assert take_lock(file) is None


def test_looking_whether_a_file_is_in_use_leaves_no_lock(tmp_path):
    assert not in_use(tmp_path / "run.json")
    assert not list(tmp_path.iterdir())
