"""File > IO Utilities > Open TIFF with the size of its pixels: several files are the slices of one volume."""

from typing import TYPE_CHECKING

from qtpy.QtWidgets import QFileDialog

if TYPE_CHECKING:
    import napari


def open_tiff_dialog() -> None:
    """Ask for files and open them in the current viewer."""
    import napari
    from napari.utils.notifications import show_error

    from napari_simpleclick.data.errors import VolumeError

    viewer = napari.current_viewer()
    names, _ = QFileDialog.getOpenFileNames(None, "Open TIFF with the size of its pixels", "", "TIFF (*.tif *.tiff)")
    if viewer is None or not names:
        return
    try:
        open_tiff(viewer, sorted(names))
    except (VolumeError, OSError) as error:
        show_error(str(error))


def open_tiff(viewer: "napari.components.ViewerModel", names: list[str]) -> None:
    """Open a TIFF, or several as one volume, as a layer.

    Raises
    ------
    VolumeError
        If a file is damaged or no TIFF, or files to be stacked differ in size.
    """
    from napari.layers import Layer

    from napari_simpleclick.plugin.io.tiff_reader import read_stack

    for data in read_stack(names):
        viewer.add_layer(Layer.create(*data))
