"""File > IO Utilities > Open a patient's folder or OME-Zarr: a dialog, then aligned layers.

npe2 asks every reader that accepts folders about every folder, and napari then lets the user choose: a reader of ours
would stand in the way of folders of pictures. So this is a command.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtWidgets import QFileDialog

if TYPE_CHECKING:
    import napari


def open_folder_dialog() -> None:
    """Ask for a folder and open it in the current viewer."""
    import napari
    from napari.utils.notifications import show_error

    from napari_simpleclick.data.errors import VolumeError
    from napari_simpleclick.write_errors import plain_words

    viewer = napari.current_viewer()
    if viewer is None:
        return
    folder = QFileDialog.getExistingDirectory(None, "Open a patient's folder or an OME-Zarr image")
    if folder:
        try:
            open_folder(viewer, Path(folder))
        except (VolumeError, ImportError, OSError) as error:
            show_error(plain_words(error))


def open_folder(viewer: "napari.components.ViewerModel", folder: Path) -> None:
    """Open the NIfTI volumes of a patient as aligned layers, labels on top, or an OME-Zarr image.

    Raises
    ------
    VolumeError
        If there is neither in the folder, a file is damaged, or the volumes do not lie on one grid.
    """
    from napari.layers import Labels, Layer

    from napari_simpleclick.data.errors import VolumeError
    from napari_simpleclick.data.nifti.read import read_grid
    from napari_simpleclick.plugin.io.folder_readers import get_folder_reader, nifti_files, read_zarr, require_one_grid

    reader = get_folder_reader(str(folder))
    if reader is None:
        raise VolumeError(
            f"{folder} holds no NIfTI volumes (.nii, .nii.gz) and is no .zarr. "
            "Open a folder of pictures with File > Open Folder."
        )
    if reader is read_zarr:
        for data in reader(str(folder)):
            viewer.add_layer(Layer.create(*data))
        return
    paths = nifti_files(folder)
    require_one_grid(folder, [read_grid(path) for path in paths])
    # One by one, so that every layer knows its file, which sessions are opened again from.
    opened = [viewer.open(str(path), plugin="napari-simpleclick")[0] for path in reversed(paths)]
    labels = [layer for layer in opened if isinstance(layer, Labels)]
    images = [layer for layer in opened if layer not in labels]
    for layer in images[:-1]:
        layer.visible = False
    for layer in labels:
        viewer.layers.move(viewer.layers.index(layer), len(viewer.layers))
