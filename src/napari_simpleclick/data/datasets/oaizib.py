"""OAIZIB: cartilage in MR volumes of knees (Ambellan et al. 2019), prepared slices or the volumes themselves."""

from pathlib import Path

import numpy as np

from napari_simpleclick.arrays import LabelMap
from napari_simpleclick.data.datasets.base import Dataset, DatasetError
from napari_simpleclick.data.datasets.files import PictureFiles, contents, pair_files
from napari_simpleclick.data.datasets.info import DatasetInfo
from napari_simpleclick.data.datasets.objects import every_label
from napari_simpleclick.data.datasets.options import DatasetOptions
from napari_simpleclick.data.datasets.slices import LabelledVolume, open_slices
from napari_simpleclick.data.file_names import NIFTI

CARTILAGE = (2, 4, 5)
"""Femoral, tibial (medial, in OAIZIB-CM), lateral tibial cartilage; 1 and 3 are bones."""

FOLDERS = (("imagesTs", "labelsTs"), ("imagesTr", "labelsTr"), ("images", "labels"))


def open_oaizib(folder: Path, options: DatasetOptions) -> Dataset:
    """Prepared slices if the folder has `test/`, else the volumes; femoral and tibial cartilage are the objects."""
    if (folder / "test").is_dir():
        pairs = pair_files(folder / "test" / "image", folder / "test" / "annotations")
        return PictureFiles(INFO.name, pairs, every_label, min_size=options.min_size)
    rule = every_label if options.label else cartilages
    return open_slices(INFO.name, find_knees(folder), rule, options, labels=CARTILAGE, direction="sagittal")


def cartilages(marks: np.ndarray) -> LabelMap:
    """Femoral cartilage is object 1, tibial cartilage of both sides object 2.

    Examples
    --------
    >>> cartilages(np.array([[0, 2, 4, 5]])).tolist()
    [[0, 1, 2, 2]]
    """
    return np.select([marks == 2, np.isin(marks, (4, 5))], [1, 2], 0).astype(np.int32)


def find_knees(folder: Path) -> list[LabelledVolume]:
    """Volumes and labels in folders beside each other; `_0000` at the end of a volume's name is its channel.

    Raises
    ------
    DatasetError
        If there are no such folders, or labels without a volume.
    """
    for images, labels in FOLDERS:
        if (folder / images).is_dir() and (folder / labels).is_dir():
            volumes = {stem(path).removesuffix("_0000"): path for path in nifti_files(folder / images)}
            marks = {stem(path): path for path in nifti_files(folder / labels)}
            if alone := sorted(marks.keys() - volumes.keys()):
                raise DatasetError(f"No volume in {folder / images} for the labels {', '.join(alone[:5])}.")
            return [LabelledVolume(name, volumes[name], path) for name, path in marks.items()]
    raise DatasetError(f"Expected {INFO.layout} in {folder}, found: {contents(folder)}.")


def nifti_files(folder: Path) -> list[Path]:
    """NIfTI files of a folder, sorted by name."""
    return sorted(path for path in folder.iterdir() if path.name.endswith(NIFTI))


def stem(path: Path) -> str:
    """Name of a NIfTI file without its endings.

    Examples
    --------
    >>> stem(Path("oaizib_001_0000.nii.gz"))
    'oaizib_001_0000'
    """
    return path.name.removesuffix(".gz").removesuffix(".nii")


INFO = DatasetInfo(
    name="OAIZIB",
    content="150 slices of MR volumes of knees; femoral and tibial cartilage of each",
    layout="test/image/*.png and test/annotations/*.png, or imagesTs/*_0000.nii.gz and labelsTs/*.nii.gz",
    source="https://pubdata.zib.de, or https://huggingface.co/datasets/YongchengYAO/OAIZIB-CM (volumes)",
    license="see the source; volumes by the Osteoarthritis Initiative's terms",
    open=open_oaizib,
    images=150,
    objects=300,
)
