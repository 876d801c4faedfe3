"""Log of a training run: a CSV file, contact sheets and, where it is installed, TensorBoard."""

import csv
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import imageio.v3 as iio
import numpy as np

if TYPE_CHECKING:
    from napari_simpleclick.training.train import StepRecord

EVERY = 20
"""Steps between two lines of the log; validated steps are always written."""

COLUMNS = ("step", "samples", "minutes", "progress", "size", "learning_rate", "loss", "iou", "seconds", "waiting")


class TrainingLog:
    """Writes into the folder of a run; an existing log goes on.

    Parameters
    ----------
    folder
        Folder of the run.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "log.csv"
        new = not path.is_file()
        self._file = path.open("a", newline="")
        self._table = csv.writer(self._file)
        if new:
            self._table.writerow((*COLUMNS, "scores"))
        self._board: Any = None
        if find_spec("tensorboard"):
            from torch.utils.tensorboard import SummaryWriter

            self._board = SummaryWriter(folder / "tensorboard")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        if self._board:
            self._board.close()

    def write(self, record: "StepRecord") -> None:
        """Write every so many steps, and whenever the network was validated."""
        if record.step % EVERY and not record.scores:
            return
        values = asdict(record)
        cells = [f"{values[name]:.5g}" if isinstance(values[name], float) else values[name] for name in COLUMNS]
        scores = " ".join(f"{name}={value:.4f}" for name, value in record.scores.items())
        self._table.writerow((*cells, scores))
        self._file.flush()
        if self._board:
            for name in ("loss", "iou", "learning_rate", *record.scores):
                self._board.add_scalar(name, record.scores.get(name, values.get(name)), record.samples)

    def sheet(self, name: str, picture: np.ndarray) -> None:
        """Write a contact sheet as `name.jpg`."""
        iio.imwrite(self.folder / f"{name}.jpg", picture, quality=85)
