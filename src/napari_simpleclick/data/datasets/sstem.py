"""ssTEM: mitochondria in sections of the Drosophila ventral nerve cord (Gerhard et al. 2013)."""

from pathlib import Path

from napari_simpleclick.data.datasets.files import PictureFiles, pair_files
from napari_simpleclick.data.datasets.info import DatasetInfo
from napari_simpleclick.data.datasets.objects import components
from napari_simpleclick.data.datasets.options import DatasetOptions


def open_sstem(folder: Path, options: DatasetOptions) -> PictureFiles:
    """Sections of stack 1, each 8-connected component of the mitochondria an object."""
    pairs = pair_files(folder / "raw", folder / "mitochondria")
    return PictureFiles(INFO.name, pairs, components, min_size=options.min_size)


INFO = DatasetInfo(
    name="ssTEM",
    content="20 serial sections of a fly's nerve cord (electron microscopy); every mitochondrion of every section",
    layout="raw/*.tif, mitochondria/*.png",
    source="https://doi.org/10.6084/m9.figshare.856713 (folder stack1)",
    license="CC BY-NC-SA 3.0",
    open=open_sstem,
    images=20,
    objects=389,
)
