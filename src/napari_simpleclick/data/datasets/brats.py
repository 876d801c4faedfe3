"""BraTS: brain tumors in MR volumes (Menze et al. 2015, Baid et al. 2021), as prepared slices or as volumes."""

from pathlib import Path

from napari_simpleclick.data.datasets.base import Dataset, DatasetError
from napari_simpleclick.data.datasets.files import PictureFiles, contents, pair_files
from napari_simpleclick.data.datasets.info import DatasetInfo
from napari_simpleclick.data.datasets.objects import one_object
from napari_simpleclick.data.datasets.options import DatasetOptions
from napari_simpleclick.data.datasets.slices import LabelledVolume, open_slices
from napari_simpleclick.data.file_names import NIFTI

MODALITIES = {"flair": "t2f", "t1": "t1n", "t1ce": "t1c", "t2": "t2w"}
"""Endings of the files until 2021, and since 2023."""


def open_brats(folder: Path, options: DatasetOptions) -> Dataset:
    """Prepared slices if the folder has `image/`, else the volumes; all labels of a slice are one tumor."""
    if (folder / "image").is_dir():
        pairs = pair_files(folder / "image", folder / "annotation")
        return PictureFiles(INFO.name, pairs, one_object, min_size=options.min_size)
    return open_slices(INFO.name, find_cases(folder, options.modality or "flair"), one_object, options)


def find_cases(folder: Path, modality: str) -> list[LabelledVolume]:
    """Cases in a folder, or in the folders inside it, by the names of 2020, 2021 or 2023 and later.

    Raises
    ------
    DatasetError
        If the modality is not known, no labels are found, or a case lacks the modality.
    """
    old = {**{name: name for name in MODALITIES}, **{new: name for name, new in MODALITIES.items()}}.get(modality)
    if old is None:
        raise DatasetError(f"Unknown modality {modality!r}. Choose one of: {', '.join(MODALITIES)}.")
    endings = {f"{mark}seg{kind}": (mark, kind) for mark in "_-" for kind in NIFTI}
    labels = {
        path: ending
        for path in sorted([*folder.glob("*seg.nii*"), *folder.glob("*/*seg.nii*")])
        for ending in endings
        if path.name.endswith(ending)
    }
    if not labels:
        raise DatasetError(
            f"Expected {INFO.layout} in {folder}, found: {contents(folder)}. Point --data-dir at the folder that "
            "holds the cases."
        )
    return [find_case(path, ending, old) for path, ending in labels.items()]


def find_case(labels: Path, ending: str, modality: str) -> LabelledVolume:
    """The volume of a modality beside a file of labels.

    Raises
    ------
    DatasetError
        If there is no such volume.
    """
    name = labels.name.removesuffix(ending)
    mark = ending[0]
    names = [f"{name}{mark}{word}{kind}" for word in (modality, MODALITIES[modality]) for kind in NIFTI[::-1]]
    for candidate in names:
        if (labels.parent / candidate).is_file():
            return LabelledVolume(name, labels.parent / candidate, labels)
    raise DatasetError(
        f"Case {name}: expected {names[0]} or {names[2]} beside {labels.name}, found: {contents(labels.parent)}. "
        "Choose another --modality, or unpack the case again."
    )


INFO = DatasetInfo(
    name="BraTS",
    content="369 MR volumes of brain tumors (BraTS 2020); of each a slice, the whole tumor is the object",
    layout="image/*.png and annotation/*.png, or folders of cases with *_flair.nii.gz or *-t2f.nii.gz and *seg.nii.gz",
    source="https://www.synapse.org/brats (registration)",
    license="terms of the challenge",
    open=open_brats,
    images=369,
    objects=369,
)
