"""`napari-simpleclick-eval --volume-effort`: what whole objects take, from slice to slice."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

if TYPE_CHECKING:
    from napari_simpleclick.evaluation.effort_report import EffortReport
    from napari_simpleclick.evaluation.job import EvaluationJob
    from napari_simpleclick.evaluation.volume_robot import EffortProtocol, EffortResult


@dataclass(frozen=True)
class EffortSettings:
    """Whole objects through their slices, instead of single slices."""

    volume_effort: bool = False
    """Click whole objects: the worst slice until it is good; propagation and interpolation fill the others."""
    target_iou: float = 0.8
    """IoU that is wanted."""
    goal: Literal["slices", "volume"] = "slices"
    """What has to reach it: every slice, or the object as a whole in three dimensions."""
    min_slices: int = 2
    """Objects on fewer slices are left out."""
    max_objects: int | None = None
    """Only so many objects, the first ones."""


def run_effort(job: "EvaluationJob", settings: EffortSettings, output: Path | None, console: Console) -> None:
    """Measure, show the table, write the reports."""
    from napari_simpleclick.evaluation.effort_report import EffortReport
    from napari_simpleclick.evaluation.volume_robot import EffortProtocol

    options = replace(job.dataset.options, slice_rule="all")
    job = replace(job, dataset=replace(job.dataset, options=options))
    protocol = EffortProtocol(
        target=settings.target_iou,
        goal=settings.goal,
        max_clicks=job.protocol.max_clicks,
        probability_threshold=job.protocol.probability_threshold,
    )
    dataset = job.dataset.open()
    results = tuple(measured(job, settings, protocol, console))
    provenance = job.provenance(dataset) | {"min_slices": settings.min_slices}
    report = EffortReport(dataset.name, protocol, results, provenance)
    console.print(effort_table(report))
    if output is not None:
        report.write(output)
        console.print(f"Written: {output}, with .html beside it", soft_wrap=True)


def measured(
    job: "EvaluationJob", settings: EffortSettings, protocol: "EffortProtocol", console: Console
) -> "Iterator[EffortResult]":
    """Results of the objects, under a progress bar."""
    from napari_simpleclick.evaluation.volume_objects import volume_objects
    from napari_simpleclick.evaluation.volume_robot import measure_effort

    found = list(islice(volume_objects(job.dataset.open(), min_slices=settings.min_slices), settings.max_objects))
    predictor = job.predictor.create()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        for target in progress.track(found, description="whole objects"):
            yield measure_effort(predictor, target, protocol)


def effort_table(report: "EffortReport") -> Table:
    """The numbers with intervals of the ratios."""
    from napari_simpleclick.evaluation.effort_report import shown

    what = "every slice" if report.protocol.goal == "slices" else "the whole object"
    ran = " on ".join(str(report.provenance[key]) for key in ("model", "engine") if key in report.provenance)
    table = Table(title=f"{report.dataset}: {what} to an IoU of {100 * report.protocol.target:g} %", caption=ran)
    table.add_column("")
    table.add_column("this run", justify="right", no_wrap=True)
    table.add_column("95 % interval", justify="right", no_wrap=True)
    intervals, reached = report.intervals(), report.alike()[2]
    for name, value in report.summary().items():
        least = "≥ " if name == "at the same mean IoU: times fewer clicks" and not reached else ""
        spread = " – ".join(f"{end:.2f}" for end in intervals.get(name, ()))
        table.add_row(name, least + shown(name, value), spread)
    return table
