"""Your own volumes: NIfTI, TIFF or OME-Zarr, each with its labels beside it."""

from pathlib import Path

from napari_simpleclick.data.datasets.base import DatasetError
from napari_simpleclick.data.datasets.files import contents
from napari_simpleclick.data.datasets.info import DatasetInfo
from napari_simpleclick.data.datasets.objects import labels_or_components
from napari_simpleclick.data.datasets.options import DatasetOptions
from napari_simpleclick.data.datasets.slices import LabelledVolume, VolumeSlices, open_slices
from napari_simpleclick.data.file_names import NIFTI, TIFF, ZARR, stem, without_label_word


def open_volumes(folder: Path, options: DatasetOptions) -> VolumeSlices:
    """Slices of the volumes of a folder; every label is an object, where there is only one, every component."""
    return open_slices(folder.name, find_volumes(folder, options.modality), labels_or_components, options)


def find_volumes(folder: Path, modality: str | None = None) -> list[LabelledVolume]:
    """Volumes and labels that share the beginning of their names: `liver.nii.gz` and `liver_labels.nii.gz`.

    Several modalities may share labels: of `p1_flair.nii`, `p1_t1.nii` and `p1_seg.nii` one has to be chosen.

    Raises
    ------
    DatasetError
        If there are no labels, or not exactly one volume for each.
    """
    files: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        name = bare(path)
        if name and not name.startswith("."):
            require_other(files.get(name), path)
            files[name] = path
    labels = {name: path for name, path in files.items() if is_labels(name)}
    if not labels:
        raise DatasetError(f"Expected {INFO.layout} in {folder}, found: {contents(folder)}.")
    starts: dict[str, Path] = {}
    for name, path in labels.items():
        require_other(starts.get(without_label_word(name)), path)
        starts[without_label_word(name)] = path
    return [
        LabelledVolume(without_label_word(name), volume_of(name, files, modality), path)
        for name, path in labels.items()
    ]


def require_other(known: Path | None, path: Path) -> None:
    """Raise a DatasetError if two files are for one thing, so that one of them would be a guess.

    Raises
    ------
    DatasetError
        If `known` is a file.
    """
    if known is not None:
        raise DatasetError(f"{path.parent} holds {known.name} and {path.name} for one volume. Remove one of them.")


def volume_of(labels: str, files: dict[str, Path], modality: str | None) -> Path:
    """The one volume that labels belong to.

    Raises
    ------
    DatasetError
        If there is none, or several fit.
    """
    start = without_label_word(labels)
    if start in files and not modality:
        return files[start]
    names = [name for name in files if name.startswith((f"{start}_", f"{start}-")) and not is_labels(name)]
    fitting = [name for name in names if modality is None or name.endswith(modality)]
    if len(fitting) != 1:
        raise DatasetError(
            f"Expected one volume {start} for the labels {files[labels].name}, found: {', '.join(names) or 'none'}. "
            "Choose one by the end of its name with --modality."
        )
    return files[fitting[0]]


def bare(path: Path) -> str:
    """Name of a volume's file without its ending; empty for other files.

    Examples
    --------
    >>> bare(Path("a/p1_seg.nii.gz")), bare(Path("notes.txt"))
    ('p1_seg', '')
    """
    return stem(path) if path.name.lower().endswith(NIFTI + TIFF + ZARR) else ""


def is_labels(name: str) -> bool:
    """Whether the name of a file says that it holds labels."""
    return without_label_word(name) != name


INFO = DatasetInfo(
    name="volumes",
    content="your own volumes; every label of a slice is an object, or every component where there is a single label",
    layout="NAME.nii.gz and NAME_labels.nii.gz (also .tif, .ome.zarr; _seg, _mask)",
    source="your own",
    license="your own",
    open=open_volumes,
)
