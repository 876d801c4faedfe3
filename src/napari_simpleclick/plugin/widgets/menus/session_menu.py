"""Session menu: a button to save the work, to open it again, and to export the clicks."""

from collections.abc import Callable
from pathlib import Path

from qtpy.QtWidgets import QFileDialog, QMenu, QPushButton

from napari_simpleclick.annotation.session_files.format import ENDING
from napari_simpleclick.plugin.sessions.session_files import SessionFiles, session_path, table_path
from napari_simpleclick.plugin.widgets.dialogs.questions import ask_where

SESSIONS = f"Sessions (*{ENDING})"


class SessionMenu(QPushButton):
    """A button with a menu.

    Parameters
    ----------
    files
        Saves and opens.
    failed
        Shows an error.
    """

    def __init__(self, files: SessionFiles, failed: Callable[[Exception], None]) -> None:
        super().__init__()
        self.files = files
        self.failed = failed
        self.setText("Session")
        self.setAccessibleName("Session")
        self.setToolTip("Save the work under a name, open it again, export the clicks; it is saved by itself as well")
        menu = QMenu(self)
        menu.addAction("Save session …", self.save)
        menu.addAction("Open session …", self.open)
        menu.addAction("Export clicks as CSV …", self.export)
        menu.addSeparator()
        menu.addAction("Remove old recovery files …", self.remove_old)
        self.setMenu(menu)

    def save(self) -> None:
        """Ask for a name and save."""
        self._do(self.files.save, ask_where(self, "Save session", self._proposed(ENDING), SESSIONS, session_path))

    def open(self) -> None:
        """Ask for a file and open it."""
        name, _ = QFileDialog.getOpenFileName(
            self, "Open session", str(self.files.autosave.folder), f"{SESSIONS};;All files (*)"
        )
        self._do(self.files.open, Path(name) if name else None)

    def export(self) -> None:
        """Ask for a name and write the clicks."""
        proposed = self._proposed(" clicks.csv")
        self._do(self.files.export_clicks, ask_where(self, "Export clicks", proposed, "Tables (*.csv)", table_path))

    def remove_old(self) -> None:
        """Remove what was saved by itself long ago, if the user wants that."""
        try:
            self.files.remove_old()
        except OSError as error:
            self.failed(error)

    def _proposed(self, ending: str) -> str:
        image = self.files.workspace.image
        return f"{image.name if image else 'work'}{ending}"

    def _do(self, act: Callable[[Path], None], path: Path | None) -> None:
        if path is None:
            return
        try:
            act(path)
        except (ValueError, OSError) as error:
            self.failed(error)
