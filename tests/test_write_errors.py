"""Full disks, folders that cannot be written to, names that are too long: each is told in words, with a cure."""

import errno
import os
import re
import subprocess
import sys

import numpy as np
import pytest

from napari_simpleclick.cli.training_log import EVERY, TrainingLog
from napari_simpleclick.data.click_files import PlacedClick, write_clicks
from napari_simpleclick.data.io import write_mask
from napari_simpleclick.evaluation.result_log import LineLog
from napari_simpleclick.files import replace_when_complete, require_place, take_lock, write_text
from napari_simpleclick.model.checkpoint import save_checkpoint
from napari_simpleclick.model.simpleclick import SimpleClick, SimpleClickConfig
from napari_simpleclick.plugin.io.save_masks import save_masks
from napari_simpleclick.training.optim import create_optimizer
from napari_simpleclick.training.settings import TrainingSettings
from napari_simpleclick.training.state import RunState
from napari_simpleclick.training.train import StepRecord
from napari_simpleclick.write_errors import REASONS, WriteError, plain_words, told_if_not_written


def test_every_obstacle_is_told_in_words_with_a_cure_and_the_number_of_the_system(tmp_path):
    file = tmp_path / "a.tif"
    for name in (name for name in REASONS if hasattr(errno, name)):
        number = getattr(errno, name)
        with pytest.raises(WriteError) as raised, told_if_not_written(file):
            raise OSError(number, os.strerror(number))
        assert re.match(rf"{re.escape(str(file))} was not written: [^\[]+\. [A-Z][^\[]+\.$", str(raised.value)), name
        assert raised.value.errno == number


def test_obstacle_without_a_word_of_ours_is_told_as_the_system_tells_it(tmp_path):
    with (
        pytest.raises(WriteError, match=r"a was not written: Too many open files. Choose"),
        told_if_not_written(tmp_path / "a"),
    ):
        raise OSError(errno.EMFILE, "Too many open files")


def test_older_file_is_said_to_be_whole_only_where_there_is_one(tmp_path):
    said = []
    for name in ("old", "new"):
        (tmp_path / "old").write_text("")
        with pytest.raises(WriteError) as raised, replace_when_complete(tmp_path / name):
            raise OSError(errno.ENOSPC, "")
        said.append("The older one is whole" in str(raised.value))
    assert said == [True, False]


def test_what_is_in_the_way_of_a_name_is_found_before_the_work(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").write_text("")
    for place, reason in (("a", "it is a folder"), ("b/c", "is a file, not a folder"), ("x" * 300, "is too long")):
        with pytest.raises(WriteError, match=reason):
            require_place(tmp_path / place)
    require_place(tmp_path / "new" / "c")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="rights as POSIX has them, which root passes over")
def test_folder_without_the_right_to_write_is_told(tmp_path):
    tmp_path.chmod(0o500)
    for write in (require_place, take_lock, lambda path: write_text(path, "a")):
        with pytest.raises(WriteError, match="a was not written: you may not write there"):
            write(tmp_path / "a")
    tmp_path.chmod(0o700)


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 64 KB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if not sys.platform.startswith("linux") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


NOISE = np.random.default_rng(0).integers(1, 60000, (10, 200, 200)).astype(np.uint16)


def small_model():
    return SimpleClick(SimpleClickConfig(16, 32, 4, 2, (8, 8, 16, 16), 8, image_size=448))


def save_state(folder):
    model = small_model()
    RunState(model, create_optimizer(model, TrainingSettings()), average=0.9).save(folder)


def grow_log(folder):
    log = LineLog(folder / "log", {})
    log.write({"a": "x" * 100_000})


def grow_training_log(folder):
    with TrainingLog(folder) as log:
        (folder / "other").write_bytes(bytes(folder.stat().st_size))
        for _ in range(2000):
            log.write(StepRecord(EVERY, 1, 1.0, 0.5, 448, 1e-3, 0.5, 0.5, 1.0, 1.0))


WRITERS = {
    "NIfTI": lambda folder: write_mask(folder / "a.nii", NOISE),
    "packed NIfTI": lambda folder: write_mask(folder / "a.nii.gz", NOISE),
    "TIFF": lambda folder: write_mask(folder / "a.tif", NOISE),
    "OME-Zarr": lambda folder: save_masks(folder / "a.zarr", NOISE, {}),
    "PNG": lambda folder: save_masks(folder / "a.png", NOISE.reshape(400, 1000), {}),
    "session": lambda folder: write_text(folder / "a", "x" * 100_000, private=True),
    "clicks": lambda folder: write_clicks(folder / "a.csv", [PlacedClick(1, (1.0, 1.0), True)] * 10_000),
    "log of results": grow_log,
    "log of a training": grow_training_log,
    "contact sheet": lambda folder: TrainingLog(folder).sheet("a", NOISE.view(np.uint8).reshape(-1, 400, 1)[:, :, 0]),
    "checkpoint": lambda folder: save_checkpoint(folder / "a.safetensors", small_model()),
    "state of a training": save_state,
}


@pytest.mark.parametrize("kind", WRITERS)
def test_full_disk_is_told_with_its_room_by_every_writer(kind, small_disk):
    with pytest.raises(WriteError, match=r"was not written: the disk is full \([0-9.]+ k?B were free, (it|which) .*\)"):
        WRITERS[kind](small_disk)
    assert not list(small_disk.glob(".writing-*"))


def test_older_ome_zarr_stays_whole_on_a_full_disk(small_disk):
    import zarr

    path = small_disk / "a.zarr"
    save_masks(path, np.ones((1, 4, 4), np.uint8), {})
    with pytest.raises(WriteError, match="The older one is whole"):
        save_masks(path, NOISE, {})
    assert np.asarray(zarr.open_group(path, mode="r")["0"]).tolist() == np.ones((1, 4, 4)).tolist()


def test_library_that_does_not_say_why_it_failed_is_believed_where_the_disk_has_room(tmp_path):
    with pytest.raises(RuntimeError, match="shape"), told_if_not_written(tmp_path / "a"):
        raise RuntimeError("shape")


def test_full_disk_behind_an_error_of_torch_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr("napari_simpleclick.write_errors.free_room", lambda *_: 0)
    with pytest.raises(WriteError, match="disk is full"), replace_when_complete(tmp_path / "a"):
        raise RuntimeError("unexpected pos 704 vs 598")


def test_errors_of_reading_are_told_without_a_number():
    assert plain_words(PermissionError(13, "Permission denied", "a.nii")) == "a.nii: Permission denied."
    assert plain_words(KeyError()) == "KeyError"
