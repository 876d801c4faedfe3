"""Where examples come from: sources with weights, drawn into batches that depend on seed and step only."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from napari_simpleclick.clicks import Click
from napari_simpleclick.evaluation.users.drawn_prompts import drawn_prompt
from napari_simpleclick.prompts import Kind
from napari_simpleclick.training.annotator.propagated_prompts import carried_over
from napari_simpleclick.training.annotator.simulated_history import earlier_work
from napari_simpleclick.training.annotator.simulated_user import Work
from napari_simpleclick.training.examples import Example
from napari_simpleclick.training.noise import Rng
from napari_simpleclick.training.pictures.targets import large_objects
from napari_simpleclick.training.settings import Phase

DRAWN: dict[Kind, float] = {"box": 0.45, "lasso": 0.2, "scribble": 0.35}
"""What samples start with that do not start with a click, and how often."""


class Batch(NamedTuple):
    """What a step learns from.

    Parameters
    ----------
    images
        (pictures, size, size, 3) uint8.
    targets
        (batch, size, size) bool.
    picture_of
        (batch,) int64, the picture that each target is in: several objects of a picture share its features.
    begun
        By place in the batch: masks and clicks of samples that begin half annotated.
    carried
        By place in the batch: mask and click that replace a sample's own before the last prediction.
    drawn
        By place in the batch: the box, lasso or scribble that replaces a sample's first click.
    """

    images: Tensor
    targets: Tensor
    picture_of: Tensor
    begun: dict[int, Work]
    carried: dict[int, Work]
    drawn: dict[int, Work]


class Source(Protocol):
    """Anything that makes examples."""

    def example(self, rng: Rng, size: int) -> Example:
        """A picture of `size` x `size` pixels and its target."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """Several sources as one.

    Parameters
    ----------
    sources
        Where examples come from.
    weights
        How often each is asked, in any unit.
    """

    sources: Sequence[Source]
    weights: Sequence[float]

    def example(self, rng: Rng, size: int) -> Example:
        """An example of one of the sources."""
        chances = np.asarray(self.weights, float)
        return self.sources[int(rng.choice(len(self.sources), p=chances / chances.sum()))].example(rng, size)


@dataclass(frozen=True)
class Batches(Dataset[Batch]):
    """The batches of a run by step number; the same number always gives the same batch.

    Parameters
    ----------
    source
        Where examples come from.
    phase
        Size of crops and batches.
    seed
        Of the run; every process of a distributed run takes another one.
    objects
        Most objects of a picture that are learnt from together.
    earlier_work, carried, drawn
        Chances that a sample starts in the middle of the work, that its last prediction is of a mask from elsewhere,
        and that it starts with a box, lasso or scribble.
    """

    source: Source
    phase: Phase
    seed: int
    objects: int = 1
    earlier_work: float = 0.0
    carried: float = 0.0
    drawn: float = 0.0

    def __getitem__(self, step: int) -> Batch:
        rng = np.random.default_rng((self.seed, step))
        examples = [self.source.example(rng, self.phase.size) for _ in range(self.phase.batch)]
        targets, picture_of = [], []
        for place, example in enumerate(examples):
            found = [example.target, *further_objects(rng, example, self.objects - 1)]
            targets += found
            picture_of += [place] * len(found)
        return Batch(
            torch.from_numpy(np.stack([example.image for example in examples])),
            torch.from_numpy(np.stack(targets)),
            torch.tensor(picture_of),
            works(earlier_work, rng, targets, self.earlier_work),
            works(carried_over, rng, targets, self.carried),
            works(drawn_first, rng, targets, self.drawn),
        )

    def __len__(self) -> int:
        return 1 << 62

    def start(self, step: int, *, workers: int) -> Iterator[Batch]:
        """Batches from a step on, without end, made by `workers` other processes (0: in this one)."""
        loader = DataLoader(
            self,
            sampler=range(step, 1 << 62),
            batch_size=None,
            num_workers=workers,
            worker_init_fn=one_thread if workers else None,
            # A forked process inherits OpenCV's and OpenMP's thread pools without their threads, and hangs.
            multiprocessing_context="spawn" if workers else None,
        )
        return iter(loader)


def further_objects(rng: Rng, example: Example, most: int) -> list[np.ndarray]:
    """Other objects of a picture than its target, each (size, size) bool.

    Parameters
    ----------
    rng
        Source of chance.
    example
        The picture with its target, and with its labels if it has some.
    most
        Not more than this.
    """
    if not most or example.labels is None:
        return []
    labels = large_objects(example.labels)
    found = (np.asarray(example.labels == label) for label in rng.permutation(labels)[: most + 1])
    return [other for other in found if not same(other, example.target)][:most]


def same(first: np.ndarray, second: np.ndarray) -> bool:
    """Whether two masks are of one object, drawn a little differently at most."""
    return bool(2 * (first & second).sum() > (first | second).sum())


def works(
    made: Callable[[Rng, np.ndarray], tuple[np.ndarray, list[Click]]],
    rng: Rng,
    targets: Sequence[np.ndarray],
    chance: float,
) -> dict[int, Work]:
    """What is made, by chance, of targets that are not empty, by their places."""
    chosen = [place for place, target in enumerate(targets) if rng.random() < chance and target.any()]
    found = ((place, made(rng, targets[place])) for place in chosen)
    return {place: (torch.from_numpy(previous).half(), clicks) for place, (previous, clicks) in found}


def drawn_first(rng: Rng, target: np.ndarray) -> tuple[np.ndarray, list[Click]]:
    """An empty map, (size, size) float32, and a box, lasso or scribble that tells the object."""
    kind = list(DRAWN)[int(rng.choice(len(DRAWN), p=list(DRAWN.values())))]
    return np.zeros(target.shape, np.float32), [drawn_prompt(rng, target, kind)]


def one_thread(_worker: int) -> None:
    """Keep OpenCV and torch of a data process to one thread, so that they do not starve the training."""
    import cv2

    cv2.setNumThreads(1)
    torch.set_num_threads(1)
