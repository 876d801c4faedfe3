"""SBD: instances in photographs of Pascal VOC (Hariharan et al. 2011)."""

from functools import partial
from pathlib import Path

import numpy as np

from napari_simpleclick.data.datasets.base import DatasetError
from napari_simpleclick.data.datasets.files import PictureFiles, listed_pairs
from napari_simpleclick.data.datasets.info import DatasetInfo
from napari_simpleclick.data.datasets.mat_files import MatFileError, MatReader
from napari_simpleclick.data.datasets.objects import every_label
from napari_simpleclick.data.datasets.options import DatasetOptions

SOURCE = "http://home.bharathh.info/pubs/codes/SBD/download.html (folder dataset)"


def open_sbd(folder: Path, options: DatasetOptions, *, part: str) -> PictureFiles:
    """Photographs of `val.txt` or `train.txt`, every instance an object."""
    pairs = listed_pairs(folder / f"{part}.txt", folder / "img", folder / "inst", endings=(".jpg", ".mat"))
    name = "SBD" if part == "val" else f"SBD_{part}"
    return PictureFiles(name, pairs, every_label, read_instances, min_size=options.min_size)


READER = MatReader()


def read_instances(path: Path) -> np.ndarray:
    """Instance numbers of a MATLAB file of SBD, (height, width).

    Raises
    ------
    DatasetError
        If the file is damaged or has another content.
    """
    try:
        marks = READER.read(path, "GTinst", "Segmentation")
    except MatFileError as error:
        raise DatasetError(
            f"{path}: expected a MATLAB file with GTinst.Segmentation, got: {error}. Was the archive unpacked "
            "completely?"
        ) from error
    if marks.ndim != 2 or marks.dtype.kind not in "bui":
        raise DatasetError(
            f"{path}: expected instance numbers (height, width), got {marks.dtype} of shape {marks.shape}. Was the "
            "archive unpacked completely?"
        )
    return marks


INFO = DatasetInfo(
    name="SBD",
    content="2857 photographs; every instance",
    layout="img/*.jpg, inst/*.mat, val.txt",
    source=SOURCE,
    license="photographs by Flickr's terms",
    open=partial(open_sbd, part="val"),
    images=2857,
    objects=6671,
)

TRAINING = DatasetInfo(
    name="SBD_train",
    content="8498 photographs to learn from; every instance",
    layout="img/*.jpg, inst/*.mat, train.txt",
    source=SOURCE,
    license="photographs by Flickr's terms",
    open=partial(open_sbd, part="train"),
    images=8498,
    objects=20172,
)
