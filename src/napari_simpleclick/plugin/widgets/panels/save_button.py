"""Save button: asks where the masks go."""

from qtpy.QtWidgets import QPushButton

from napari_simpleclick.plugin.io.save_masks import KINDS, with_ending
from napari_simpleclick.plugin.io.saving import Saving
from napari_simpleclick.plugin.widgets.dialogs.questions import ask_where


class SaveButton(QPushButton):
    """The button *Save masks…* with its dialog.

    Parameters
    ----------
    saving
        Writes.
    """

    def __init__(self, saving: Saving) -> None:
        super().__init__("Save masks…")
        self.saving = saving
        self.setAccessibleName("Save masks")
        self.setToolTip(
            "Save the masks as NIfTI, TIFF, OME-Zarr or PNG, by the ending of the name, with the image's grid (Shift+S)"
        )
        self.clicked.connect(lambda _checked: self.ask())

    def ask(self) -> None:
        """Ask for a name and save."""
        path = self.saving.suggested()
        if path is None:
            return
        kinds = {kind: f"{kind} ({' '.join('*' + ending for ending in KINDS[kind])})" for kind in self.saving.formats}
        fitting = [text for kind, text in kinds.items() if path.name.endswith(KINDS[kind])]
        everything = f"All formats ({' '.join('*' + ending for kind in kinds for ending in KINDS[kind])})"
        filters = ";;".join([*kinds.values(), everything])
        chosen = ask_where(self, "Save masks", str(path), filters, with_ending, (fitting or [everything])[0])
        if chosen:
            self.saving.save(chosen)
