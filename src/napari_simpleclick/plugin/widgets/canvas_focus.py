"""Keys of the dock: they act wherever the focus is in it, and what was chosen gives the focus back to the canvas."""

from collections.abc import Callable, Mapping

from qtpy.QtCore import QEvent, QObject
from qtpy.QtGui import QKeyEvent, QKeySequence
from qtpy.QtWidgets import QAbstractSpinBox, QLineEdit, QWidget


class DockKeys(QObject):
    """Event filter: keys act while the focus is on a table, menu, strip or button; fields for text keep theirs.

    Parameters
    ----------
    dock
        The widget whose children are listened to.
    actions
        What keys do, by the key as napari writes it: "Control-Z".
    """

    def __init__(self, dock: QWidget, actions: Mapping[str, Callable[[], object]]) -> None:
        super().__init__(dock)
        self.actions = {key.replace("Control", "Ctrl").replace("-", "+"): action for key, action in actions.items()}
        for child in dock.findChildren(QWidget):
            child.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Act on a key of ours; everything else goes its way."""
        if not isinstance(event, QKeyEvent) or event.type() not in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            return False
        number = isinstance(watched, QAbstractSpinBox) or isinstance(
            watched.parent() if watched else None, QAbstractSpinBox
        )
        if number and not event.text().isalpha():
            return False
        if isinstance(watched, QLineEdit) and not number:
            return False
        action = self.actions.get(key_text(event))
        if action is None:
            return False
        if event.type() == QEvent.Type.KeyPress:
            action()
        event.accept()
        return True


def key_text(event: QKeyEvent) -> str:
    """A key with its modifiers: "Ctrl+Shift+Z", "Enter" for both keys of that name."""
    text = QKeySequence(event.keyCombination()).toString().removeprefix("Num+")
    return text.replace("Return", "Enter").replace("Esc", "Escape")


def focus_canvas(widget: QWidget) -> None:
    """Give the keys back to napari's canvas."""
    parent: QWidget | None = widget
    while parent is not None and not hasattr(parent, "centralWidget"):
        parent = parent.parentWidget()
    centre = parent.centralWidget() if parent is not None else None
    for child in centre.findChildren(QWidget) if centre is not None else ():
        if child.inherits("QOpenGLWidget"):
            child.setFocus()
            return
