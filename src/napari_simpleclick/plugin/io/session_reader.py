"""A session file dropped on napari: its image is opened, and the widget goes on with the work."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from napari_simpleclick.plugin.io.readers import LayerData


def get_session_reader(path: str | list[str]) -> "Callable[[Any], list[LayerData]] | None":
    """The reader for one session file; None for anything else."""
    from napari_simpleclick.annotation.session_files.format import ENDING

    name = path if isinstance(path, str) else path[0] if len(path) == 1 else ""
    return go_on if name.endswith(ENDING) else None


def go_on(path: str | list[str]) -> list[LayerData]:
    """Open the widget and let it restore the work; no layers come from the file itself.

    Raises
    ------
    SessionFileError
        If there is no window, or the file is damaged.
    """
    from napari import current_viewer

    from napari_simpleclick.annotation.session_files.format import SessionFileError, read_session

    file = Path(path if isinstance(path, str) else path[0])
    read_session(file)
    viewer = current_viewer()
    if viewer is None:
        raise SessionFileError(f"{file.name} is work to go on with: open it in napari's window.")
    _, widget = viewer.window.add_plugin_dock_widget("napari-simpleclick", "SimpleClick")
    widget.session_files.open(file)
    return [(None,)]  # type: ignore[list-item]
