"""Images that differ anywhere have other fingerprints; those of earlier versions are still known."""

import numpy as np
import pytest

from napari_simpleclick.data import fingerprint as module
from napari_simpleclick.data.fingerprint import earlier_fingerprints, fingerprint, is_of


@pytest.fixture
def volume():
    return np.random.default_rng(0).integers(0, 255, (9, 20, 30), np.uint8)


def test_one_changed_pixel_between_first_middle_and_last_plane_is_noticed(volume):
    other = volume.copy()
    other[2, 7, 9] ^= 1
    assert earlier_fingerprints(other) == earlier_fingerprints(volume)
    assert fingerprint(other) != fingerprint(volume)


def test_shape_type_and_order_in_memory(volume):
    assert fingerprint(volume.reshape(9, 30, 20)) != fingerprint(volume)
    assert fingerprint(volume.view(np.int8)) != fingerprint(volume)
    assert fingerprint(np.asfortranarray(volume)) == fingerprint(volume)


def test_every_plane_of_a_huge_array_counts(volume, monkeypatch):
    monkeypatch.setattr(module, "WHOLE_BYTES", 1)
    monkeypatch.setattr(module, "PART_BYTES", volume.nbytes // 4)
    for place in range(len(volume)):
        other = volume.copy()
        other[place] += 1
        assert fingerprint(other) != fingerprint(volume)


def test_file_mapped_as_memory_is_read_in_part(volume, tmp_path, monkeypatch):
    volume.tofile(tmp_path / "a")
    mapped = np.memmap(tmp_path / "a", np.uint8, "r", shape=volume.shape)
    assert fingerprint(mapped) == fingerprint(volume)
    monkeypatch.setattr(module, "WHOLE_BYTES", 1)
    assert module.is_mapped(mapped[1:])
    assert len(list(module.parts(mapped))) == 9


def test_fingerprints_of_both_versions_are_known(volume):
    assert is_of(fingerprint(volume), volume)
    assert is_of(earlier_fingerprints(volume)[0], volume)
    assert not is_of(fingerprint(volume)[:-1], volume)
    assert not is_of(None, volume)


def test_earlier_fingerprint_of_a_single_point_in_time_is_known(volume):
    """Two shapes: the volume on its own, and the series of one volume that it was to earlier versions."""
    assert earlier_fingerprints(volume)[1] == earlier_fingerprints(volume[None])[0]
    assert is_of(earlier_fingerprints(volume[None])[0], volume)
    assert not is_of(fingerprint(volume[None]), volume)
