"""`napari-simpleclick-train`: train a network, or fine-tune one on your own pictures and volumes."""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
import tyro
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from tyro.constructors import ConstructorRegistry, PrimitiveConstructorSpec, PrimitiveTypeInfo

from napari_simpleclick.cli.errors import plain_console, say, told_as_messages
from napari_simpleclick.cli.training_log import TrainingLog
from napari_simpleclick.cli.version import tell_version
from napari_simpleclick.ranges import PROCESSES, SHARE, Range, require_ranges
from napari_simpleclick.training.settings import FINE_TUNING, Phase, Schedule, TrainingSettings

if TYPE_CHECKING:
    from napari_simpleclick.model.simpleclick import SimpleClick
    from napari_simpleclick.training.pictures import Reader
    from napari_simpleclick.training.sources import Mixture
    from napari_simpleclick.training.train import StepRecord, TrainingRun
    from napari_simpleclick.training.validation import ValidationObject


@dataclass(frozen=True)
class TrainCommand:
    """Train SimpleClick on procedural pictures and on your own; a run that was stopped goes on where it was."""

    output: Path = Path("simpleclick-training")
    """Folder of the run: checkpoints, log, contact sheets. A run that is found there goes on."""
    minutes: Annotated[float, Range(0, open_at_least=True)] = 60.0
    """Minutes to train, those before an interruption included."""
    steps: Annotated[int | None, Range(1)] = None
    """Steps to train, instead of minutes."""
    start: Annotated[str | None, tyro.conf.arg(name="from")] = None
    """Model or checkpoint to start from; "default" is the bundled one, "mae" the paper's start for the large ViTs."""
    mixture: Path | None = None
    """TOML file that names sources, their kinds and weights, real and procedural; see mixtures/ in the repository."""
    data_root: Path = Path()
    """Folder below which the mixture's sources lie."""
    images: tuple[Path, ...] = ()
    """Folders with images/ and labels/ (label maps); every tenth picture is kept for validation."""
    volume: tuple[Path, ...] = ()
    """Volumes (NIfTI, TIFF, folder of pictures) with outlined objects; every tenth plane is kept for validation."""
    labels: tuple[Path, ...] = ()
    """Their masks, in the same order."""
    axis: Annotated[int, Range(0, 31)] = 0
    """Axis across whose planes the volumes were outlined."""
    dataset: tuple[tuple[str, Path], ...] = ()
    """Data sets by name and folder, such as SBD_train; `napari-simpleclick-eval --dataset list` names them."""
    coco_lvis: tuple[Path, ...] = ()
    """Folders of COCO+LVIS in its published preparation."""
    synthetic: Annotated[float | None, SHARE] = None
    """Part of the samples that is procedural; by default all, 0.8 beside pictures, 0.2 for fine-tuning volumes."""
    brains: Annotated[float, SHARE] = 0.0
    """Part of the procedural samples that show brains with drawn lesions; needs the package nilearn."""
    sections: Annotated[float, SHARE] = 0.3
    """Part of the procedural samples that show sections of tissue as in electron microscopy."""
    redrawn: Annotated[float, SHARE] = 0.0
    """Part of the targets of pictures and volumes drawn as another person might; for outlines that are rough."""
    precision: Literal["auto", "no", "bf16", "fp16"] = "auto"
    """Numbers to compute with: float32 ("no"), or mixed with bfloat16 or float16; "auto" is what is fastest here."""
    threads: Annotated[int | None, Range(1)] = None
    """Threads of the processor to compute with. Beside other work one is faster than all."""
    workers: Annotated[int, PROCESSES] = 0
    """Processes that make data; 0 makes it in between."""
    save_minutes: Annotated[float, Range(0)] = 3.0
    """Minutes between checkpoints."""
    validate_minutes: Annotated[float, Range(0)] = 15.0
    """Minutes between validations."""
    validation_objects: Annotated[int, Range(1)] = 24
    """Objects per validation source."""
    recipe: tyro.conf.OmitArgPrefixes[TrainingSettings] = field(default_factory=TrainingSettings)
    """The recipe."""

    def schedule(self) -> Schedule:
        """How long to train, and how often to look."""
        return Schedule(
            steps=self.steps,
            minutes=None if self.steps else self.minutes,
            save_minutes=self.save_minutes,
            validate_minutes=self.validate_minutes,
            workers=self.workers,
        )


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


