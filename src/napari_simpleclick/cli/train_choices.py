"""Settings of `napari-simpleclick-train`: what to learn from, for how long, by which recipe."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Literal

import tyro

from napari_simpleclick.ranges import PROCESSES, SHARE, Range
from napari_simpleclick.training.settings import FINE_TUNING, Schedule, TrainingSettings


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


def recipe_of(command: TrainCommand) -> TrainingSettings:
    """The recipe; one that was left untouched is made gentler when a checkpoint is trained on."""
    if command.start in (None, "mae") or command.recipe != TrainingSettings():
        return command.recipe
    return replace(command.recipe, phases=FINE_TUNING, learning_rate=1e-4)
