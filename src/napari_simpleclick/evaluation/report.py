"""Evaluation report: keeps every curve and click, and computes the numbers when asked."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np

from napari_simpleclick.clicks import Click
from napari_simpleclick.evaluation import metrics
from napari_simpleclick.evaluation.protocol import EvaluationProtocol


@dataclass(frozen=True, slots=True)
class ObjectResult:
    """What happened to one object.

    Parameters
    ----------
    sample
        Name of the picture.
    object_id
        Label of the object in it.
    clicks, ious, seconds
        The clicks, and for each the IoU after it and the time that its mask took.
    """

    sample: str
    object_id: int
    clicks: tuple[Click, ...]
    ious: tuple[float, ...]
    seconds: tuple[float, ...]


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
        Result of every object.
    provenance
        Model, engine, precision, versions: what was evaluated.
    """

    dataset: str
    protocol: EvaluationProtocol
    objects: tuple[ObjectResult, ...]
    provenance: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.objects:
            raise ValueError(f"The data set {self.dataset} holds no object to click. Check its masks.")

    def __add__(self, other: Self) -> "EvaluationReport":
        if (self.dataset, self.protocol) != (other.dataset, other.protocol):
            raise ValueError(
                "Only reports of one data set and protocol add up, got "
                f"{self.dataset} {self.protocol} and {other.dataset} {other.protocol}."
            )
        return EvaluationReport(self.dataset, self.protocol, self.objects + other.objects, self.provenance)

    @property
    def curves(self) -> list[tuple[float, ...]]:
        """IoU after every click, for every object."""
        return [result.ious for result in self.objects]

    @property
    def seconds_per_click(self) -> float:
        """SPC: mean time of a click's mask."""
        return float(np.mean(np.concatenate([result.seconds for result in self.objects])))

    def miou(self, clicks: int) -> float:
        """Mean IoU after so many clicks; raises ValueError where an object has fewer."""
        return metrics.miou(self.curves, clicks)

    def noc(self, threshold: float) -> float:
        """Mean number of clicks to reach an IoU."""
        return metrics.noc(self.curves, threshold, self.protocol.max_clicks)

    def failures(self, threshold: float) -> int:
        """Objects that need all clicks."""
        return metrics.failures(self.curves, threshold, self.protocol.max_clicks)

    def summary(self) -> dict[str, float]:
        """The numbers of the table, by name; mIoU only without early stop and up to the clicks made."""
        numbers: dict[str, float] = {}
        if self.protocol.stop_at is None:
            counts = [count for count in self.protocol.miou_clicks if count <= self.protocol.max_clicks]
            numbers |= {f"mIoU@{count}": self.miou(count) for count in counts}
        for threshold in self.protocol.iou_thresholds:
            if self.protocol.stop_at is None or threshold <= self.protocol.stop_at:
                numbers[f"NoC@{threshold * 100:g}"] = self.noc(threshold)
                numbers[f"failures@{threshold * 100:g}"] = self.failures(threshold)
        return numbers | {"SPC": self.seconds_per_click, "objects": len(self.objects)}

    def to_json(self) -> dict[str, Any]:
        """All curves and clicks, the numbers, and where they come from, ready for `json.dump`."""
        return {
            "dataset": self.dataset,
            "provenance": self.provenance,
            "protocol": asdict(self.protocol),
            "summary": self.summary(),
            "objects": [asdict(result) for result in self.objects],
        }

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        """Undo `to_json`."""
        protocol: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in content["protocol"].items()
        }
        objects = (
            ObjectResult(
                entry["sample"],
                entry["object_id"],
                tuple(Click(**click) for click in entry["clicks"]),
                tuple(entry["ious"]),
                tuple(entry["seconds"]),
            )
            for entry in content["objects"]
        )
        return cls(content["dataset"], EvaluationProtocol(**protocol), tuple(objects), content["provenance"])

    def write(self, path: Path) -> None:
        """Write as JSON; an older file stays whole until the new one is complete."""
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(path.name + ".part")
        partial.write_text(json.dumps(self.to_json(), indent=1))
        os.replace(partial, path)
