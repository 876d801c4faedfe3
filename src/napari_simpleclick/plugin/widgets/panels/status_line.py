"""Status line: what was done, what to do next, and that something takes time."""

import re
from collections.abc import Callable

from qtpy.QtCore import Qt, QTimer
from qtpy.QtWidgets import QLabel, QSizePolicy

from napari_simpleclick.plugin.display.messages import plain_tooltip
from napari_simpleclick.write_errors import plain_words

WORKING = "Working …"

LONG_WORD, BREAK = 20, "\u200b"
"""Letters after which a word may be broken, by a space without width: Qt would cut off what is longer than the line."""

BUSY_AFTER_MS = 300
"""Work that takes longer is announced."""


class StatusLine(QLabel):
    """A line of plain text below the dock.

    Parameters
    ----------
    working
        Whether something takes time without telling how far it is.
    """

    def __init__(self, working: Callable[[], bool]) -> None:
        super().__init__()
        self.working = working
        self.setTextFormat(Qt.TextFormat.PlainText)  # it quotes names of files, layers and objects
        self.setWordWrap(True)
        policy = self.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)  # or a long name of a file widens the dock for good
        self.setSizePolicy(policy)
        self.setAccessibleName("Status")
        self.busy_timer = QTimer(self)
        self.busy_timer.setSingleShot(True)
        self.busy_timer.setInterval(BUSY_AFTER_MS)
        self.busy_timer.timeout.connect(self._tell_working)

    def setText(self, text: str | None) -> None:
        """Show a text, whose long words may go on in the next line."""
        super().setText(re.sub(rf"(\S{{{LONG_WORD}}})(?=\S)", rf"\1{BREAK}", text or ""))

    def text(self) -> str:
        """What is shown."""
        return super().text().replace(BREAK, "")

    def tell(self, text: str) -> None:
        """Show a text; all of it is in the tooltip."""
        self.setText(text)
        self.setToolTip(plain_tooltip(text))

    def tell_error(self, error: Exception) -> None:
        """Show an error, in napari's own way, too."""
        from napari.utils.notifications import show_error

        text = plain_words(error)
        self.setText(text)
        show_error(text)

    def show_busy(self, busy: bool) -> bool:
        """Announce work that goes on for long; returns whether the line still says so when it has ended."""
        if busy and not self.busy_timer.isActive():
            self.busy_timer.start()
        elif not busy:
            self.busy_timer.stop()
        return not busy and self.text() == WORKING

    def _tell_working(self) -> None:
        if self.working():
            self.setText(WORKING)
