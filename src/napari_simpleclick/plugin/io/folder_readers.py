"""Folders dropped on napari: the volumes of a patient as aligned layers, and OME-Zarr images."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from napari_simpleclick.data.file_names import NIFTI
from napari_simpleclick.data.ome_zarr.opening import is_zarr
from napari_simpleclick.data.volume import Volume
from napari_simpleclick.plugin.io.notices import tell
from napari_simpleclick.plugin.io.readers import LayerData, image_layer, labels_or_image


def get_folder_reader(path: str | list[str]) -> "Callable[[Any], list[LayerData]] | None":
    """The reader for a folder with NIfTI files, or for a Zarr folder; None for any other."""
    folder = Path(path if isinstance(path, str) else path[0])
    if not isinstance(path, str) and len(path) > 1:
        return None
    if is_zarr(folder):
        return read_zarr
    return read_case if folder.is_dir() and nifti_files(folder) else None


def nifti_files(folder: Path) -> list[Path]:
    """The NIfTI files of a folder by name; hidden files, which some systems leave behind, are none."""
    return sorted(
        path for path in folder.iterdir() if path.name.lower().endswith(NIFTI) and not path.name.startswith(".")
    )


def read_case(path: str | list[str]) -> list[LayerData]:
    """The volumes of a patient, such as a folder of BraTS: one layer each, labels on top, the first image shown.

    Raises
    ------
    VolumeError
        If a file is damaged, or the files do not lie on one grid; says which.
    """
    from napari_simpleclick.data.nifti.read import read_nifti

    folder = Path(path if isinstance(path, str) else path[0])
    volumes = [read_nifti(each) for each in nifti_files(folder)]
    require_one_grid(folder, volumes)
    tell(volumes)
    layers = [labels_or_image(volume) for volume in volumes]
    images = [layer for layer in layers if layer[2] == "image"]
    for _, settings, _ in images[1:]:
        settings["visible"] = False
    return [*reversed(images), *(layer for layer in layers if layer[2] == "labels")]


def require_one_grid(folder: Path, volumes: Sequence[Volume]) -> None:
    """Raise if the volumes of a folder would not lie on top of each other, within half a voxel.

    Raises
    ------
    VolumeError
        If sizes differ, or a voxel lies elsewhere.
    """
    from napari_simpleclick.data.alignment import CLOSEST, distance
    from napari_simpleclick.data.errors import VolumeError

    first, *others = volumes
    for other in others:
        sizes = [tuple(each.shape[axis] for axis in each.spatial) for each in (first, other)]
        if sizes[0] != sizes[1] or distance(first, other) > CLOSEST:
            raise VolumeError(
                f"The volumes of {folder} lie on different grids: {other.name} is not where {first.name} is (sizes "
                f"{sizes[1]} and {sizes[0]}). Drop the files that belong together instead of the folder."
            )


def read_zarr(path: str | list[str]) -> list[LayerData]:
    """An OME-Zarr image or a Zarr array with all its levels, and its label images; chunks are read when they are shown.

    Raises
    ------
    ImportError
        If zarr is not installed.
    VolumeError
        If the folder is no Zarr, damaged, or a group without an image.
    """
    from napari_simpleclick.data.ome_zarr.read import read_label_images, read_levels

    folder = Path(path if isinstance(path, str) else path[0])
    volume, arrays = read_levels(folder)
    tell([volume])
    if volume.labels:
        return [labels_or_image(volume)]
    _, settings, kind = image_layer(volume)
    image = (arrays, {**settings, "multiscale": True}, kind) if len(arrays) > 1 else (volume.data, settings, kind)
    return [image, *map(labels_or_image, read_label_images(folder))]
