"""File > IO Utilities > Open TIFF with the size of its pixels: several files are the slices of one volume."""

from qtpy.QtWidgets import QFileDialog


def open_tiff_dialog() -> None:
    """Ask for files and open them in the current viewer."""
    import napari
    from napari.utils.notifications import show_error

    from napari_simpleclick.data.errors import VolumeError
    from napari_simpleclick.plugin.io.tiff_reader import open_tiff
    from napari_simpleclick.write_errors import plain_words

    viewer = napari.current_viewer()
    names, _ = QFileDialog.getOpenFileNames(None, "Open TIFF with the size of its pixels", "", "TIFF (*.tif *.tiff)")
    if viewer is None or not names:
        return
    try:
        open_tiff(viewer, sorted(names))
    except (VolumeError, OSError) as error:
        show_error(plain_words(error))
