"""The training loop: batches in, better weights out. It shows nothing; whoever runs it gets a record of every step."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from accelerate import Accelerator
from accelerate.utils import broadcast
from torch import nn

from napari_simpleclick.model.checkpoint import save_checkpoint
from napari_simpleclick.model.simpleclick import SimpleClick
from napari_simpleclick.training.arithmetic import attend_plainly
from napari_simpleclick.training.losses import LOSSES
from napari_simpleclick.training.optim import create_optimizer, freeze, set_learning_rate
from napari_simpleclick.training.settings import Phase, Schedule, TrainingSettings
from napari_simpleclick.training.sources import Batch, Batches, Source
from napari_simpleclick.training.state import RunState
from napari_simpleclick.training.step import LATE, ClickTraining
from napari_simpleclick.write_errors import told_if_not_written

GRADIENT_NORM = 1.0
"""Longer gradients are shortened to this."""

Scores = dict[str, float]
"""Results of a validation by name; the larger their mean, the better."""


@dataclass(frozen=True, slots=True)
class StepRecord:
    """What happened in one step.

    Parameters
    ----------
    step, samples
        Made so far.
    minutes
        Trained so far, over all resumed runs, without validation.
    progress
        Part of the run that is done, 0 to 1.
    size
        Side of the crops.
    learning_rate, loss, iou
        Of this step.
    seconds, waiting
        Time of this step, and how much of it was spent waiting for data.
    scores
        Result of a validation after this step; empty without one.
    """

    step: int
    samples: int
    minutes: float
    progress: float
    size: int
    learning_rate: float
    loss: float
    iou: float
    seconds: float
    waiting: float
    scores: Scores = field(default_factory=dict)


class TrainingRun:
    """A run; its folder then holds `state.pt`, `last.safetensors` and `best.safetensors`.

    Parameters
    ----------
    model
        The network to start from. A state in the folder takes its place.
    source
        Where examples come from.
    settings, schedule
        What to do, for how long, and how often to save and to validate.
    folder
        For checkpoints. A run that finds a state there goes on from it.
    validate
        Called with the averaged network; the weights with the best mean score are kept.
    accelerator
        Devices and precision; by default the CPU or the GPU at hand in float32.
    """

    def __init__(
        self,
        model: SimpleClick,
        source: Source,
        settings: TrainingSettings,
        schedule: Schedule,
        folder: Path,
        *,
        validate: Callable[[SimpleClick], Scores] | None = None,
        accelerator: Accelerator | None = None,
    ) -> None:
        self.source, self.settings, self.schedule, self.folder = source, settings, schedule, folder
        self.validate = validate
        self.accelerator = accelerator or Accelerator()
        self.seed = settings.seed + 1000 * self.accelerator.process_index
        with told_if_not_written(folder):
            folder.mkdir(parents=True, exist_ok=True)
        if self.accelerator.device.type == "cpu" and self.accelerator.mixed_precision == "bf16":
            attend_plainly(model)
        self.state = RunState(model, create_optimizer(model, settings), average=settings.ema)
        self.state.load(folder)
        model.to(memory_format=torch.channels_last).to(self.accelerator.device)
        self.state.averaged.to(self.accelerator.device)
        self.optimizer = self.accelerator.prepare_optimizer(self.state.optimizer)
        self.network: nn.Module = self.learner()

    @property
    def progress(self) -> float:
        """Part of the run that is done; 1 and more when it is finished."""
        counts = self.state.counts
        return self.schedule.progress(counts.step, counts.seconds)

    def steps(self) -> Iterator[StepRecord]:
        """Train until the time is used up, yielding after every step.

        Raises
        ------
        FloatingPointError
            If the loss is not finite; the last checkpoint is intact.
        """
        phase: Phase | None = None
        batches: Iterator[Batch] = iter(())
        saved = validated = self.state.counts.seconds
        while self.progress < 1:
            if (now := self.settings.phase(self.progress)) != phase:
                phase, batches = now, self.start_phase(now)
            record = self.step(batches, phase)
            finished, now_at = self.progress >= 1, self.state.counts.seconds
            if self.validate and (finished or now_at - validated >= 60 * self.schedule.validate_minutes):
                record.scores.update(self.validate_and_keep())
                validated = now_at
            if finished or record.scores or now_at - saved >= 60 * self.schedule.save_minutes:
                self.save()
                saved = now_at
            yield record

    def start_phase(self, phase: Phase) -> Iterator[Batch]:
        """Freeze what the phase wants frozen; batches from the present step on."""
        freeze(self.state.model, stem=phase.stem, backbone=self.settings.freeze_backbone)
        # Data-parallel training decides when it is wrapped which gradients to wait for.
        self.network = self.accelerator.prepare_model(self.learner())
        settings = self.settings
        data = Batches(
            self.source, phase, self.seed, settings.objects, settings.earlier_work, settings.carried, settings.drawn
        )
        return data.start(self.state.counts.step, workers=self.schedule.workers)

    def learner(self) -> ClickTraining:
        """The network with its annotator."""
        settings = self.settings
        return ClickTraining(
            self.state.model,
            LOSSES[settings.loss],
            every_round=settings.learn_from == "all",
            click_loss_weight=settings.click_loss_weight,
        )

    def step(self, batches: Iterator[Batch], phase: Phase) -> StepRecord:
        """One change of the weights."""
        counts, began, progress = self.state.counts, time.monotonic(), self.progress
        batch = next(batches)
        images, targets, picture_of = (maps.to(self.accelerator.device, non_blocking=True) for maps in batch[:3])
        waiting = time.monotonic() - began
        # Chance comes from seed and step alone, so that a resumed run draws what an uninterrupted one would.
        rng = np.random.default_rng((self.seed, counts.step, 1))
        torch.manual_seed(self.seed + counts.step)
        rate = set_learning_rate(self.optimizer, self.settings, counts.step, progress)
        self.network.train()
        with self.accelerator.autocast():
            loss, iou = self.network(images, targets, rng, *self.rounds(), *batch[3:], picture_of)
        self.learn(loss)
        counts.step += 1
        counts.samples += len(targets) * self.accelerator.num_processes
        seconds = self.agreed(time.monotonic() - began)
        counts.seconds += seconds
        return StepRecord(
            counts.step,
            counts.samples,
            counts.seconds / 60,
            progress,
            phase.size,
            rate,
            loss.item(),
            iou.item(),
            seconds,
            waiting,
        )

    def rounds(self) -> tuple[int, int, list[bool]]:
        """Predictions of this step that are fed back, those before them that are not learned from, which look twice.

        The same for all processes, which wait for the slowest.
        """
        settings = self.settings
        rng = np.random.default_rng((settings.seed, self.state.counts.step, 2))
        rounds = int(rng.integers(settings.max_rounds + 1))
        unlearned = int(rng.integers(*LATE)) if rng.random() < settings.late else 0
        return rounds, unlearned, (rng.random(unlearned + rounds + 1) < settings.coarse).tolist()

    def agreed(self, seconds: float) -> float:
        """The first process's time: all have to end phases and the run at the same step."""
        if self.accelerator.num_processes == 1:
            return seconds
        return float(broadcast(torch.tensor(seconds, device=self.accelerator.device)))

    def learn(self, loss: torch.Tensor) -> None:
        """Follow the gradient, and move the averaged weights.

        Raises
        ------
        FloatingPointError
            If the loss is no finite number; the weights stay.
        """
        if not torch.isfinite(loss):
            raise FloatingPointError(
                f"The loss became {loss.item()} at step {self.state.counts.step}. Lower the learning rate and run the "
                f"command again: it goes on from the last checkpoint in {self.folder}."
            )
        self.accelerator.backward(loss)
        self.accelerator.clip_grad_norm_(self.network.parameters(), GRADIENT_NORM)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.state.averaged.update_parameters(self.state.model)

    def validate_and_keep(self) -> Scores:
        """Validate the averaged weights, and keep them if they are the best so far."""
        scores = self.validate(self.state.averaged_model) if self.validate else {}
        score = float(np.mean(list(scores.values())))
        if score > self.state.counts.best:
            self.state.counts.best = score
            self.write("best.safetensors", scores)
        return scores

    def save(self) -> None:
        """Write the state and the averaged weights; the first process only."""
        if self.accelerator.is_main_process:
            self.state.save(self.folder)
        self.write("last.safetensors", {})

    def write(self, name: str, scores: Scores) -> None:
        """Write the averaged weights as a checkpoint that says how it was made; the first process only."""
        if not self.accelerator.is_main_process:
            return
        counts = self.state.counts
        facts = {
            "seed": str(self.settings.seed),
            "samples": str(counts.samples),
            "minutes": f"{counts.seconds / 60:.1f}",
            "validation": ", ".join(f"{key} {value:.4f}" for key, value in scores.items()),
        }
        save_checkpoint(self.folder / name, self.state.averaged_model, metadata=facts)
