"""`napari-simpleclick-train`: train a network, or fine-tune one on your own pictures and volumes."""

import math
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import tyro
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from tyro.constructors import ConstructorRegistry, PrimitiveConstructorSpec, PrimitiveTypeInfo

from napari_simpleclick.cli.errors import plain_console, told_as_messages
from napari_simpleclick.cli.train_choices import TrainCommand, recipe_of
from napari_simpleclick.cli.train_sources import open_sources
from napari_simpleclick.cli.training_log import TrainingLog, require_own_folder
from napari_simpleclick.cli.version import tell_version
from napari_simpleclick.ranges import require_ranges
from napari_simpleclick.training.settings import Phase

if TYPE_CHECKING:
    from napari_simpleclick.model.simpleclick import SimpleClick
    from napari_simpleclick.training.sources import Mixture
    from napari_simpleclick.training.train import StepRecord, TrainingRun
    from napari_simpleclick.training.validation import ValidationObject


def main() -> None:
    """Run the command; known mistakes end with a message instead of a traceback."""
    tell_version()
    command = tyro.cli(TrainCommand, prog="napari-simpleclick-train", registry=phases_as_text())
    kept = f"What was saved last is in {command.output}: the same command goes on from there."
    with told_as_messages(kept):
        run(command, plain_console())


def phases_as_text() -> ConstructorRegistry:
    """How the command line reads and shows phases."""
    registry = ConstructorRegistry()

    @registry.primitive_rule
    def phase_rule(info: PrimitiveTypeInfo) -> PrimitiveConstructorSpec[Phase] | None:
        if info.type is not Phase:
            return None
        return PrimitiveConstructorSpec(
            nargs=1,
            metavar="SHARE:SIZE:BATCH[:frozen|:late]",
            instance_from_str=lambda words: Phase.parse(words[0]),
            is_instance=lambda value: isinstance(value, Phase),
            str_from_instance=lambda phase: [str(phase)],
        )

    return registry


def run(command: TrainCommand, console: Console) -> None:
    """Train and show how it goes."""
    import torch

    require_ranges(command)
    require_own_folder(command.output)
    if command.threads:
        torch.set_num_threads(command.threads)
    source, objects = open_sources(command, console)
    training = create_run(command, source, objects)
    if not training.accelerator.is_main_process:
        deque(training.steps(), maxlen=0)
        return
    with TrainingLog(command.output) as log:
        log.sheet("samples", example_sheet(source))
        for record in with_progress(training, console):
            log.write(record)
            if record.scores:
                console.print(f"step {record.step}, {record.samples} samples: {format_scores(record.scores)}")
                log.sheet("predictions", example_sheet(source, training.state.averaged_model))
    console.print(f"Trained. Weights: {command.output / 'last.safetensors'}")


def create_run(command: TrainCommand, source: "Mixture", objects: "list[ValidationObject]") -> "TrainingRun":
    """The run that the command asks for."""
    import torch
    from accelerate import Accelerator

    from napari_simpleclick.training.arithmetic import fastest_arithmetic
    from napari_simpleclick.training.pretrained import initial_model
    from napari_simpleclick.training.train import TrainingRun
    from napari_simpleclick.training.validation import validate

    precision = fastest_arithmetic() if command.precision == "auto" else command.precision
    return TrainingRun(
        initial_model(command.start, command.recipe.architecture, pyramid=command.recipe.pyramid),
        source,
        recipe_of(command),
        command.schedule(),
        command.output,
        validate=lambda model: validate(model, objects),
        # Without `cpu`, processes that torchrun started on a machine without a GPU would not find each other.
        accelerator=Accelerator(mixed_precision=precision, cpu=not torch.accelerator.is_available()),
    )


def example_sheet(source: "Mixture", model: "SimpleClick | None" = None) -> np.ndarray:
    """The first samples of a run with their targets and, given a network, its answers after three clicks."""
    from napari_simpleclick.training.contact_sheet import contact_sheet, predict_examples

    examples = [source.example(np.random.default_rng((0, number)), 224) for number in range(32)]
    return contact_sheet(examples, predict_examples(model, examples) if model else None)


def with_progress(training: "TrainingRun", console: Console) -> "Iterator[StepRecord]":
    """Train under a progress bar with loss, samples per second, and time left."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    loss = iou = math.nan
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("training", total=1.0)
        progress.update(task, completed=training.progress)
        for record in training.steps():
            loss, iou = (smoothed(old, new) for old, new in ((loss, record.loss), (iou, record.iou)))
            speed = record.samples / (60 * record.minutes)
            text = f"step {record.step}, {record.size} px, loss {loss:.3f}, IoU {iou:.3f}, {speed:.0f} samples/s"
            progress.update(task, completed=training.progress, description=text)
            yield record


def smoothed(old: float, new: float) -> float:
    """Running mean over about fifty steps.

    Examples
    --------
    >>> smoothed(math.nan, 0.5), round(smoothed(0.5, 1.0), 2)
    (0.5, 0.51)
    """
    return new if math.isnan(old) else 0.98 * old + 0.02 * new


def format_scores(scores: dict[str, float]) -> str:
    """Scores in per cent.

    Examples
    --------
    >>> format_scores({"mIoU@1": 0.7512, "mIoU@3": 0.8})
    'mIoU@1 75.12, mIoU@3 80.00'
    """
    return ", ".join(f"{name} {100 * value:.2f}" for name, value in scores.items())


if __name__ == "__main__":
    main()
