"""Pascal VOC 2012: every instance of the segmentation task's validation part (Everingham et al. 2010)."""

from pathlib import Path

from napari_simpleclick.data.datasets.files import PictureFiles, listed_pairs
from napari_simpleclick.data.datasets.info import DatasetInfo
from napari_simpleclick.data.datasets.objects import instances
from napari_simpleclick.data.datasets.options import DatasetOptions


def open_pascal_voc(folder: Path, options: DatasetOptions) -> PictureFiles:
    """Photographs of `val.txt`, every instance an object; rims (255) are ignored."""
    listing = folder / "ImageSets" / "Segmentation" / "val.txt"
    pairs = listed_pairs(listing, folder / "JPEGImages", folder / "SegmentationObject", endings=(".jpg", ".png"))
    return PictureFiles(INFO.name, pairs, instances, min_size=options.min_size)


INFO = DatasetInfo(
    name="PascalVOC",
    content="1449 photographs; every instance, rims are ignored",
    layout="JPEGImages/*.jpg, SegmentationObject/*.png, ImageSets/Segmentation/val.txt",
    source="http://host.robots.ox.ac.uk/pascal/VOC/voc2012/ (folder VOCdevkit/VOC2012)",
    license="photographs by Flickr's terms",
    open=open_pascal_voc,
    images=1449,
    objects=3427,
)
