"""COCO_MVal: 800 objects of COCO's validation pictures, ten of each class (Lin et al. 2014)."""

from pathlib import Path

from napari_simpleclick.data.datasets.files import PictureFiles, pair_files
from napari_simpleclick.data.datasets.grabcut import PREPARED
from napari_simpleclick.data.datasets.info import DatasetInfo
from napari_simpleclick.data.datasets.objects import one_object
from napari_simpleclick.data.datasets.options import DatasetOptions


def open_coco_mval(folder: Path, options: DatasetOptions) -> PictureFiles:
    """Photographs, everything marked is the object."""
    pairs = pair_files(folder / "img", folder / "gt")
    return PictureFiles(INFO.name, pairs, one_object, min_size=options.min_size)


INFO = DatasetInfo(
    name="COCO_MVal",
    content="800 photographs of COCO's validation part; one object per file",
    layout="img/*, gt/*",
    source=f"{PREPARED} (COCO_MVal.zip)",
    license="annotations CC BY 4.0, photographs by Flickr's terms",
    open=open_coco_mval,
    images=800,
    objects=800,
)