def recipe_of(command: TrainCommand) -> TrainingSettings:
    """The recipe; one that was left untouched is made gentler when a checkpoint is trained on."""
    if command.start in (None, "mae") or command.recipe != TrainingSettings():
        return command.recipe
    return replace(command.recipe, phases=FINE_TUNING, learning_rate=1e-4)


def open_sources(command: TrainCommand, console: Console) -> "tuple[Mixture, list[ValidationObject]]":
    """Where samples come from, and the objects to validate on."""
    from napari_simpleclick.training.brains import Brains
    from napari_simpleclick.training.labelled import LabelledPictures
    from napari_simpleclick.training.pictures import split
    from napari_simpleclick.training.sections import Sections
    from napari_simpleclick.training.sources import Mixture, Source
    from napari_simpleclick.training.synthesis import Synthesis
    from napari_simpleclick.training.validation import picture_objects, synthetic_objects

    if command.mixture:
        return open_mixture(command, command.mixture)
    groups = [split(readers) for readers in open_pictures(command, console)]
    procedural = command.synthetic
    if procedural is None:
        procedural = 0.2 if command.volume else 0.8 if groups else 1.0
    pictures = (LabelledPictures(learn, command.redrawn) for learn, _ in groups)
    sources: list[Source] = [Synthesis(), Sections(), *pictures]
    parts = 1 - command.brains - command.sections, command.sections
    if min(parts) < 0:
        raise ValueError(
            f"--brains and --sections are parts of the procedural samples, got {command.brains} and "
            f"{command.sections}. Their sum must not exceed 1."
        )
    weights = [*(procedural * part for part in parts), *((1 - procedural) / len(groups) for _ in groups)]
    if command.brains:
        sources.append(Brains.installed())
        weights.append(procedural * command.brains)
    objects = synthetic_objects(command.validation_objects) if procedural >= 0.5 else []
    for _, kept in groups:
        objects += picture_objects(kept, command.validation_objects)
    return Mixture(sources, weights), objects


def open_mixture(command: TrainCommand, path: Path) -> "tuple[Mixture, list[ValidationObject]]":
    """The sources that a file names, and objects of the pictures kept for validation."""
    from napari_simpleclick.training.brains import Brains
    from napari_simpleclick.training.mixture_file import MixtureFile
    from napari_simpleclick.training.pictures import folder_pictures, split
    from napari_simpleclick.training.sections import Sections
    from napari_simpleclick.training.sources import Mixture, Source
    from napari_simpleclick.training.synthesis import Synthesis
    from napari_simpleclick.training.validation import picture_objects

    mixture = MixtureFile.read(path)
    sources: list[Source] = []
    weights: list[float] = []
    for make, weight in (
        (Synthesis, mixture.synthetic.mixed),
        (Sections, mixture.synthetic.sections),
        (Brains.installed, mixture.synthetic.brains),
    ):
        if weight:
            sources.append(make())
            weights.append(weight)
    objects: list[ValidationObject] = []
    for each in mixture.sources:
        learn, kept = split(folder_pictures(command.data_root / each.folder))
        sources.append(each.pictures(learn))
        weights.append(each.weight)
        objects += picture_objects(kept, max(1, command.validation_objects // len(mixture.sources)))
    return Mixture(sources, weights), objects


def open_pictures(command: TrainCommand, console: Console) -> "Iterator[list[Reader]]":
    """The labelled pictures of every folder, volume and data set."""
    from napari_simpleclick.data.datasets.slices import LabelledVolume, read_pair
    from napari_simpleclick.training.pictures import dataset_pictures, folder_pictures, volume_pictures

    if len(command.volume) != len(command.labels):
        raise ValueError(
            f"Every --volume needs its --labels: got {len(command.volume)} volumes and {len(command.labels)} masks."
        )
    for folder in command.images:
        yield folder_pictures(folder)
    for paths in zip(command.volume, command.labels, strict=True):
        volume, labels = read_pair(LabelledVolume(paths[0].name, *paths))
        for notice in volume.notices:
            say(console, "Notice:", "yellow", notice)
        yield volume_pictures(volume, np.asarray(labels.data), axis=command.axis)
    for folder in command.coco_lvis:
        from napari_simpleclick.training.coco_lvis import coco_lvis_pictures

        yield coco_lvis_pictures(folder)
    for name, folder in command.dataset:
        from napari_simpleclick.data.datasets.registry import open_dataset

        yield dataset_pictures(open_dataset(name, folder))


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
