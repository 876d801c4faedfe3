"""Settings of a training run, declared once: the command line, the log and the checkpoint read the same fields."""

from dataclasses import dataclass
from typing import Annotated, Literal, Self, cast, get_args

from napari_simpleclick.ranges import POSITIVE_SHARE, SHARE, SIDE, Range

Stem = Literal["learning", "late", "frozen"]
"""What of the pre-trained image features learns: all, the stages of stride 8 and more, or nothing."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the run at one crop size.

    Parameters
    ----------
    share
        Part of the whole run.
    size
        Side of the crops in pixels.
    batch
        Samples per step.
    stem
        What of the pre-trained image features learns. The late stages adapt most and cost a quarter of all.
    """

    share: Annotated[float, POSITIVE_SHARE]
    size: Annotated[int, SIDE]
    batch: Annotated[int, Range(1)]
    stem: Stem = "learning"

    def __str__(self) -> str:
        """The form that `parse` reads."""
        return f"{self.share:g}:{self.size}:{self.batch}{'' if self.stem == 'learning' else f':{self.stem}'}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a phase from `share:size:batch`, with `:frozen` or `:late` behind it for the stem.

        Raises
        ------
        ValueError
            If the text is no phase.

        Examples
        --------
        >>> Phase.parse("0.4:128:8:frozen")
        Phase(share=0.4, size=128, batch=8, stem='frozen')
        """
        try:
            share, size, batch, *stem = text.split(":")
            if stem and (len(stem) > 1 or stem[0] not in get_args(Stem)):
                raise ValueError(f"unknown {stem}")
            return cls(float(share), int(size), int(batch), cast(Stem, stem[0]) if stem else "learning")
        except ValueError as error:
            raise ValueError(
                f"A phase is share:size:batch, with :frozen or :late behind it for the stem, got {text!r}."
            ) from error


PROGRESSIVE = (
    Phase(0.40, 128, 8, "frozen"),
    Phase(0.20, 224, 8, "frozen"),
    Phase(0.20, 224, 8),
    Phase(0.20, 448, 4),
)
"""Small crops first: they buy many more steps; large crops with large objects last."""

FINE_TUNING = (Phase(0.7, 224, 8), Phase(0.3, 448, 2))
"""A network that knows how to segment goes on at the sizes at which it is used."""


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """What a run does.

    Parameters
    ----------
    architecture
        Name in the registry; by default that of the checkpoint to start from, else vit_xtiny_deep_448.
    pyramid
        Feature pyramid of a new network: the paper's "simple", or "parallel", "single", "partial" of its ablation.
    phases
        Crop sizes and batches one after the other.
    loss
        "overlap" to begin with: cross-entropy and soft IoU. "sharp" to go on with: normalised focal loss and soft IoU.
        "focal": the paper's normalised focal loss alone.
    optimizer
        "adamw", or "adam" as in the paper.
    learning_rate
        At its highest.
    stem_rate
        Factor for the pre-trained image features.
    layer_decay
        Learning rate of a transformer block as a part of the next one's; 1 treats all alike (the paper's option: 0.75).
    freeze_backbone
        Whether the transformer stays as it is, as in the paper's ablation.
    weight_decay
        On matrices only.
    warmup
        Steps until the learning rate is reached.
    decay
        How the learning rate falls: along a "cosine", or at once ("step", as in the paper).
    decay_from
        Part of the run after which it falls.
    last_rate
        Where it ends, as a part of the highest.
    ema
        Decay of the averaged weights, which are what is validated and kept.
    max_rounds
        Most predictions that are fed back.
    learn_from
        "all" predictions of a sample, or the "last" one only, as in the paper: image features serve all of them.
    objects
        Most objects of a picture that are learnt from together: they share its features (the paper: 1).
    earlier_work
        Chance that a sample starts in the middle of the work, with a distorted mask and clicks (the paper: 0).
    late
        Chance that a step learns from what the network made of several clicks of its own (the paper: 0).
    click_loss_weight
        Weight of the loss of clicked pixels alone (the paper: 0).
    carried
        Chance that a sample is a mask from a neighbouring slice, or a painted one, with one click (the paper: 0).
    drawn
        Chance that a sample starts with a box, a lasso or a scribble instead of a click (the paper: 0).
    coarse
        Chance that a prediction is made in two looks, a coarse one and a full one, and both are learned from; crops of
        224 pixels and less are looked at once (the paper: 0).
    seed
        Of everything: pictures, clicks, dropout.
    """

    architecture: str | None = None
    pyramid: Literal["simple", "parallel", "single", "partial"] = "simple"
    phases: tuple[Phase, ...] = PROGRESSIVE
    loss: Literal["overlap", "sharp", "focal"] = "overlap"
    optimizer: Literal["adamw", "adam"] = "adamw"
    learning_rate: Annotated[float, Range(0, open_at_least=True)] = 6e-4
    stem_rate: Annotated[float, Range(0)] = 0.3
    layer_decay: Annotated[float, Range(0, 1, open_at_least=True)] = 1.0
    freeze_backbone: bool = False
    weight_decay: Annotated[float, Range(0)] = 0.02
    warmup: Annotated[int, Range(0)] = 300
    decay: Literal["cosine", "step"] = "cosine"
    decay_from: Annotated[float, SHARE] = 0.0
    last_rate: Annotated[float, SHARE] = 0.03
    ema: Annotated[float, SHARE] = 0.998
    max_rounds: Annotated[int, Range(0, 100)] = 3
    learn_from: Literal["all", "last"] = "all"
    objects: Annotated[int, Range(1, 64)] = 1
    earlier_work: Annotated[float, SHARE] = 0.4
    late: Annotated[float, SHARE] = 0.3
    click_loss_weight: Annotated[float, Range(0)] = 0.2
    carried: Annotated[float, SHARE] = 0.2
    drawn: Annotated[float, SHARE] = 0.0
    coarse: Annotated[float, SHARE] = 0.0
    seed: Annotated[int, Range(0)] = 0

    def phase(self, progress: float) -> Phase:
        """The phase at a part of the run, 0 to 1."""
        passed = 0.0
        for phase in self.phases:
            passed += phase.share
            if progress < passed:
                return phase
        return self.phases[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How long to train and how often to look.

    Parameters
    ----------
    steps
        Number of steps; None to go by time.
    minutes
        Minutes of training, those before an interruption included; None to go by steps.
    save_minutes, validate_minutes
        Time between checkpoints, and between validations.
    workers
        Other processes that make data.

    Raises
    ------
    ValueError
        If both or neither of steps and minutes are given.
    """

    steps: int | None = None
    minutes: float | None = None
    save_minutes: float = 3
    validate_minutes: float = 15
    workers: int = 1

    def __post_init__(self) -> None:
        if (self.steps is None) == (self.minutes is None):
            raise ValueError(f"Give either steps or minutes, got steps={self.steps} and minutes={self.minutes}.")

    def progress(self, step: int, seconds: float) -> float:
        """Part of the run that is done."""
        return step / self.steps if self.steps else seconds / (60 * (self.minutes or 1))
