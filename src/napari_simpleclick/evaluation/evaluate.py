"""Evaluate a predictor: the robot user clicks every object of a data set."""

from collections.abc import Iterator
from time import perf_counter

from napari_simpleclick.data.datasets.base import Dataset, Sample
from napari_simpleclick.evaluation.metrics import iou
from napari_simpleclick.evaluation.protocol import EvaluationProtocol
from napari_simpleclick.evaluation.report import EvaluationReport, ObjectResult
from napari_simpleclick.evaluation.robot_user import next_click
from napari_simpleclick.inference.session import ClickSession, PredictorLike


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
    return EvaluationReport(dataset.name, protocol, tuple(evaluate_objects(predictor, dataset, protocol)))


def evaluate_objects(
    predictor: PredictorLike, dataset: Dataset, protocol: EvaluationProtocol
) -> Iterator[ObjectResult]:
    """Yield the result of every object as soon as it is there, in the order of the data set."""
    for index in range(len(dataset)):
        sample = dataset[index]
        for object_id in sample.object_ids:
            yield evaluate_object(predictor, sample, object_id, protocol)


def evaluate_object(
    predictor: PredictorLike, sample: Sample, object_id: int, protocol: EvaluationProtocol
) -> ObjectResult:
    """Click one object until the clicks are used up or it is good enough.

    `seconds` holds the time of each prediction and its mask, without the robot user's own.
    """
    target, ignore = sample.mask(object_id), sample.ignore
    session = ClickSession(predictor, sample.image)
    mask = target & False
    curve: list[float] = []
    seconds: list[float] = []
    while len(curve) < protocol.max_clicks and not reached(curve, protocol.stop_at):
        click = next_click(mask, target, session.clicks, ignore)
        start = perf_counter()
        mask = session.click(click).mask(protocol.probability_threshold)
        seconds.append(perf_counter() - start)
        curve.append(iou(mask, target, ignore))
    return ObjectResult(sample.name, object_id, session.clicks, tuple(curve), tuple(seconds))


def reached(curve: list[float], stop_at: float | None) -> bool:
    """Whether the last IoU is as good as wanted."""
    return stop_at is not None and bool(curve) and curve[-1] >= stop_at
