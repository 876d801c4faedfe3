"""DAVIS: 345 frames of videos with one object each (Perazzi et al. 2016)."""

from pathlib import Path

from napari_simpleclick.data.datasets.files import PictureFiles, pair_files
from napari_simpleclick.data.datasets.grabcut import PREPARED
from napari_simpleclick.data.datasets.info import DatasetInfo
from napari_simpleclick.data.datasets.objects import one_object
from napari_simpleclick.data.datasets.options import DatasetOptions


def open_davis(folder: Path, options: DatasetOptions) -> PictureFiles:
    """Frames, everything marked is the object."""
    pairs = pair_files(folder / "img", folder / "gt")
    return PictureFiles(INFO.name, pairs, one_object, min_size=options.min_size)


INFO = DatasetInfo(
    name="DAVIS",
    content="345 frames of videos; one object per frame",
    layout="img/*, gt/*",
    source=f"{PREPARED} (DAVIS.zip)",
    license="see https://davischallenge.org",
    open=open_davis,
    images=345,
    objects=345,
)
