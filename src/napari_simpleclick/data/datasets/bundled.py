"""The sample volumes of the package as a data set: the command can be tried without any download."""

from dataclasses import replace
from pathlib import Path

from napari_simpleclick.data.datasets.info import DatasetInfo
from napari_simpleclick.data.datasets.objects import labels_or_components
from napari_simpleclick.data.datasets.options import DatasetOptions
from napari_simpleclick.data.datasets.slices import VolumeSlices, open_slices
from napari_simpleclick.data.datasets.volumes import find_volumes
from napari_simpleclick.data.samples import FOLDER

SMALLEST = 30
"""Lesions of a few pixels say little about a model."""


def open_bundled(_folder: Path, options: DatasetOptions) -> VolumeSlices:
    """One slice of each bundled volume, or all; the folder does not matter."""
    large = replace(options, min_size=max(options.min_size, SMALLEST))
    return open_slices(INFO.name, find_volumes(FOLDER), labels_or_components, large)


INFO = DatasetInfo(
    name="samples",
    content="the bundled volumes: drawn mitochondria, and lesions of white matter",
    layout="nothing: it is in the package",
    source="bundled",
    license="MIT and CC BY 4.0, see samples/LICENSES.md",
    open=open_bundled,
)
