"""State of a run: all that has to be kept so that a killed run goes on as if nothing had happened."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from napari_simpleclick.files import replace_when_complete
from napari_simpleclick.model.simpleclick import SimpleClick

STATE_FILE = "state.pt"


@dataclass(slots=True)
class Counts:
    """What a run has done so far, interruptions not counted.

    Parameters
    ----------
    step, samples
        Made so far, over all processes.
    seconds
        Time of the steps, without validation.
    best
        Best score of a validation; 0 before the first.
    """

    step: int = 0
    samples: int = 0
    seconds: float = 0.0
    best: float = 0.0


class RunState:
    """The network, its averaged weights, its optimizer and the counts of a run.

    No random state is kept: all chance of a step comes from the seed and the number of the step.

    Parameters
    ----------
    model
        The network that learns.
    optimizer
        Changes its weights.
    average
        Part of the averaged weights that is kept per step.
    """

    def __init__(self, model: SimpleClick, optimizer: torch.optim.Optimizer, *, average: float) -> None:
        self.model = model
        self.optimizer = optimizer
        self.averaged = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(average))  # type: ignore[no-untyped-call]
        self.counts = Counts()

    @property
    def averaged_model(self) -> SimpleClick:
        """The network with averaged weights, in evaluation mode: what is validated and kept."""
        return cast(SimpleClick, self.averaged.module.eval())

    def save(self, folder: Path) -> None:
        """Write into the run's folder; an older state stays whole until the new one is complete."""
        counts = {name: getattr(self.counts, name) for name in Counts.__slots__}
        parts: dict[str, Any] = {"model": self.model, "average": self.averaged, "optimizer": self.optimizer}
        with replace_when_complete(folder / STATE_FILE) as partial:
            torch.save({"run": counts, **{name: part.state_dict() for name, part in parts.items()}}, partial)

    def load(self, folder: Path) -> None:
        """Take over the state in the run's folder, if there is one; reads tensors and numbers only."""
        path = folder / STATE_FILE
        if not path.is_file():
            return
        content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        self.model.load_state_dict(content["model"])
        self.averaged.load_state_dict(content["average"])
        self.optimizer.load_state_dict(content["optimizer"])
        self.counts = Counts(**content["run"])
