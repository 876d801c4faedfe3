"""Report of what whole objects took: clicks through the stack against clicks slice by slice."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from html import escape
from pathlib import Path
from typing import Any, Self

import numpy as np
from matplotlib.axes import Axes

from napari_simpleclick.evaluation.effort.result import EffortProtocol, EffortResult, clicks_to
from napari_simpleclick.evaluation.reports.bootstrap import LEVEL, RESAMPLES, SEED, percentiles, resampled
from napari_simpleclick.evaluation.reports.html_report import STYLE, figure
from napari_simpleclick.evaluation.reports.plots import BLUE, ORANGE, drawing
from napari_simpleclick.files import write_text

LEVELS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9)
"""3-D IoU to which clicks are told, as far as the target goes."""

LONGEST = 4.0
"""Clicks per slice up to which the course is drawn."""


@dataclass(frozen=True, slots=True)
class EffortReport:
    """What the objects of a data set took.

    Parameters
    ----------
    dataset
        Name of the data set.
    protocol
        How the objects were clicked.
    objects
        Result of every object.
    provenance
        Model, engine, data: what was evaluated.

    Raises
    ------
    ValueError
        If there is no object.
    """

    dataset: str
    protocol: EffortProtocol
    objects: tuple[EffortResult, ...]
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.objects:
            raise ValueError(
                f"{self.dataset} has no object on enough slices. Lower --min-slices or --min-size, or check the labels."
            )

    @classmethod
    def from_json(cls, report: Mapping[str, Any]) -> Self:
        """Undo `to_json`."""
        return cls(
            report["dataset"],
            EffortProtocol(**report["volume_effort"]),
            tuple(map(EffortResult.from_json, report["objects"])),
            report["provenance"],
        )

    @property
    def through(self) -> np.ndarray:
        """Clicks on every object, through the stack."""
        return np.array([sum(result.clicks) for result in self.objects])

    @property
    def alone(self) -> np.ndarray:
        """Clicks on every object, slice by slice to the same goal."""
        return np.array([sum(map(len, result.alone)) for result in self.objects])

    def alike(self) -> tuple[np.ndarray, float, bool]:
        """Slice by slice with the lowest target whose mean IoU is not below that through the stack.

        Returns
        -------
        clicks, mean IoU, reached
            Clicks on every object, and whether the mean was reached; if not, all clicks of slice by slice.
        """
        wanted = mean_iou([result.ious for result in self.objects])
        for target in np.arange(0.01, 1, 0.01):
            counts = [[clicks_to(curve, target) for curve in result.alone] for result in self.objects]
            ends = [
                [curve[count - 1] if curve else 0.0 for curve, count in zip(result.alone, made, strict=True)]
                for result, made in zip(self.objects, counts, strict=True)
            ]
            if mean_iou(ends) >= wanted:
                return np.array([sum(made) for made in counts]), mean_iou(ends), True
        return self.alone, mean_iou([last_of(result.alone) for result in self.objects]), False

    def summary(self) -> dict[str, float]:
        """The numbers of the table, by name."""
        slices = sum(len(result.clicks) for result in self.objects)
        target = self.protocol.target
        numbers = {
            "objects": len(self.objects),
            "slices": slices,
            "slices clicked": sum(count > 0 for result in self.objects for count in result.clicks),
            "clicks per object": float(self.through.mean()),
            "clicks per slice": float(self.through.sum() / slices),
            "mean IoU": mean_iou([result.ious for result in self.objects]),
            "mean 3-D IoU": float(np.mean([result.volume_iou for result in self.objects])),
            "slice by slice: clicks per object": float(self.alone.mean()),
            "slice by slice: clicks per slice": float(self.alone.sum() / slices),
            "slice by slice: mean IoU": mean_iou([last_of(result.alone) for result in self.objects]),
            "slice by slice: mean 3-D IoU": float(np.mean(last_of([result.alone_course for result in self.objects]))),
            "times fewer clicks": float(self.alone.sum() / self.through.sum()),
        }
        if self.protocol.goal == "slices":
            alike, alike_iou, _ = self.alike()
            return numbers | {
                "at the same mean IoU: clicks per object": float(alike.mean()),
                "at the same mean IoU: mean IoU": alike_iou,
                "at the same mean IoU: times fewer clicks": float(alike.sum() / self.through.sum()),
            }
        numbers["objects that reached it"] = sum(result.volume_iou >= target for result in self.objects)
        numbers["slice by slice: objects that reached it"] = sum(
            max(result.alone_course, default=0.0) >= target for result in self.objects
        )
        for level in (*(level for level in LEVELS if level < target), target):
            through, alone = self.clicks_until(level)
            numbers[f"to {100 * level:g} %: clicks per object"] = through
            numbers[f"to {100 * level:g} %, slice by slice: clicks per object"] = alone
        return numbers

    def clicks_until(self, level: float) -> tuple[float, float]:
        """Clicks per object through the stack, and slice by slice, until the 3-D IoU is first so high."""
        return (
            float(np.mean([clicks_to(result.course, level) for result in self.objects])),
            float(np.mean([clicks_to(result.alone_course, level) for result in self.objects])),
        )

    def intervals(self) -> dict[str, tuple[float, float]]:
        """Bootstrap intervals over objects of the ratios, by name."""
        ratios = {"times fewer clicks": self.alone}
        if self.protocol.goal == "slices":
            ratios["at the same mean IoU: times fewer clicks"] = self.alike()[0]
        return {name: percentiles(resampled(ratio, clicks, self.through)) for name, clicks in ratios.items()}

    def to_json(self) -> dict[str, Any]:
        """Everything, ready for `json.dump`."""
        return {
            "dataset": self.dataset,
            "provenance": dict(self.provenance),
            "volume_effort": asdict(self.protocol),
            "summary": self.summary(),
            "same_mean_iou_reached_slice_by_slice": self.protocol.goal == "slices" and self.alike()[2],
            "intervals": self.intervals(),
            "bootstrap": {"resamples": RESAMPLES, "seed": SEED, "level": LEVEL},
            "objects": [asdict(result) for result in self.objects],
        }

    def to_html(self) -> str:
        """One page that needs no other file."""
        title = f"{self.dataset}: clicks on {len(self.objects)} whole objects, {self.provenance.get('model', '')}"
        numbers = "".join(f"<tr><td>{escape(name)}<td>{shown(name, value)}" for name, value in self.summary().items())
        caption = "Clicks on each object: slice by slice against through the stack. Below the line is less work."
        progress = "Mean 3-D IoU by clicks per slice on each object; an object that is done stays as it is."
        objects = "".join(
            f"<tr><td>{escape(result.name)}<td>{len(result.clicks)}<td>{sum(result.clicks)}"
            f"<td>{sum(map(len, result.alone))}<td>{100 * float(np.mean(result.ious)):.1f} %"
            for result in self.objects
        )
        return "\n".join(
            [
                "<!doctype html>",
                f'<html lang="en"><meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>',
                f"<h1>{escape(title)}</h1><table>{numbers}</table>",
                figure(drawing(self.draw_course), progress),
                figure(drawing(self.draw), caption),
                "<h2>Every object</h2><table><tr><th>object<th>slices<th>clicks<th>slice by slice<th>mean IoU",
                f"{objects}</table><h2>What was evaluated</h2>",
                f"<pre>{escape(json.dumps(self.to_json()['provenance'] | asdict(self.protocol), indent=1))}</pre>",
                "</html>",
            ]
        )

    def draw(self, axes: Axes) -> None:
        """Clicks on each object both ways."""
        most = max(int(self.alone.max()), int(self.through.max())) + 1
        axes.plot([0, most], [0, most], color="#bbbbbb", linewidth=1)
        axes.plot([0, most], [0, most / 5], color=ORANGE, linewidth=1, label="five times fewer")
        axes.plot(self.alone, self.through, "o", color=BLUE, alpha=0.6, markersize=5)
        axes.set(xlabel="clicks slice by slice", ylabel="clicks through the stack", xlim=(0, most), ylim=(0, most))
        axes.legend(fontsize=8, frameon=False)

    def draw_course(self, axes: Axes) -> None:
        """Mean 3-D IoU of the objects against clicks per slice, both ways."""
        ways = (
            ("through the stack", BLUE, [result.course for result in self.objects]),
            ("slice by slice", ORANGE, [result.alone_course for result in self.objects]),
        )
        slices = [len(result.clicks) for result in self.objects]
        most = max(len(course) / count for _, _, courses in ways for course, count in zip(courses, slices, strict=True))
        effort = np.linspace(0, min(max(most, 1.0), LONGEST), 200)
        for label, color, courses in ways:
            pairs = list(zip(courses, slices, strict=True))
            means = [np.mean([value_after(course, int(part * count)) for course, count in pairs]) for part in effort]
            axes.plot(effort, 100 * np.array(means), color=color, label=label)
        axes.axhline(100 * self.protocol.target, color="#bbbbbb", linewidth=1)
        axes.set(xlabel="clicks per slice of an object", ylabel="mean 3-D IoU (%)", xlim=(0, effort[-1]), ylim=(0, 100))
        axes.legend(fontsize=8, frameon=False, loc="lower right")
        axes.grid(alpha=0.3)

    def write(self, path: Path) -> None:
        """Write JSON, and the page beside it."""
        write_text(path, json.dumps(self.to_json(), indent=1))
        write_text(path.with_suffix(".html"), self.to_html())


def ratio(alone: np.ndarray, through: np.ndarray, axis: int) -> np.ndarray:
    """How many times fewer clicks objects take through the stack, all of them together."""
    found: np.ndarray = alone.sum(axis=axis) / through.sum(axis=axis)
    return found


def value_after(course: Sequence[float], clicks: int) -> float:
    """Value after `clicks` clicks, or the last one if there were fewer.

    Examples
    --------
    >>> value_after((0.2, 0.7), 0), value_after((0.2, 0.7), 1), value_after((0.2, 0.7), 9)
    (0.0, 0.2, 0.7)
    """
    return course[min(clicks, len(course)) - 1] if clicks and course else 0.0


def last_of(curves: Sequence[Sequence[float]]) -> list[float]:
    """The last value of each curve, 0 where nothing was clicked."""
    return [curve[-1] if curve else 0.0 for curve in curves]


def mean_iou(values: Sequence[Sequence[float]]) -> float:
    """Mean over the slices of all objects."""
    return float(np.mean(np.concatenate([np.asarray(part) for part in values])))


def shown(name: str, value: float) -> str:
    """A number of the table: IoU in per cent, counts whole.

    Examples
    --------
    >>> shown("mean IoU", 0.8123), shown("objects", 12.0), shown("clicks per slice", 2.25)
    ('81.23 %', '12', '2.25')
    """
    if name.endswith("IoU"):
        return f"{100 * value:.2f} %"
    counted = name in ("objects", "slices", "slices clicked") or name.endswith("objects that reached it")
    return f"{value:.0f}" if counted else f"{value:.2f}"
