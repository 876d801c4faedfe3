"""Earlier work: a row that offers to restore what was saved of an image, there until it is used or dismissed."""

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from napari_simpleclick.annotation.session_files.recoverable import RecoverableSession
from napari_simpleclick.plugin.sessions.autosave import Autosave, when
from napari_simpleclick.plugin.widgets.blocks import in_a_row, named
from napari_simpleclick.plugin.widgets.icons import IconButton
from napari_simpleclick.plugin.workspace.slices import counted


class EarlierWork(QWidget):
    """What there is, a button for the latest, a list of all, and one to dismiss them.

    Parameters
    ----------
    autosave
        Knows what there is.
    """

    def __init__(self, autosave: Autosave) -> None:
        super().__init__()
        self.autosave = autosave
        self.button = named(
            QPushButton("Restore"),
            "Restore earlier work",
            "Bring back clicks and masks as they were saved; nothing is overwritten",
        )
        self.list_button = IconButton("more", "List of earlier work", "Choose which earlier work to bring back")
        self.list_menu = QMenu(self)
        self.list_button.setMenu(self.list_menu)
        self.told = QLabel()
        self.told.setWordWrap(True)
        self.told.setTextFormat(Qt.TextFormat.PlainText)  # it quotes names of files and layers
        self.dismiss_button = IconButton("close", "Dismiss earlier work", "Offer it no more; the files stay")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.told)
        layout.addWidget(in_a_row(self.button, self.list_button, self.dismiss_button))
        self.button.clicked.connect(lambda _checked: self.restore())
        self.dismiss_button.clicked.connect(lambda _checked: autosave.dismiss())
        self._shown: list[str] = []
        self.refresh()

    def restore(self) -> None:
        """Bring back the latest work."""
        if self.autosave.find() is not None:
            self.autosave.restore_soon()
        elif self.autosave.offers:
            self.autosave.restore_file(self.autosave.offers[0].path)

    def refresh(self) -> None:
        """Show what there is."""
        offers = self.autosave.offers
        self.autosave.find()  # looks for work on an image that was just chosen
        ready = self.autosave.workspace.annotator is not None  # work comes back to an annotator, which needs the model
        for widget in (self, self.button):
            widget.setVisible(bool(offers) and ready)
        texts = [text_of(offer) for offer in offers]
        if texts == self._shown:
            return
        self._shown = texts
        self.told.setText(f"Earlier work: {texts[0]}" if texts else "")
        self.list_button.setEnabled(len(texts) > 1)
        self.list_menu.clear()
        for offer, text in zip(offers, texts, strict=True):
            action = self.list_menu.addAction(text)
            action.triggered.connect(lambda _checked=False, path=offer.path: self.autosave.restore_file(path))


def text_of(session: RecoverableSession) -> str:
    """What a session holds: "8 objects, 68 slices, 28 Nov 16:32, 0.3 MB"."""
    objects = f"{session.objects} object{'' if session.objects == 1 else 's'}"
    return f"{objects}, {counted(session.slices)}, {when(session.path)}, {session.size / 1e6:.1f} MB"
