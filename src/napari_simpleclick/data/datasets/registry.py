"""The data sets by name."""

from collections.abc import Callable
from pathlib import Path

from napari_simpleclick.data.datasets.base import Dataset, DatasetError
from napari_simpleclick.data.datasets.sstem import SsTem

DATASETS: dict[str, Callable[[Path], Dataset]] = {"ssTEM": SsTem}


def open_dataset(name: str, folder: Path) -> Dataset:
    """Open a data set; pictures are read when asked for.

    Raises
    ------
    DatasetError
        If the name is not known, or the folder is missing or has another layout.
    """
    names = {known.lower(): known for known in DATASETS}
    if name.lower() not in names:
        raise DatasetError(f"Unknown data set {name!r}. Choose one of: {', '.join(DATASETS)}.")
    if not folder.is_dir():
        raise DatasetError(f"No folder {folder.absolute()}. Point --data-dir at the unpacked data set.")
    return DATASETS[names[name.lower()]](folder)
