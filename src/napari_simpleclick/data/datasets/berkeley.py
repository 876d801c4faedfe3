"""Berkeley: 100 objects in 96 photographs (McGuinness and O'Connor 2010)."""

from pathlib import Path

from napari_simpleclick.data.datasets.files import PictureFiles, pair_files
from napari_simpleclick.data.datasets.grabcut import PREPARED
from napari_simpleclick.data.datasets.info import DatasetInfo
from napari_simpleclick.data.datasets.objects import trimap
from napari_simpleclick.data.datasets.options import DatasetOptions


def open_berkeley(folder: Path, options: DatasetOptions) -> PictureFiles:
    """Photographs, one object per file: those with two objects are there twice."""
    pairs = pair_files(folder / "images", folder / "masks")
    return PictureFiles(INFO.name, pairs, trimap, min_size=options.min_size)


INFO = DatasetInfo(
    name="Berkeley",
    content="96 photographs, some of them twice; one object per file",
    layout="images/*, masks/*",
    source=f"{PREPARED} (Berkeley.zip)",
    license="non-commercial research (BSDS300)",
    open=open_berkeley,
    images=100,
    objects=100,
)
