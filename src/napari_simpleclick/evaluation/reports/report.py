"""Evaluation report: keeps every curve and click, and computes the numbers when asked."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from napari_simpleclick.evaluation import metrics, stored
from napari_simpleclick.evaluation.object_result import ObjectResult
from napari_simpleclick.evaluation.protocol import EvaluationProtocol
from napari_simpleclick.evaluation.reports.bootstrap import (
    LEVEL,
    RESAMPLES,
    SEED,
    confidence_intervals,
    mean_of_means,
    percentiles,
    resampled_means_of_means,
)
from napari_simpleclick.files import write_text

MEAN_OF_DOMAINS = "mean of domains"
"""Name of the row in which every domain counts the same."""


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """Results of a data set; reports over parts of one data set add up.

    Parameters
    ----------
    dataset
        Name of the data set.
    protocol
        How it was clicked.
    objects
        Result of every object, or of every draw of every object, in the order of the data set.
    provenance
        Model, engine, precision, versions: what was evaluated.

    Raises
    ------
    ValueError
        If there is no object.
    """

    dataset: str
    protocol: EvaluationProtocol
    objects: tuple[ObjectResult, ...]
    provenance: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.objects:
            raise ValueError(f"The data set {self.dataset} holds no object to click. Check its masks.")

    def __add__(self, other: Self) -> "EvaluationReport":
        """The objects of both reports, with the provenance of the first.

        Raises
        ------
        ValueError
            If data set or protocol differ.
        """
        if (self.dataset, self.protocol) != (other.dataset, other.protocol):
            raise ValueError(
                "Only reports of one data set and protocol add up, got "
                f"{self.dataset} {self.protocol} and {other.dataset} {other.protocol}."
            )
        return EvaluationReport(self.dataset, self.protocol, self.objects + other.objects, self.provenance)

    @property
    def count(self) -> int:
        """Number of objects, however often each was clicked."""
        return len({result.place for result in self.objects})

    @property
    def curves(self) -> list[tuple[float, ...]]:
        """IoU after every click, for every object and draw."""
        return [result.ious for result in self.objects]

    @property
    def seconds_per_click(self) -> float:
        """SPC: mean time of a click's mask."""
        return float(np.mean(np.concatenate([result.seconds for result in self.objects])))

    def miou(self, clicks: int) -> float:
        """Mean IoU after `clicks` clicks; raises ValueError where an object has fewer."""
        return metrics.miou(self.curves, clicks)

    def noc(self, threshold: float) -> float:
        """Mean number of clicks to reach an IoU."""
        return metrics.noc(self.curves, threshold, self.protocol.max_clicks)

    def failures(self, threshold: float) -> int:
        """Objects that need all clicks."""
        return metrics.failures(self.curves, threshold, self.protocol.max_clicks)

    def values(self) -> dict[str, np.ndarray]:
        """For every number of the table its value for each object, or the mean of the object's draws.

        mIoU only without early stop.
        """
        curves, most = self.curves, self.protocol.max_clicks
        numbers: dict[str, np.ndarray] = {}
        if self.protocol.stop_at is None:
            for count in self.protocol.miou_clicks:
                if count <= most:
                    numbers[f"mIoU@{count}"] = np.array([curve[count - 1] for curve in curves])
        for threshold in self.protocol.iou_thresholds:
            if self.protocol.stop_at is None or threshold <= self.protocol.stop_at:
                needed = np.array([metrics.clicks_to_reach(curve, threshold, most) for curve in curves])
                numbers[f"NoC@{threshold * 100:g}"] = needed
                numbers[f"failures@{threshold * 100:g}"] = needed == most
        return {name: self.over_draws(values) for name, values in numbers.items()}

    def over_draws(self, values: np.ndarray) -> np.ndarray:
        """Means over the draws of each object, from one value for each result."""
        if self.protocol.draws == 1:
            return values
        places = {place: number for number, place in enumerate(dict.fromkeys(r.place for r in self.objects))}
        numbers = [places[result.place] for result in self.objects]
        means: np.ndarray = np.bincount(numbers, values) / np.bincount(numbers)
        return means

    def summary(self) -> dict[str, float]:
        """The numbers of the table, by name; mIoU only without early stop and up to the clicks made."""
        numbers = {
            name: float(values.sum() if name.startswith("failures") else values.mean())
            for name, values in self.values().items()
        }
        return numbers | {"SPC": self.seconds_per_click, "objects": self.count}

    def by_domain(self) -> dict[str, "EvaluationReport"]:
        """A report for every domain, in the order of the data set; empty if it has none."""
        domains = dict.fromkeys(result.domain for result in self.objects if result.domain)
        return {name: replace(self, objects=tuple(o for o in self.objects if o.domain == name)) for name in domains}

    def by_draw(self) -> list["EvaluationReport"]:
        """A report for every draw, as if objects had been clicked once; empty where they were."""
        if self.protocol.draws == 1:
            return []
        once = replace(self.protocol, draws=1)
        parts = [tuple(o for o in self.objects if o.draw == number) for number in range(self.protocol.draws)]
        return [replace(self, protocol=once, objects=part) for part in parts]

    def spread_of_draws(self, *, domains: bool = False) -> dict[str, float]:
        """Standard deviation of the table's numbers from draw to draw, by name; empty where objects were clicked once.

        Parameters
        ----------
        domains
            Of the means of domains, instead of those of all objects.
        """
        draws = [part.mean_of_domains() if domains else part.summary() for part in self.by_draw()]
        return {name: float(np.std([draw[name] for draw in draws], ddof=1)) for name in self.values() if draws}

    def domain_values(self) -> dict[str, list[np.ndarray]]:
        """For every number of the table, its values for the objects of each domain; empty without domains."""
        parts = [part.values() for part in self.by_domain().values()]
        return {name: [values[name] for values in parts] for name in self.values()} if parts else {}

    def mean_of_domains(self) -> dict[str, float]:
        """Mean of the domains' own means, by name; of failures the mean share of a domain's objects, from 0 to 1."""
        return {name: mean_of_means(groups) for name, groups in self.domain_values().items()}

    def domain_intervals(self) -> dict[str, tuple[float, float]]:
        """Bootstrap intervals of the means of domains, by name: objects are drawn anew within each domain."""
        return {name: percentiles(resampled_means_of_means(groups)) for name, groups in self.domain_values().items()}

    def extras(self) -> dict[str, float]:
        """Mean Dice and boundary IoU after the numbers of clicks of the protocol; empty after early stops."""
        if self.protocol.stop_at is not None:
            return {}
        counts = [count for count in self.protocol.miou_clicks if count <= self.protocol.max_clicks]
        rims = [result.boundary_ious for result in self.objects]
        numbers = {f"Dice@{k}": float(np.mean([metrics.dice(curve[k - 1]) for curve in self.curves])) for k in counts}
        return numbers | ({f"boundary IoU@{k}": metrics.miou(rims, k) for k in counts} if all(rims) else {})

    def to_json(self) -> dict[str, Any]:
        """All curves and clicks, the numbers, and where they come from, ready for `json.dump`."""
        domains = {
            "domains": {name: part.summary() for name, part in self.by_domain().items()},
            "mean of domains": self.mean_of_domains(),
            "intervals of the mean of domains": self.domain_intervals(),
        }
        draws = {
            "draws": [part.summary() for part in self.by_draw()],
            "spread of draws": self.spread_of_draws(),
            "spread of the mean of domains": self.spread_of_draws(domains=True) if domains["domains"] else {},
        }
        return {
            "dataset": self.dataset,
            "provenance": self.provenance,
            "protocol": asdict(self.protocol),
            "summary": self.summary(),
            "extras": self.extras(),
            "intervals": confidence_intervals(self.values()),
            **(domains if domains["domains"] else {}),
            **(draws if draws["draws"] else {}),
            "bootstrap": {"resamples": RESAMPLES, "seed": SEED, "level": LEVEL},
            "objects": [asdict(result) for result in self.objects],
        }

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        """Undo `to_json`.

        Raises
        ------
        ResultFileError
            If something is missing or of another kind.
        """
        told = stored.mapping(content, "a report")
        protocol: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in stored.mapping(told.get("protocol"), "protocol").items()
        }
        objects = tuple(map(ObjectResult.from_json, stored.series(told.get("objects"), "objects")))
        dataset, provenance = stored.text(told.get("dataset"), "dataset"), told.get("provenance")
        found = cls(dataset, EvaluationProtocol(**protocol), objects, stored.mapping(provenance, "provenance"))
        require_clicks(objects, found.protocol.max_clicks, stops=found.protocol.stop_at is not None)
        return found

    def write(self, path: Path) -> None:
        """Write as JSON; an older file stays whole until the new one is complete."""
        write_text(path, json.dumps(self.to_json(), indent=1))

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read what `write` wrote.

        Raises
        ------
        ResultFileError
            If the file is not there or is no report.
        """
        try:
            return cls.from_json(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, LookupError, TypeError, AttributeError, ValueError, ArithmeticError, RecursionError) as error:
            raise stored.ResultFileError(
                f"{path} is no report of an evaluation ({type(error).__name__}: {error}). Give the .json file that "
                "--output named."
            ) from error


def require_clicks(results: Iterable[ObjectResult], most: int, *, stops: bool) -> None:
    """Raise unless every object has the clicks that its protocol makes; where it stops early, no more than these.

    Parameters
    ----------
    results
        The objects.
    most
        Clicks that the protocol makes on an object.
    stops
        Whether it makes fewer where an object is good enough.

    Raises
    ------
    ResultFileError
        If a file tells something else.
    """
    for result in results:
        made = len(result.ious)
        if made > most or (made < most and not stops):
            raise stored.ResultFileError(f"expected {most} clicks on every object, got {made} on {result.sample}")
