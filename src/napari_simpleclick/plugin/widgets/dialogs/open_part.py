"""File > IO Utilities > Open a part of a file: another image or level of a TIFF, or what is whole of a damaged file."""

from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtWidgets import QFileDialog, QInputDialog

if TYPE_CHECKING:
    import napari

    from napari_simpleclick.data.file_part import FilePart

KINDS = "TIFF and NIfTI (*.tif *.tiff *.nii *.nii.gz)"


def open_part_dialog() -> None:
    """Ask for a file and a part of it, and open that in the current viewer."""
    import napari
    from napari.utils.notifications import show_error

    from napari_simpleclick.data.errors import VolumeError
    from napari_simpleclick.data.parts_of_file import parts_of_file
    from napari_simpleclick.write_errors import plain_words

    viewer = napari.current_viewer()
    name, _ = QFileDialog.getOpenFileName(None, "Open a part of a file", "", KINDS)
    if viewer is None or not name:
        return
    try:
        parts = parts_of_file(Path(name))
        chosen, agreed = QInputDialog.getItem(None, "Open a part of a file", Path(name).name, list(parts), 0, False)
        if agreed:
            open_part(viewer, parts[chosen])
    except (VolumeError, ImportError, OSError) as error:
        show_error(plain_words(error))


def open_part(viewer: "napari.components.ViewerModel", part: "FilePart") -> None:
    """Open a part of a file as a layer, and show the notices.

    Raises
    ------
    VolumeError
        If it cannot be read.
    """
    from napari.layers import Layer

    from napari_simpleclick.data.io import read_volume
    from napari_simpleclick.plugin.io.notices import tell
    from napari_simpleclick.plugin.io.readers import image_layer, is_labels, labels_layer

    volume = read_volume(Path(part.named))
    tell([volume])
    viewer.add_layer(Layer.create(*(labels_layer(volume) if is_labels(volume) else image_layer(volume))))
