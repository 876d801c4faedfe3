"""Memory: what does not fit is told before it is loaded, and large empty arrays live on disk."""

import mmap
from pathlib import Path

import nibabel
import numpy as np
import pytest
import tifffile

from napari_simpleclick.data import memory
from napari_simpleclick.data.errors import NotEnoughMemoryError, VolumeError
from napari_simpleclick.data.io import read_volume, write_mask
from napari_simpleclick.data.memory import free_memory, zeros


@pytest.fixture
def little_memory(monkeypatch):
    monkeypatch.setattr(memory, "free_memory", lambda: 1000)


def test_free_memory_is_that_of_this_machine():
    assert 1e8 < free_memory() < 1e14


def test_small_arrays_are_in_memory():
    assert type(zeros((3, 4), np.uint16)) is np.ndarray


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read as Linux tells it")
def test_masks_here_and_there_take_memory_only_there():
    def resident():
        return int(Path("/proc/self/statm").read_text().split()[1]) * mmap.PAGESIZE

    labels = zeros((64, 1 << 19), np.uint16)
    before = resident()
    labels[:, 100:120] = 7
    assert resident() - before < labels.nbytes / 8
    assert labels.sum() == 64 * 20 * 7
    assert labels.flags.writeable


def test_large_arrays_take_disk_space_only_where_something_is_written(little_memory, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    labels = zeros((2000, 4000, 2500), np.uint16)
    assert isinstance(labels, np.memmap)
    assert not list(tmp_path.iterdir())
    labels[1000, 10:20, 30:40] = 7
    assert labels[1000, 15, 35] == 7
    assert labels[999].max() == 0


def test_disk_without_place_is_told_with_a_cure(little_memory, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    with pytest.raises(OSError, match="TMPDIR"):
        zeros((100, 100), np.uint16)


def test_volumes_that_do_not_fit_are_named_with_a_cure(little_memory, tmp_path):
    nibabel.save(nibabel.Nifti1Image(np.zeros((20, 20, 20), np.int16), np.eye(4)), tmp_path / "a.nii.gz")
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((20, 20, 20), np.uint8), compression="zlib")
    for name, cure in (("a.nii.gz", "uncompress it"), ("a.tif", "without compression")):
        with pytest.raises(NotEnoughMemoryError, match=f"{name} needs about 0.0 GB.*{cure}") as raised:
            read_volume(tmp_path / name)
        assert isinstance(raised.value, VolumeError)


def test_files_that_are_mapped_need_no_memory(little_memory, tmp_path):
    nibabel.save(nibabel.Nifti1Image(np.zeros((20, 20, 20), np.int16), np.eye(4)), tmp_path / "a.nii")
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((20, 20, 20), np.uint8))
    assert read_volume(tmp_path / "a.nii").shape == read_volume(tmp_path / "a.tif").shape == (20, 20, 20)


def test_masks_on_disk_are_written_like_others(little_memory, tmp_path):
    labels = zeros((30, 40, 50), np.uint16)
    labels[3, 4, 5] = 300
    write_mask(Path(tmp_path / "mask.tif"), labels)
    assert tifffile.imread(tmp_path / "mask.tif")[3, 4, 5] == 300
