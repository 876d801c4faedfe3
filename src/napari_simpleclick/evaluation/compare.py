"""Compare two runs on the same objects."""

from dataclasses import dataclass

import numpy as np

from napari_simpleclick.evaluation.bootstrap import paired_p_value
from napari_simpleclick.evaluation.report import EvaluationReport


@dataclass(frozen=True, slots=True)
class ComparedNumber:
    """A number of two runs.

    Parameters
    ----------
    name
        As in the table of a report.
    first, second
        Its value in both runs, over the objects that both have.
    p_value
        Paired bootstrap, two-sided.
    """

    name: str
    first: float
    second: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs, number by number.

    Parameters
    ----------
    dataset
        Name of the data set.
    objects
        How many objects both runs have.
    rows
        The numbers that both runs have.
    """

    dataset: str
    objects: int
    rows: tuple[ComparedNumber, ...]


def compare(first: EvaluationReport, second: EvaluationReport) -> Comparison:
    """Compare two runs on the objects that both have; NoC only if both made as many clicks at most.

    Raises
    ------
    ValueError
        If the data sets differ, no object is in both, or no number is.
    """
    if first.dataset != second.dataset:
        raise ValueError(
            f"Only runs on one data set can be compared, got {first.dataset} and {second.dataset}. Evaluate both "
            "models on the same data."
        )
    places = [{(result.sample, result.object_id): n for n, result in enumerate(run.objects)} for run in (first, second)]
    shared = [key for key in places[0] if key in places[1]]
    if not shared:
        raise ValueError(f"The two runs on {first.dataset} have no object in common. Evaluate both on the same data.")
    chosen = [np.array([place[key] for key in shared]) for place in places]
    ours, theirs = first.values(), second.values()
    same_length = first.protocol.max_clicks == second.protocol.max_clicks
    rows = tuple(
        compared(name, ours[name][chosen[0]], theirs[name][chosen[1]])
        for name in ours
        if name in theirs and (same_length or name.startswith("mIoU"))
    )
    if not rows:
        raise ValueError("The two runs have no number in common. Evaluate both with one protocol.")
    return Comparison(first.dataset, len(shared), rows)


def compared(name: str, first: np.ndarray, second: np.ndarray) -> ComparedNumber:
    """One row; failures are counted, everything else is averaged."""
    scale = len(first) if name.startswith("failures") else 1
    return ComparedNumber(
        name, float(first.mean() * scale), float(second.mean() * scale), paired_p_value(first, second)
    )
