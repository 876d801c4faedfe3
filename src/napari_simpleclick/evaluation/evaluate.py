"""Evaluate a predictor: the robot user clicks every object of a data set."""

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import NamedTuple

from napari_simpleclick.data.datasets.base import Dataset, Sample
from napari_simpleclick.evaluation.metrics import boundary, iou
from napari_simpleclick.evaluation.protocol import EvaluationProtocol
from napari_simpleclick.evaluation.report import EvaluationReport, ObjectResult
from napari_simpleclick.evaluation.robot_user import next_click
from napari_simpleclick.inference.session import ClickSession, PredictorLike


class Placed(NamedTuple):
    """The result of an object and its place in the data set."""

    picture: int
    """Number of the picture in the data set."""
    objects: int
    """How many objects this picture has."""
    result: ObjectResult


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
    skip: Collection[tuple[int, int]] = (),
) -> Iterator[Placed]:
    """Yield the result of every object as soon as it is there; the next picture is read meanwhile.

    Parameters
    ----------
    predictor, dataset, protocol
        As for `evaluate`.
    pictures
        Numbers of the pictures whose objects are clicked.
    skip
        Picture and label of objects that are left out, because their results are there already.
    """
    for picture, sample in read_ahead(dataset, pictures):
        for object_id in sample.object_ids:
            if (picture, object_id) not in skip:
                result = evaluate_object(predictor, sample, object_id, protocol)
                yield Placed(picture, len(sample.object_ids), result)


def read_ahead(dataset: Dataset, pictures: Sequence[int]) -> Iterator[tuple[int, Sample]]:
    """Numbers and samples in order; one sample is read while the one before is used."""
    with ThreadPoolExecutor(max_workers=1) as reader:
        coming = [reader.submit(dataset.__getitem__, picture) for picture in pictures[:1]]
        for place, picture in enumerate(pictures):
            sample = coming.pop().result()
            coming = [reader.submit(dataset.__getitem__, later) for later in pictures[place + 1 : place + 2]]
            yield picture, sample


def in_order(placed: "Iterator[Placed] | Collection[Placed]") -> tuple[ObjectResult, ...]:
    """Results by picture and label, in whatever order they came."""
    return tuple(entry.result for entry in sorted(placed, key=lambda entry: (entry.picture, entry.result.object_id)))


def evaluate_object(
    predictor: PredictorLike, sample: Sample, object_id: int, protocol: EvaluationProtocol
) -> ObjectResult:
    """Click one object until the clicks are used up or it is good enough.

    `seconds` holds the time of each prediction and its mask, without the robot user's own.
    """
    target, ignore = sample.mask(object_id), sample.ignore
    rim = boundary(target)
    session = ClickSession(predictor, sample.image)
    mask = target & False
    curve: list[float] = []
    rims: list[float] = []
    seconds: list[float] = []
    while len(curve) < protocol.max_clicks and not reached(curve, protocol.stop_at):
        click = next_click(mask, target, session.clicks, ignore)
        start = perf_counter()
        mask = session.click(click).mask(protocol.probability_threshold)
        seconds.append(perf_counter() - start)
        curve.append(iou(mask, target, ignore))
        rims.append(iou(boundary(mask), rim, ignore))
    return ObjectResult(sample.name, object_id, session.clicks, tuple(curve), tuple(seconds), tuple(rims))


def reached(curve: list[float], stop_at: float | None) -> bool:
    """Whether the last IoU is as good as wanted."""
    return stop_at is not None and bool(curve) and curve[-1] >= stop_at
