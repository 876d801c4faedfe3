"""Your own pictures: a folder of images and a folder of masks with the same names."""

from pathlib import Path

from napari_simpleclick.data.datasets.base import DatasetError
from napari_simpleclick.data.datasets.files import PictureFiles, contents
from napari_simpleclick.data.datasets.info import DatasetInfo
from napari_simpleclick.data.datasets.objects import labels_or_components
from napari_simpleclick.data.datasets.options import DatasetOptions
from napari_simpleclick.data.datasets.own_masks import doubt, pair_own, read_own_masks

IMAGES = ("images", "image", "img", "raw")
MASKS = ("masks", "labels", "mask", "label", "gt", "annotations", "annotation")


def open_folder(folder: Path, options: DatasetOptions) -> PictureFiles:
    """Pictures with label maps or masks: every label is an object; where there is only one, every component.

    Raises
    ------
    DatasetError
        If the two folders are not there, or pictures and masks do not pair up.
    """
    images = [folder / name for name in IMAGES if (folder / name).is_dir()]
    masks = [folder / name for name in MASKS if (folder / name).is_dir()]
    if not images or not masks:
        raise DatasetError(
            f"Expected a folder of pictures ({', '.join(IMAGES)}) and one of masks ({', '.join(MASKS)}) in {folder}, "
            f"found: {contents(folder)}. Rename yours."
        )
    return own_pictures(folder.name, images[0], masks[0], options)


def own_pictures(name: str, images: Path, masks: Path, options: DatasetOptions) -> PictureFiles:
    """Pictures of a folder with their masks in another one.

    Parameters
    ----------
    name
        What reports call the data set.
    images, masks
        Folders whose files pair up by their stem.
    options
        Its `min_size` counts; the others concern volumes.

    Raises
    ------
    DatasetError
        If pictures and masks do not pair up.
    """
    pairs = pair_own(images, masks)
    return PictureFiles(name, pairs, labels_or_components, read_own_masks, min_size=options.min_size, doubt=doubt)


INFO = DatasetInfo(
    name="folder",
    content="your own pictures; every label is an object, or every component where a mask has a single label",
    layout=f"{IMAGES[0]}/*, {MASKS[0]}/* or {MASKS[1]}/* with the same names",
    source="your own",
    license="your own",
    open=open_folder,
)
