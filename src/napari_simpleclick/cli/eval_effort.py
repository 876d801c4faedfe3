"""`napari-simpleclick-eval --volume-effort`: what whole objects take, from slice to slice."""

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from napari_simpleclick.cli.errors import say
from napari_simpleclick.cli.eval_choices import EffortSettings, EvalCommand
from napari_simpleclick.cli.eval_outputs import LOG
from napari_simpleclick.cli.progress import with_progress

if TYPE_CHECKING:
    from napari_simpleclick.evaluation.effort.job import EffortJob
    from napari_simpleclick.evaluation.effort.report import EffortReport
    from napari_simpleclick.evaluation.effort.result import EffortResult
    from napari_simpleclick.evaluation.job import EvaluationJob


def run_effort(job: "EvaluationJob", command: EvalCommand, output: Path | None, console: Console) -> None:
    """Measure, show the table, write the reports.

    Parameters
    ----------
    job
        Data, predictor and protocol, as for an evaluation of single planes.
    command
        Options of the command line.
    output
        JSON file of the report, which also names the log beside it; nothing is written if None.
    console
        Shows progress and table.
    """
    from napari_simpleclick.data.datasets.options import DatasetOptions
    from napari_simpleclick.evaluation.effort.report import EffortReport
    from napari_simpleclick.evaluation.effort.result import EffortProtocol
    from napari_simpleclick.evaluation.result_log import EffortLog

    effort = effort_job(job, command.effort)
    name, provenance = effort.evaluation.dataset.open().name, effort.provenance()
    log = None
    if output is not None:
        limit = {"max_objects": effort.max_objects}
        run = {"dataset": name, "volume_effort": asdict(effort.protocol), **provenance, **limit}
        defaults = {"volume_effort": asdict(EffortProtocol()), "data": asdict(DatasetOptions())}
        log = EffortLog(output.with_suffix(LOG), run, resume=command.resume, defaults=defaults)
    before = dict(log.results) if log else {}
    objects = effort.objects()
    total = len(objects)
    for notice in dict.fromkeys(notice for each in objects for notice in each.notices):
        say(console, "Notice:", "yellow", notice)
    coming = measured(effort, command, before)
    found = dict(before)

    def text(numbered: "tuple[int, EffortResult]") -> str:
        found[numbered[0]] = numbered[1]
        return f"{name}: {len(found)} of {total} whole objects"

    left = total - len(before)
    deque(with_progress(log.keep(coming) if log else coming, console, total=left, done=lambda _: 1, text=text), 0)
    report = EffortReport(name, effort.protocol, tuple(found[number] for number in sorted(found)), provenance)
    console.print(effort_table(report))
    if output is not None:
        report.write(output)
        console.print(f"Written: {output}, with .html beside it", soft_wrap=True)


def effort_job(job: "EvaluationJob", settings: EffortSettings) -> "EffortJob":
    """The measurement that the settings ask for: on all slices with a label.

    Raises
    ------
    ValueError
        If options do not go together; says which.
    """
    from napari_simpleclick.evaluation.effort.job import EffortJob
    from napari_simpleclick.evaluation.effort.result import EffortProtocol

    chosen = job.dataset.options
    if chosen.every != 1 or chosen.pictures is not None or chosen.largest is not None:
        raise ValueError(
            "--volume-effort follows objects from slice to slice, so no slice or object can be missing: leave --every, "
            "--pictures and --largest out."
        )
    if job.protocol.user != "centre" or job.protocol.first != "click":
        raise ValueError("--volume-effort is clicked by the robot user: leave --user and --first out.")
    options = replace(job.dataset.options, slice_rule="all")
    protocol = EffortProtocol(
        target=settings.target_iou,
        goal=settings.goal,
        max_clicks=job.protocol.max_clicks,
        probability_threshold=job.protocol.probability_threshold,
    )
    whole = replace(job, dataset=replace(job.dataset, options=options))
    return EffortJob(whole, protocol, settings.whole_objects, settings.min_slices, settings.max_objects)


def measured(job: "EffortJob", command: EvalCommand, skip: Collection[int]) -> "Iterator[tuple[int, EffortResult]]":
    """Numbers and results of the objects that are not there yet, from this process or from workers."""
    from napari_simpleclick.evaluation.effort.job import measure, measure_on

    if not command.workers and command.scheduler is None:
        yield from measure(job, skip=skip)
        return
    from napari_simpleclick.evaluation.cluster import connect

    with connect(workers=command.workers, scheduler=command.scheduler) as client:
        yield from measure_on(client, job, skip=skip)


def effort_table(report: "EffortReport") -> Table:
    """The numbers with intervals of the ratios."""
    from napari_simpleclick.evaluation.effort.report import shown

    what = "every slice" if report.protocol.goal == "slices" else "the whole object"
    ran = " on ".join(str(report.provenance[key]) for key in ("model", "engine") if key in report.provenance)
    table = Table(title=f"{report.dataset}: {what} to an IoU of {100 * report.protocol.target:g} %", caption=ran)
    table.add_column("")
    table.add_column("this run", justify="right", no_wrap=True)
    table.add_column("95 % interval", justify="right", no_wrap=True)
    intervals = report.intervals()
    reached = report.protocol.goal == "volume" or report.alike()[2]
    for name, value in report.summary().items():
        least = "≥ " if name == "at the same mean IoU: times fewer clicks" and not reached else ""
        spread = " – ".join(f"{end:.2f}" for end in intervals.get(name, ()))
        table.add_row(name, least + shown(name, value), spread)
    return table
