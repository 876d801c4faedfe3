"""Rest timer: a timer of Qt for tools that wait until nothing happens."""

from collections.abc import Callable

from qtpy.QtCore import QTimer


def rest_timer(milliseconds: int, call: Callable[[], None]) -> QTimer:
    """A stopped timer that calls a function once when it has counted down."""
    timer = QTimer()
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(call)
    return timer
