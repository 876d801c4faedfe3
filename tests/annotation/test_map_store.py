"""Maps of the history in temporary files: the same bits, and memory that does not grow."""

import os

import numpy as np
import pytest

from napari_simpleclick.annotation import map_store as kept_maps
from napari_simpleclick.annotation.annotator import Annotator
from napari_simpleclick.annotation.map_store import MapStore
from napari_simpleclick.annotation.session_files.recorder import every_state
from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.prediction import EMPTY_MAP, Prediction

SHAPE = (60, 80)
IMAGE = np.zeros((*SHAPE, 3), np.uint8)


class Noise:
    """Answers with another map every time."""

    def __init__(self):
        self.random = np.random.default_rng(0)

    def predict(self, image, clicks, previous=None, *, view=None):
        values = self.random.random((448, 448), np.float32)
        if previous is not None:
            values = (values + previous.shown_map()) / 2
        return Prediction(values[:], Box(0, SHAPE[0], 0, SHAPE[1]), SHAPE)


def prediction(seed=0):
    values = np.random.default_rng(seed).random((448, 448), np.float32)
    return Prediction(values, Box(0, 60, 0, 80), SHAPE)


def test_kept_map_has_the_same_bits_and_cannot_be_written():
    maps = MapStore(maps_per_file=2)
    first = [prediction(seed) for seed in range(5)]
    kept = [maps.keep(one) for one in first]
    for before, after in zip(first, kept, strict=True):
        np.testing.assert_array_equal(after.network_map, before.network_map)
        assert not after.network_map.flags.writeable
        np.testing.assert_array_equal(after.mask(), before.mask())
    assert maps.keep(kept[0]) is kept[0]


def test_maps_outlive_what_keeps_them():
    maps = MapStore(maps_per_file=1)
    kept, expected = maps.keep(prediction(1)), prediction(1).network_map
    maps.keep(prediction(2))
    del maps
    np.testing.assert_array_equal(kept.network_map, expected)


@pytest.mark.parametrize("values", [None, EMPTY_MAP])
def test_drawn_objects_have_no_map_to_keep(values):
    drawn = Prediction(values, Box(0, 60, 0, 80), SHAPE)
    assert MapStore().keep(drawn) is drawn


def test_full_disk_keeps_the_maps_in_memory(monkeypatch):
    def full(_size):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept_maps, "new_file", full)
    one = prediction()
    assert MapStore().keep(one) is one


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="memory is read from /proc")
def test_memory_does_not_grow_with_the_history():
    annotator = Annotator(Noise())
    for place in range(20):
        annotator.click(1, 0, IMAGE, Click(place, 5))
    before = anonymous_memory()
    for place in range(200):
        annotator.click(1, 0, IMAGE, Click(place % 50, place % 70))
    grown = anonymous_memory() - before
    assert grown < 40e6, f"{grown / 1e6:.0f} MB for 200 clicks; their maps take 160 MB"


def anonymous_memory():
    """Bytes of this process that are not pages of a file."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("RssAnon"))


def test_long_work_needs_few_files(monkeypatch):
    made = []
    new_file = kept_maps.new_file
    monkeypatch.setattr(kept_maps, "new_file", lambda size: made.append(size) or new_file(size))
    maps = MapStore(maps_per_file=1)
    small = [Prediction(np.full((4, 4), n, np.float32), Box(0, 60, 0, 80), SHAPE) for n in range(100)]
    kept = [maps.keep(one) for one in small]
    assert len(made) == 7
    assert [int(one.network_map[0, 0]) for one in kept] == list(range(100))


@pytest.mark.parametrize("places", [1, 4])
def test_maps_of_old_steps_are_forgotten_and_undo_finds_the_same_masks(places):
    annotator, masks = Annotator(Noise()), []
    annotator.maps = MapStore(maps_per_file=2, most=6)
    for number in range(40):
        annotator.click(1, number % places, IMAGE, Click(number, 5))
        masks.append([annotator.sessions.mask((1, place)) for place in range(places)])
    alive = {id(step.prediction.network_map) for step in every_step(annotator) if step.prediction.drawn is None}
    assert 6 <= len(alive) <= 9
    for wanted in reversed(masks[:-1]):
        annotator.undo()
        for place, before in enumerate(wanted):
            found = annotator.sessions.mask((1, place))
            assert (found and found[0]) == (before and before[0])
            np.testing.assert_array_equal(found and found[1], before and before[1])
    annotator.redo()
    annotator.click(1, 0, IMAGE, Click(7, 7))


def every_step(annotator):
    for _, steps in every_state(annotator):
        yield from steps
