"""`napari-simpleclick-eval`: click every object of data sets with the robot user, and report how well a model does."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import tyro
from rich.console import Console

from napari_simpleclick.cli.compare import main as compare
from napari_simpleclick.cli.errors import plain_console, say, told_as_messages
from napari_simpleclick.cli.eval_choices import EvalCommand, jobs
from napari_simpleclick.cli.eval_effort import run_effort
from napari_simpleclick.cli.eval_outputs import LOG, outputs, require_own_files
from napari_simpleclick.cli.eval_tables import datasets_list, domains_table, published_table, results_table
from napari_simpleclick.cli.progress import with_progress
from napari_simpleclick.cli.version import tell_version
from napari_simpleclick.files import only_writer, write_text
from napari_simpleclick.ranges import require_ranges

if TYPE_CHECKING:
    from napari_simpleclick.data.datasets.base import Dataset
    from napari_simpleclick.evaluation.evaluate import Placed
    from napari_simpleclick.evaluation.job import EvaluationJob
    from napari_simpleclick.evaluation.reports.report import EvaluationReport
    from napari_simpleclick.evaluation.result_log import ResultLog


COMMANDS: dict[str, Callable[[Sequence[str]], None]] = {"compare": compare}
"""What else the command does, by its first word."""

MOST_NOTICES = 10
"""Most notices of files that are shown."""


def main() -> None:
    """Run the command; known mistakes end with a message instead of a traceback."""
    tell_version()
    if sys.argv[1:2] and sys.argv[1] in COMMANDS:
        COMMANDS[sys.argv[1]](sys.argv[2:])
        return
    command = tyro.cli(EvalCommand, prog="napari-simpleclick-eval")
    with told_as_messages(kept_of(command)):
        run(command, plain_console())


def kept_of(command: EvalCommand) -> str:
    """What there is of an evaluation that was stopped."""
    if command.output is None:
        return "Nothing is kept: name an --output to be able to go on."
    return f"Results so far are kept beside {command.output}: the same command with --resume goes on."


def run(command: EvalCommand, console: Console) -> None:
    """Evaluate one data set after the other.

    Raises
    ------
    ValueError
        If options do not go together; says which.
    """
    if command.data.dataset == ("list",):
        console.print(datasets_list(console.width), soft_wrap=True, highlight=False)
        return
    require_ranges(command)
    if command.workers and command.scheduler is not None:
        raise ValueError("--workers starts processes here, --scheduler names those of others: leave one of them out.")
    if command.resume and command.output is None:
        raise ValueError("--resume goes on with the run that wrote --output: name the same file.")
    chosen = jobs(command)
    places = outputs(command.output, [job.dataset.name for job in chosen])
    for place in filter(None, places):
        require_own_files(place, resume=command.resume)
    for job, output in zip(chosen, places, strict=True):
        with only_writer(output) if output else nullcontext():
            (run_effort if command.effort.volume_effort else run_job)(job, command, output, console)


def run_job(job: "EvaluationJob", command: EvalCommand, output: Path | None, console: Console) -> None:
    """Evaluate a data set, show the table, write the reports."""
    from napari_simpleclick.evaluation.evaluate import in_order
    from napari_simpleclick.evaluation.reports.report import EvaluationReport

    dataset = job.dataset.open()
    provenance = job.provenance(dataset)
    if job.predictor.notice:
        say(console, "Notice:", "yellow", job.predictor.notice)
    log = open_log(job, provenance, output, resume=command.resume)
    before = list(log.placed) if log else []
    coming = results(job, dataset, command, log)
    placed = before + list(told(log.keep(coming) if log else coming, before, dataset, console))
    report = EvaluationReport(dataset.name, job.protocol, in_order(placed), provenance)
    warn_of_counts(job, report, dataset, console)
    console.print(domains_table(report) if report.by_domain() else results_table(report))
    if quoted := published_table(report):
        console.print(quoted)
    if output is not None:
        write_reports(report, job, dataset, output)
        console.print(f"Written: {output}, with .csv and .html beside it", soft_wrap=True)


def open_log(
    job: "EvaluationJob", provenance: dict[str, object], output: Path | None, *, resume: bool
) -> "ResultLog | None":
    """The log that makes a run with an output resumable."""
    from dataclasses import asdict

    from napari_simpleclick.data.datasets.options import DatasetOptions
    from napari_simpleclick.evaluation.protocol import EvaluationProtocol
    from napari_simpleclick.evaluation.result_log import ResultLog

    if output is None:
        return None
    run = {"dataset": job.dataset.name, "protocol": asdict(job.protocol), **provenance}
    defaults = {"protocol": asdict(EvaluationProtocol()), "data": asdict(DatasetOptions())}
    return ResultLog(output.with_suffix(LOG), run, resume=resume, defaults=defaults)


def results(
    job: "EvaluationJob", dataset: "Dataset", command: EvalCommand, log: "ResultLog | None"
) -> "Iterator[Placed]":
    """Results of all objects that are not in the log, from this process or from workers."""
    from napari_simpleclick.evaluation.evaluate import evaluate_pictures

    pictures = [picture for picture in range(len(dataset)) if not log or picture not in log.complete]
    skip = log.done if log else frozenset()
    if not command.workers and command.scheduler is None:
        predictor = job.predictor.create()
        yield from evaluate_pictures(predictor, dataset, job.protocol, pictures, skip=skip, batch=job.batch)
        return
    from napari_simpleclick.evaluation.cluster import connect, evaluate_on

    with connect(workers=command.workers, scheduler=command.scheduler) as client:
        yield from evaluate_on(client, job, pictures, skip=skip)


def told(
    placed: "Iterable[Placed]", before: "Sequence[Placed]", dataset: "Dataset", console: Console
) -> "Iterator[Placed]":
    """Pass results on, and tell how many objects and pictures are done; those of an interrupted run are counted."""
    ious = [entry.result.ious[-1] for entry in before]
    pictures = sum(1 / entry.objects for entry in before)

    def text(entry: "Placed") -> str:
        nonlocal pictures
        ious.append(entry.result.ious[-1])
        pictures += 1 / entry.objects
        mean = sum(ious) / len(ious)
        return f"{dataset.name}: {len(ious)} objects, {pictures:.0f} of {len(dataset)} pictures, last IoU {mean:.3f}"

    left = len(dataset) - pictures
    return with_progress(
        with_notices(placed, console), console, total=left, done=lambda entry: 1 / entry.objects, text=text
    )


def with_notices(placed: "Iterable[Placed]", console: Console) -> "Iterator[Placed]":
    """Pass results on, and tell what the files of their pictures say that they are not; each once, and not too many."""
    told: set[str] = set()
    for entry in placed:
        for notice in entry.notices:
            if notice not in told and len(told) <= MOST_NOTICES:
                more = len(told) == MOST_NOTICES
                say(console, "Notice:", "yellow", "Other files have notices, too." if more else notice)
                told.add(notice)
        yield entry


def warn_of_counts(job: "EvaluationJob", report: "EvaluationReport", dataset: "Dataset", console: Console) -> None:
    """Say so when the data set does not hold what the published evaluation has."""
    from napari_simpleclick.data.datasets.registry import DATASETS

    info = DATASETS.get(report.dataset)
    text = info.count_warning(images=len(dataset), objects=report.count) if info else None
    if text:
        say(console, "Warning:", "yellow", text)


def write_reports(report: "EvaluationReport", job: "EvaluationJob", dataset: "Dataset", output: Path) -> None:
    """Write JSON, CSV and HTML."""
    from napari_simpleclick.evaluation.reports.html_report import html_report
    from napari_simpleclick.evaluation.reports.report_csv import clicks_csv, domains_csv
    from napari_simpleclick.evaluation.reports.worst import worst_objects

    report.write(output)
    write_text(output.with_suffix(".csv"), clicks_csv(report))
    if report.by_domain():
        write_text(output.with_suffix(".domains.csv"), domains_csv(report))
    worst = worst_objects(report, dataset, job.predictor.create())
    write_text(output.with_suffix(".html"), html_report(report, worst))


if __name__ == "__main__":
    main()
