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
    monkeypatch.setattr(module, "PLANES", 3)
    before = fingerprint(mapped)
    for place in range(len(volume)):
        other = volume.copy()
        other[place] += 1
        other.tofile(tmp_path / "b")
        assert fingerprint(np.memmap(tmp_path / "b", np.uint8, "r", shape=volume.shape)) != before


class Elsewhere:
    """An array that is read when somebody asks, such as one of dask or zarr; counts what is read."""

    def __init__(self, pixels):
        self.pixels, self.shape, self.dtype, self.ndim, self.read = pixels, pixels.shape, pixels.dtype, pixels.ndim, 0

    def __getitem__(self, index):
        found = self.pixels[index]
        self.read += found.size
        return found

    def __array__(self, dtype=None, copy=None):
        return np.array(self[...])


def test_every_pixel_of_what_is_read_from_elsewhere_counts_unless_it_is_huge(volume):
    other = volume.copy()
    other[2, 7, 9] ^= 1
    assert fingerprint(Elsewhere(volume)) == fingerprint(volume) != fingerprint(Elsewhere(other))


def test_of_huge_arrays_that_are_read_from_elsewhere_a_part_is_read_also_of_single_planes(monkeypatch):
    monkeypatch.setattr(module, "WHOLE_BYTES", 1)
    monkeypatch.setattr(module, "PART_BYTES", 2000)
    for shape in ((1000, 100), (5, 1000, 100), (100, 9, 10)):
        data = Elsewhere(np.random.default_rng(0).integers(0, 255, shape, np.uint8))
        before, most = fingerprint(data), 33 * 9 * 10 if shape[-1] == 10 else 5 * 9 * 100
        assert 900 <= data.read <= most
        data.pixels[..., -1, :] += 1
        assert fingerprint(data) != before


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
