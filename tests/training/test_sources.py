import numpy as np
import torch

from napari_simpleclick.training.annotator.simulated_history import earlier_work
from napari_simpleclick.training.examples import Example
from napari_simpleclick.training.procedural.synthesis import Synthesis
from napari_simpleclick.training.settings import Phase
from napari_simpleclick.training.sources import Batches, Mixture, further_objects, works


class Plain:
    """Pictures of one value."""

    def __init__(self, value: int) -> None:
        self.value = value

    def example(self, rng: np.random.Generator, size: int) -> Example:
        return Example(np.full((size, size, 3), self.value, np.uint8), np.ones((size, size), bool))


def test_sources_come_as_often_as_their_weights_say():
    mixture = Mixture([Plain(0), Plain(1)], [1, 3])
    drawn = [mixture.example(np.random.default_rng(seed), 4).image.max() for seed in range(400)]
    assert 0.68 < np.mean(drawn) < 0.82


def test_a_batch_depends_on_seed_and_step_alone():
    batches = Batches(Synthesis(), Phase(1.0, 64, 2), seed=3)
    torch.testing.assert_close(batches[7], batches[7])
    assert not torch.equal(batches[7][0], batches[8][0])
    assert not torch.equal(batches[7][0], Batches(Synthesis(), Phase(1.0, 64, 2), seed=4)[7][0])


def test_samples_start_in_the_middle_of_the_work_as_often_as_asked():
    batches = Batches(Synthesis(), Phase(1.0, 64, 4), seed=3, earlier_work=0.4, carried=0.2, drawn=0.3)
    drawn = [batches[step] for step in range(25)]
    assert 0.25 < sum(len(batch.begun) for batch in drawn) / 100 < 0.55
    assert 0.08 < sum(len(batch.carried) for batch in drawn) / 100 < 0.35
    assert 0.15 < sum(len(batch.drawn) for batch in drawn) / 100 < 0.45
    for previous, clicks in (work for batch in drawn for work in (*batch.begun.values(), *batch.carried.values())):
        assert previous.shape == (64, 64)
        assert clicks


def test_nothing_is_begun_on_an_empty_target():
    empty = np.zeros((32, 32), bool)
    assert works(earlier_work, np.random.default_rng(0), [empty], 1.0) == {}


def test_other_processes_make_the_same_batches():
    batches = Batches(Synthesis(), Phase(1.0, 64, 2), seed=3)
    torch.testing.assert_close(next(batches.start(5, workers=1)), batches[5])


class Quarters:
    """Pictures of four objects, the first of which is the target."""

    labels = np.kron(np.array([[1, 2], [3, 4]]), np.ones((16, 16), int))

    def example(self, rng: np.random.Generator, size: int) -> Example:
        return Example(np.zeros((size, size, 3), np.uint8), self.labels == 1, self.labels)


def test_several_objects_of_a_picture_are_learnt_from_together():
    batch = Batches(Quarters(), Phase(1.0, 32, 2), seed=3, objects=3)[0]
    assert batch.images.shape == (2, 32, 32, 3)
    assert batch.picture_of.tolist() == [0, 0, 0, 1, 1, 1]
    for of_one_picture in batch.targets.reshape(2, 3, 32, 32):
        assert of_one_picture[0].equal(torch.from_numpy(Quarters.labels == 1))
        assert (of_one_picture.sum(0) <= 1).all()
        assert of_one_picture.any(dim=(1, 2)).all()


def test_the_target_itself_is_no_further_object():
    only = Example(np.zeros((32, 32, 3), np.uint8), Quarters.labels == 1, np.where(Quarters.labels == 1, 1, 0))
    assert further_objects(np.random.default_rng(0), only, 4) == []
    assert further_objects(np.random.default_rng(0), Example(only.image, only.target), 4) == []
