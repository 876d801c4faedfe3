"""The data sets by name."""

from pathlib import Path

from napari_simpleclick.data.datasets import (
    berkeley,
    brats,
    bundled,
    coco_mval,
    davis,
    folder,
    folders,
    grabcut,
    oaizib,
    pascal_voc,
    sbd,
    sstem,
    volumes,
)
from napari_simpleclick.data.datasets.base import Dataset, DatasetError
from napari_simpleclick.data.datasets.info import DatasetInfo
from napari_simpleclick.data.datasets.options import DatasetOptions

DATASETS: dict[str, DatasetInfo] = {
    info.name: info
    for info in (
        grabcut.INFO,
        berkeley.INFO,
        davis.INFO,
        pascal_voc.INFO,
        sbd.INFO,
        coco_mval.INFO,
        sstem.INFO,
        brats.INFO,
        oaizib.INFO,
        folder.INFO,
        folders.INFO,
        volumes.INFO,
        bundled.INFO,
        sbd.TRAINING,
    )
}
"""What is known of every data set, by its name."""


def dataset_info(name: str) -> DatasetInfo:
    """What is known of a data set; case does not matter.

    Raises
    ------
    DatasetError
        If the name is not known.
    """
    names = {known.lower(): info for known, info in DATASETS.items()}
    if name.lower() not in names:
        raise DatasetError(f"Unknown data set {name!r}. Choose one of: {', '.join(DATASETS)}.")
    return names[name.lower()]


def open_dataset(name: str, folder: Path, options: DatasetOptions | None = None) -> Dataset:
    """Open a data set; pictures are read when asked for.

    Parameters
    ----------
    name
        One of `DATASETS`.
    folder
        Where it is.
    options
        Slices, labels, smallest object.

    Raises
    ------
    DatasetError
        If the name is not known, or the folder is missing or has another layout.
    """
    info = dataset_info(name)
    if not folder.is_dir():
        raise DatasetError(
            f"No folder {folder.absolute()}. Point --data-dir at the unpacked data set, which holds {info.layout}; "
            f"it is offered at {info.source}."
        )
    return info.open(folder, options or DatasetOptions())
