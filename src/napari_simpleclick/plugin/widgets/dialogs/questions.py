"""Questions to the user: yes or no, and where to save."""

from collections.abc import Callable
from pathlib import Path

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QFileDialog, QMessageBox, QWidget


def ask(parent: QWidget, question: str) -> bool:
    """Ask a question, shown as text; closing the window is a no."""
    box = QMessageBox(QMessageBox.Icon.Question, "SimpleClick", question, parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setStandardButtons(QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No)
    box.setDefaultButton(QMessageBox.StandardButton.No)
    return box.exec() == QMessageBox.StandardButton.Yes


def ask_where(
    parent: QWidget, title: str, proposed: str, kinds: str, completed: Callable[[Path], Path], kind: str = ""
) -> Path | None:
    """Ask for the name of a file to save; None if the user does not want to.

    The dialog asks before a file is replaced. Where the name gets an ending afterwards, so does this.

    Parameters
    ----------
    parent, title
        Window that asks, and its title.
    proposed
        Name or path to begin with.
    kinds, kind
        Filters of the dialog, and the one that is chosen.
    completed
        Gives a name the ending that it lacks.
    """
    name, _ = QFileDialog.getSaveFileName(parent, title, proposed, kinds, kind)
    if not name:
        return None
    path = completed(Path(name))
    if path != Path(name) and path.exists() and not ask(parent, f"{path.name} already exists. Replace it?"):
        return None
    return path
