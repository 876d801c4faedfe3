"""Compare two runs on the same objects; with domains, domain by domain and by the mean of domains."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from napari_simpleclick.evaluation.reports.bootstrap import (
    mean_of_means,
    p_value,
    percentiles,
    resampled_means_of_means,
)
from napari_simpleclick.evaluation.reports.report import EvaluationReport


@dataclass(frozen=True, slots=True)
class ComparedNumber:
    """A number of two runs.

    Parameters
    ----------
    name
        As in the table of a report.
    first, second
        Its value in both runs, over the objects that both have; of several domains the mean of domains.
    interval
        95 % interval of the difference, second minus first: paired bootstrap.
    p_value
        Paired bootstrap, two-sided.
    """

    name: str
    first: float
    second: float
    interval: tuple[float, float]
    p_value: float

    @property
    def difference(self) -> float:
        """Second minus first."""
        return self.second - self.first


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
    domains
        The same for every domain, by its name; empty where the data set has none.
    """

    dataset: str
    objects: int
    rows: tuple[ComparedNumber, ...]
    domains: "Mapping[str, Comparison]" = field(default_factory=dict)


def compare(first: EvaluationReport, second: EvaluationReport) -> Comparison:
    """Compare two runs on the objects that both have; NoC only if both made as many clicks at most.

    With domains the numbers are means of domains, without failures, and every domain is compared for itself too.

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
    shared = {result.place for result in first.objects} & {result.place for result in second.objects}
    if not shared:
        raise ValueError(f"The two runs on {first.dataset} have no object in common. Evaluate both on the same data.")
    ours, theirs = only(first, shared), only(second, shared)
    parts = {name: (part, theirs.by_domain()[name]) for name, part in ours.by_domain().items()}
    names = [
        name
        for name in ours.values()
        if name in theirs.values()
        and (first.protocol.max_clicks == second.protocol.max_clicks or name.startswith("mIoU"))
        and not (parts and name.startswith("failures"))
    ]
    if not names:
        raise ValueError("The two runs have no number in common. Evaluate both with one protocol.")
    domains = {
        domain: Comparison(domain, pair[0].count, compared_numbers(names, [pair])) for domain, pair in parts.items()
    }
    rows = compared_numbers(names, list(parts.values()) or [(ours, theirs)])
    return Comparison(first.dataset, len(shared), rows, domains)


Pair = tuple[EvaluationReport, EvaluationReport]
"""The same objects in both runs, in one order."""


def only(report: EvaluationReport, places: Collection[tuple[str, int]]) -> EvaluationReport:
    """A report with some of its objects, in the order of their places."""
    kept = sorted((result for result in report.objects if result.place in places), key=lambda result: result.place)
    return replace(report, objects=tuple(kept))


def compared_numbers(names: Sequence[str], pairs: Sequence[Pair]) -> tuple[ComparedNumber, ...]:
    """Numbers of two runs over all objects of a pair, or the means of several pairs, which count the same."""
    values = [(first.values(), second.values()) for first, second in pairs]
    return tuple(compared(name, [(first[name], second[name]) for first, second in values]) for name in names)


def compared(name: str, groups: Sequence[tuple[np.ndarray, np.ndarray]]) -> ComparedNumber:
    """One row; failures are counted, everything else is averaged within and then over the groups."""
    scale = len(groups[0][0]) if name.startswith("failures") else 1
    first, second = (scale * mean_of_means([group[run] for group in groups]) for run in (0, 1))
    draws = scale * resampled_means_of_means([after - 1.0 * before for before, after in groups])
    return ComparedNumber(name, first, second, percentiles(draws), p_value(draws, second - first))
