"""Network view: what the network got with the last click, on demand."""

from typing import TYPE_CHECKING

import numpy as np
from qtpy.QtCore import Qt
from qtpy.QtGui import QImage, QPixmap
from qtpy.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from napari_simpleclick.plugin.jobs.worker import Runs
from napari_simpleclick.plugin.widgets.blocks import named
from napari_simpleclick.plugin.workspace.workspace import Workspace

if TYPE_CHECKING:
    from napari_simpleclick.inference.session import ClickSession, Step

SIDE = 256
"""Side of the picture in the window."""


class NetworkView(QWidget):
    """A button, and while it is pressed the network's input for the newest click of the object on this slice.

    Parameters
    ----------
    workspace
        Has the clicks.
    run
        Reads pixels beside the window's thread.
    """

    def __init__(self, workspace: Workspace, run: Runs) -> None:
        super().__init__()
        self.workspace, self.run = workspace, run
        self.button = named(
            QPushButton("Show network input"),
            "Network view",
            "The region that the network looked at for the last click here, with the mask before it (yellow) and the "
            "clicks (blue adds, orange removes)",
        )
        self.button.setCheckable(True)
        self.picture = named(
            QLabel(), "What the network got", "Region, previous mask and clicks of the last click here"
        )
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.button)
        layout.addWidget(self.picture)
        self._shown: Step | None = None
        self.button.toggled.connect(self._toggle)

    def refresh(self) -> None:
        """Draw the picture anew if there is another click."""
        if not self.button.isChecked():
            return
        workspace, annotator = self.workspace, self.workspace.annotator
        plane = workspace.shown_plane
        session = annotator.sessions.get((workspace.object_id, plane.key)) if annotator and plane else None
        newest = session.newest if session else None
        if session is None or newest is None or not session.click_count:
            self._shown = None
            self.picture.setText("No click of this object on this slice yet.")
        elif newest is not self._shown:
            self._shown = newest
            self.run(lambda: _picture(session), self._show, workspace.failed.emit)

    def _toggle(self, on: bool) -> None:
        self._shown = None
        self.picture.setVisible(on)
        self.refresh()

    def _show(self, picture: np.ndarray | None) -> None:
        if picture is None:
            self.picture.setText("Nobody clicked here since the work was restored: click once more.")
            return
        height, width, _ = picture.shape
        image = QImage(picture.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
        smooth = Qt.TransformationMode.SmoothTransformation
        self.picture.setPixmap(QPixmap.fromImage(image).scaledToWidth(SIDE, smooth))


def _picture(session: "ClickSession") -> np.ndarray | None:
    from napari_simpleclick.inference.network_view import network_view  # needs torch: the window opens without

    return network_view(session)
