"""Log of a training run: a CSV file, contact sheets and, where it is installed, TensorBoard."""

import csv
from contextlib import suppress
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import imageio.v3 as iio
import numpy as np

from napari_simpleclick.files import replace_when_complete
from napari_simpleclick.write_errors import told_if_not_written

if TYPE_CHECKING:
    from napari_simpleclick.training.train import StepRecord

EVERY = 20
"""Steps between two lines of the log; validated steps are always written."""

LOG_FILE = "log.csv"

COLUMNS = ("step", "samples", "minutes", "progress", "size", "learning_rate", "loss", "iou", "seconds", "waiting")


WRITTEN = (LOG_FILE, "samples.jpg", "predictions.jpg", "last.safetensors", "best.safetensors")
"""What a run writes into its folder, beside its state."""


def require_own_folder(folder: Path) -> None:
    """Refuse before the work to write over files of a folder that no training wrote.

    Raises
    ------
    ValueError
        Names the files.
    """
    from napari_simpleclick.training.state import STATE_FILE

    found = [name for name in WRITTEN if (folder / name).exists()]
    if found and not (folder / STATE_FILE).exists() and not is_log(folder / LOG_FILE):
        raise ValueError(
            f"{folder} holds {', '.join(found)}, which a training would replace, but is not the folder of one. "
            "Choose another --output."
        )


def is_log(path: Path) -> bool:
    """Whether a training wrote a file as its log, or begins to."""
    try:
        with path.open(encoding="utf-8") as file:
            return file.readline().strip() in ("", ",".join((*COLUMNS, "scores")))
    except (OSError, ValueError):
        return False


class TrainingLog:
    """Writes into the folder of a run; an existing log goes on.

    Parameters
    ----------
    folder
        Folder of the run.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / LOG_FILE
        self._board: Any = None
        with told_if_not_written(self.path):
            folder.mkdir(parents=True, exist_ok=True)
            new = not self.path.is_file()
            self._file = self.path.open("a", newline="")
            self._table = csv.writer(self._file)
            if new:
                self._table.writerow((*COLUMNS, "scores"))
            if find_spec("tensorboard"):
                from torch.utils.tensorboard import SummaryWriter

                self._board = SummaryWriter(folder / "tensorboard")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in filter(None, (self._file, self._board)):
            with suppress(OSError):  # on a full disk `write` has said so
                file.close()

    def write(self, record: "StepRecord") -> None:
        """Write every few steps, and whenever the network was validated.

        Raises
        ------
        WriteError
            If the disk is full.
        """
        if record.step % EVERY and not record.scores:
            return
        values = asdict(record)
        cells = [f"{values[name]:.5g}" if isinstance(values[name], float) else values[name] for name in COLUMNS]
        scores = " ".join(f"{name}={value:.4f}" for name, value in record.scores.items())
        with told_if_not_written(self.path):
            self._table.writerow((*cells, scores))
            self._file.flush()
            if self._board:
                for name in ("loss", "iou", "learning_rate", *record.scores):
                    self._board.add_scalar(name, record.scores.get(name, values.get(name)), record.samples)

    def sheet(self, name: str, picture: np.ndarray) -> None:
        """Write a contact sheet as `name.jpg`."""
        with replace_when_complete(self.folder / f"{name}.jpg") as partial:
            partial.write_bytes(iio.imwrite("<bytes>", picture, extension=".jpg", quality=85))
