"""Main thread: functions that other threads hand over are called in the thread of the window."""

from qtpy.QtCore import QObject, Qt, Signal


class MainThread(QObject):
    """Calls functions, handed over by any thread, in the thread of the window."""

    called = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.called.connect(lambda function: function(), Qt.ConnectionType.QueuedConnection)
