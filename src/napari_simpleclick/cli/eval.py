"""`napari-simpleclick-eval`: click every object of a data set with the robot user, and report how well a model does."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from napari_simpleclick.cli.errors import told_as_messages
from napari_simpleclick.model.weights import DEFAULT_MODEL

if TYPE_CHECKING:
    from napari_simpleclick.data.datasets.base import Dataset
    from napari_simpleclick.evaluation.protocol import EvaluationProtocol
    from napari_simpleclick.evaluation.report import EvaluationReport, ObjectResult
    from napari_simpleclick.inference.predictor import Predictor


@dataclass(frozen=True)
class EvalCommand:
    """Click every object of a data set as SimpleClick's evaluation does, and report mIoU, NoC and seconds per click."""

    dataset: Annotated[str, tyro.conf.arg(aliases=["-d"])]
    """Name of the data set; "list" prints what is known."""
    data_dir: Path = Path()
    """Folder of the unpacked data set."""
    model: str = DEFAULT_MODEL
    """Name of a model, or path to a .safetensors or .pth file."""
    flip: bool = True
    """Average each prediction with that of the mirrored crop, as published scores do."""
    size: int = 448
    """Side of the network's input in pixels (672 for DAVIS in the paper)."""
    device: str = "auto"
    """auto, cuda, mps or cpu."""
    clicks: int = 20
    """Clicks per object."""
    stop_at: float | None = None
    """Stop clicking an object at this IoU (the paper's NoC runs: 0.90); by default all clicks are made."""
    output: Path | None = None
    """JSON file for all curves and clicks."""


def main() -> None:
    """Run the command; known mistakes end with a message instead of a traceback."""
    command = tyro.cli(EvalCommand, prog="napari-simpleclick-eval")
    with told_as_messages():
        run(command, Console())


def run(command: EvalCommand, console: Console) -> None:
    """Evaluate, show the table, write the report."""
    from napari_simpleclick.data.datasets.registry import DATASETS, open_dataset
    from napari_simpleclick.evaluation.protocol import EvaluationProtocol
    from napari_simpleclick.evaluation.report import EvaluationReport

    if command.dataset == "list":
        console.print("\n".join(DATASETS))
        return
    dataset = open_dataset(command.dataset, command.data_dir)
    protocol = EvaluationProtocol(max_clicks=command.clicks, stop_at=command.stop_at)
    predictor = create_predictor(command)
    objects = tuple(with_progress(predictor, dataset, protocol, console))
    report = EvaluationReport(dataset.name, protocol, objects, provenance(command, predictor))
    console.print(results_table(report, command.model))
    if command.output is not None:
        report.write(command.output)
        console.print(f"All curves and clicks: {command.output}")


def create_predictor(command: EvalCommand) -> "Predictor":
    """The predictor that the command asks for."""
    from napari_simpleclick.inference.device import choose_device
    from napari_simpleclick.inference.predictor import Predictor
    from napari_simpleclick.model.weights import load_model

    device = choose_device(command.device)
    return Predictor(load_model(command.model), flip=command.flip, size=command.size, device=device)


def with_progress(
    predictor: "Predictor", dataset: "Dataset", protocol: "EvaluationProtocol", console: Console
) -> "Iterator[ObjectResult]":
    """Evaluate object by object under a progress bar over pictures."""
    from napari_simpleclick.evaluation.evaluate import evaluate_object

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    last_ious: list[float] = []
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(dataset.name, total=len(dataset))
        for index in range(len(dataset)):
            sample = dataset[index]
            for object_id in sample.object_ids:
                result = evaluate_object(predictor, sample, object_id, protocol)
                last_ious.append(result.ious[-1])
                mean = sum(last_ious) / len(last_ious)
                progress.update(task, description=f"{dataset.name}: {len(last_ious)} objects, last IoU {mean:.3f}")
                yield result
            progress.advance(task)


def provenance(command: EvalCommand, predictor: "Predictor") -> dict[str, object]:
    """What was evaluated, for the report."""
    import torch

    from napari_simpleclick import __version__
    from napari_simpleclick.model.weights import find_weights, sha256

    return {
        "model": command.model,
        "sha256": sha256(find_weights(command.model)),
        "flip": command.flip,
        "size": command.size,
        "device": str(predictor.device),
        "engine": "torch float32",
        "torch": torch.__version__,
        "napari-simpleclick": __version__,
    }


def results_table(report: "EvaluationReport", model: str) -> Table:
    """Our numbers and, as quotations, those of the paper."""
    from napari_simpleclick.evaluation.published import published_results

    summary = report.summary()
    table = Table(title=f"{report.dataset}: {len(report.objects)} objects")
    table.add_column("model", overflow="fold")
    for name in summary:
        table.add_column(name, justify="right")
    table.add_row(model, *(format_number(name, value) for name, value in summary.items()))
    quoted = published_results(report.dataset)
    for label in dict.fromkeys((result.model, result.trained_on) for result in quoted):
        values = {result.metric: result.value for result in quoted if (result.model, result.trained_on) == label}
        cells = [f"{values[name]:.2f}" if name in values else "" for name in summary]
        if any(cells):
            table.add_row(f"[dim]{label[0]} ({label[1]}), quoted[/]", *(f"[dim]{cell}[/]" for cell in cells))
    return table


def format_number(name: str, value: float) -> str:
    """IoU in per cent, as in the paper; clicks with two digits; time in milliseconds.

    Examples
    --------
    >>> format_number("mIoU@10", 0.9372), format_number("SPC", 0.0541), format_number("objects", 49)
    ('93.72', '54 ms', '49')
    """
    if name.startswith("mIoU"):
        return f"{100 * value:.2f}"
    if name == "SPC":
        return f"{1000 * value:.0f} ms"
    return f"{value:.2f}" if name.startswith("NoC") else f"{value:.0f}"


if __name__ == "__main__":
    main()
