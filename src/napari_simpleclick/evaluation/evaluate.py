"""Evaluate a predictor: the robot user clicks every object of a data set."""

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from napari_simpleclick.data.datasets.base import Dataset, Sample
from napari_simpleclick.evaluation.lockstep import click_together
from napari_simpleclick.evaluation.object_result import ObjectResult
from napari_simpleclick.evaluation.protocol import EvaluationProtocol
from napari_simpleclick.evaluation.reports.report import EvaluationReport
from napari_simpleclick.inference.session import PredictorLike

Done = tuple[int, int, int]
"""Number of a picture in the data set, label of an object, number of a draw: which result is there already."""


class Placed(NamedTuple):
    """The result of an object and its place in the data set."""

    picture: int
    """Number of the picture in the data set."""
    objects: int
    """How many results this picture has: one for each object and draw."""
    result: ObjectResult
    notices: tuple[str, ...] = ()
    """What the user should know of the files of the picture."""


def evaluate(
    predictor: PredictorLike, dataset: Dataset, protocol: EvaluationProtocol | None = None
) -> EvaluationReport:
    """Click all objects of a data set and keep every curve.

    Parameters
    ----------
    predictor
        What is evaluated.
    dataset
        Pictures with the masks of their objects.
    protocol
        Clicks per object, when to stop.

    Raises
    ------
    ValueError
        If the data set holds no object.
    """
    protocol = protocol or EvaluationProtocol()
    placed = evaluate_pictures(predictor, dataset, protocol, range(len(dataset)))
    return EvaluationReport(dataset.name, protocol, in_order(placed))


def evaluate_pictures(
    predictor: PredictorLike,
    dataset: Dataset,
    protocol: EvaluationProtocol,
    pictures: Sequence[int],
    *,
    skip: Collection[Done] = (),
    batch: int = 1,
) -> Iterator[Placed]:
    """Yield the result of every object as soon as it is there; the next picture is read meanwhile.

    Parameters
    ----------
    predictor, dataset, protocol
        As for `evaluate`.
    pictures
        Numbers of the pictures whose objects are clicked.
    skip
        What is left out, because its result is there already.
    batch
        Number of objects, of one picture or of several, that are clicked in lock-step; results do not depend on it.
    """
    places: dict[str, tuple[int, int, tuple[str, ...]]] = {}

    def objects() -> Iterator[tuple[Sample, int, int]]:
        for picture, sample in read_ahead(dataset, pictures):
            todo = clickings(sample, protocol)
            places[sample.name] = picture, len(todo), sample.notices
            yield from ((sample, *which) for which in todo if (picture, *which) not in skip)

    for result in click_together(predictor, objects(), protocol, batch=batch):
        picture, count, notices = places[result.sample]
        yield Placed(picture, count, result, notices)


def clickings(sample: Sample, protocol: EvaluationProtocol) -> list[tuple[int, int]]:
    """Label and draw of everything that is to be clicked on a picture."""
    return [(object_id, draw) for object_id in sample.object_ids for draw in range(protocol.draws)]


def read_ahead(dataset: Dataset, pictures: Sequence[int]) -> Iterator[tuple[int, Sample]]:
    """Numbers and samples in order; one sample is read while the one before is used."""
    with ThreadPoolExecutor(max_workers=1) as reader:
        coming = [reader.submit(dataset.__getitem__, picture) for picture in pictures[:1]]
        for place, picture in enumerate(pictures):
            sample = coming.pop().result()
            coming = [reader.submit(dataset.__getitem__, later) for later in pictures[place + 1 : place + 2]]
            yield picture, sample


def in_order(placed: "Iterator[Placed] | Collection[Placed]") -> tuple[ObjectResult, ...]:
    """Results by picture, label and draw, in whatever order they came."""
    return tuple(entry.result for entry in sorted(placed, key=done))


def done(placed: Placed) -> Done:
    """Which result it is."""
    return placed.picture, placed.result.object_id, placed.result.draw


def evaluate_object(
    predictor: PredictorLike, sample: Sample, object_id: int, protocol: EvaluationProtocol
) -> ObjectResult:
    """Click one object until the clicks are used up or it is good enough.

    Parameters
    ----------
    predictor
        Answers the clicks.
    sample
        The picture with its labels.
    object_id
        The label to click.
    protocol
        How to click.
    """
    return next(click_together(predictor, [(sample, object_id, 0)], protocol))
