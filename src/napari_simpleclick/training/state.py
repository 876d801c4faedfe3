"""State of a run: all that has to be kept so that a killed run goes on as if nothing had happened."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from napari_simpleclick.files import replace_when_complete
from napari_simpleclick.model.published import first_line, require_uncompressed
from napari_simpleclick.model.simpleclick import SimpleClick

STATE_FILE = "state.pt"


class StateError(ValueError):
    """The state of a run cannot be gone on with."""


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
        """Take over the state in the run's folder, if there is one; reads tensors and numbers only.

        Raises
        ------
        StateError
            If it is damaged, or of another network; the run cannot go on then.
        """
        path = folder / STATE_FILE
        if not path.is_file():
            return
        try:
            require_uncompressed(path)
            content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
            counts = Counts(**{name: number(content["run"][name], name) for name in Counts.__slots__})
            self.model.load_state_dict(content["model"])
            self.averaged.load_state_dict(content["average"])
            self.optimizer.load_state_dict(content["optimizer"])
        except Exception as error:  # bytes that somebody made up can raise anything in an unpickler
            raise StateError(
                f"{path} cannot be gone on with ({path.stat().st_size} bytes): {first_line(error)}. It is damaged, or "
                "of another network. Remove it, and go on from the run's last.safetensors with --from."
            ) from error
        self.counts = counts


def number(value: Any, name: str) -> Any:
    """A count of a run, of the kind that it has.

    Raises
    ------
    ValueError
        If it is of another kind, or negative.
    """
    kind = type(getattr(Counts(), name))
    if isinstance(value, bool) or not isinstance(value, int | kind) or not 0 <= value < 1e15:
        raise ValueError(f"expected {name} to be a number from 0, got {value!r}")
    return kind(value)
