"""Ending: what stops with a widget, once, whatever comes first: its dock is closed, Qt deletes it, or napari quits."""

from collections.abc import Callable, Iterable
from contextlib import suppress

from qtpy.QtWidgets import QApplication, QWidget


def at_the_end(widget: QWidget, steps: Iterable[Callable[[], object]]) -> Callable[[], None]:
    """Take steps in order when a widget is deleted or napari quits, or sooner, when what this returns is called.

    Steps that hold the widget would keep it alive.
    """
    remaining = list(steps)

    def end() -> None:
        while remaining:
            with suppress(RuntimeError):  # Qt deletes parts first where a script ends with its window
                remaining.pop(0)()

    quits = QApplication.instance().aboutToQuit
    remaining.insert(0, lambda: quits.disconnect(end))
    quits.connect(end)
    widget.destroyed.connect(end)
    return end
