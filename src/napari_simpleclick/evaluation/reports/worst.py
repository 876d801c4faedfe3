"""The worst objects of a run, with the masks that their clicks gave."""

from collections.abc import Mapping
from dataclasses import dataclass

from napari_simpleclick.arrays import BinaryMask
from napari_simpleclick.data.datasets.base import Dataset, Sample
from napari_simpleclick.evaluation.object_result import ObjectResult
from napari_simpleclick.evaluation.reports.report import EvaluationReport
from napari_simpleclick.inference.session import ClickSession, PredictorLike

SHOWN_CLICKS = (1, 3, 10, 20)
"""After how many clicks the mask is shown."""


@dataclass(frozen=True, slots=True, eq=False)
class WorstObject:
    """An object and its masks.

    Parameters
    ----------
    sample
        The picture and its objects.
    result
        Clicks and IoUs.
    masks
        Masks by number of clicks.
    """

    sample: Sample
    result: ObjectResult
    masks: Mapping[int, BinaryMask]


def worst_objects(
    report: EvaluationReport, dataset: Dataset, predictor: PredictorLike, *, count: int = 10
) -> list[WorstObject]:
    """The objects with the lowest IoU at the end, or that of every domain, worst first; they are clicked once more.

    Masks are not kept during a run, so that its memory and its log stay small.

    Parameters
    ----------
    report
        What was evaluated.
    dataset
        Its pictures; objects whose picture is gone are left out.
    predictor
        Answers the clicks again.
    count
        How many objects, where the data set has no domains.
    """
    results = worst_results(report, count)
    samples = find_samples(dataset, {result.sample for result in results})
    threshold = report.protocol.probability_threshold
    return [
        WorstObject(samples[result.sample], result, replayed(predictor, samples[result.sample], result, threshold))
        for result in results
        if result.sample in samples
    ]


def worst_results(report: EvaluationReport, count: int) -> list[ObjectResult]:
    """Objects with the lowest IoU at the end, worst first; with domains the worst one of each, however many."""
    worst = [min(part.objects, key=last_iou) for part in report.by_domain().values()]
    return sorted(worst, key=last_iou) if worst else sorted(report.objects, key=last_iou)[:count]


def last_iou(result: ObjectResult) -> float:
    """IoU after all clicks."""
    return result.ious[-1]


def find_samples(dataset: Dataset, names: set[str]) -> dict[str, Sample]:
    """Samples by name; reading stops when all are found."""
    found: dict[str, Sample] = {}
    for index in range(len(dataset)):
        if len(found) == len(names):
            break
        sample = dataset[index]
        if sample.name in names:
            found[sample.name] = sample
    return found


def replayed(predictor: PredictorLike, sample: Sample, result: ObjectResult, threshold: float) -> dict[int, BinaryMask]:
    """Masks after some of the clicks, as they were in the run."""
    session = ClickSession(predictor, sample.image)
    masks = {}
    for number, click in enumerate(result.clicks, start=1):
        prediction = session.click(click)
        if number in SHOWN_CLICKS:
            masks[number] = prediction.mask(threshold)
    return masks
