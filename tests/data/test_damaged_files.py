"""Seeded damage to files of every kind: read, or refused with our own error, and nothing else."""

import shutil
from contextlib import suppress

import numpy as np
import pytest
from tests.data.mutations import PICTURES, TIFFS, ZARRS, damage

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.io import read_volume
from napari_simpleclick.data.pictures import is_picture, read_marks, read_rgb

COUNT = 20
"""Damaged files of each kind; `make fuzz` tries more."""


@pytest.mark.parametrize("make", [*TIFFS, *PICTURES, *ZARRS], ids=lambda make: make.__name__)
def test_damaged_file_is_read_or_refused(tmp_path, make):
    sound = make(tmp_path)
    for seed in range(COUNT):
        path = tmp_path / str(seed) / sound.name
        path.parent.mkdir()
        (shutil.copytree if sound.is_dir() else shutil.copy)(sound, path)
        damage(path, np.random.default_rng(seed))
        for read in (as_volume, read_marks, read_rgb) if is_picture(path) else (as_volume,):
            with suppress(VolumeError):
                read(path)


def as_volume(path):
    return np.asarray(read_volume(path).data)


@pytest.mark.parametrize("make", [*TIFFS, *PICTURES, *ZARRS], ids=lambda make: make.__name__)
def test_sound_file_is_read_without_a_notice(tmp_path, make):
    volume = read_volume(make(tmp_path))
    assert np.asarray(volume.data).any()
    assert volume.notices == ()
