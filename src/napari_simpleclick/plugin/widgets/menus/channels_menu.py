"""Menus "Red", "Green", "Blue": which images the network sees as its three channels; folded away until asked for."""

from typing import Any

from qtpy.QtWidgets import QFormLayout, QPushButton, QWidget

from napari_simpleclick.plugin.jobs.worker import Runs
from napari_simpleclick.plugin.widgets.blocks import Menu, named
from napari_simpleclick.plugin.workspace import channels
from napari_simpleclick.plugin.workspace.channels import COLORS, Channel
from napari_simpleclick.plugin.workspace.workspace import Workspace


class ChannelsMenu(QWidget):
    """Three menus below each other.

    Parameters
    ----------
    workspace
        Has the image; told what is seen from now on.
    button
        Unfolds the menus; pressed and enabled where there is something to choose.
    run
        Reads pixels beside the window's thread.
    """

    def __init__(self, workspace: Workspace, button: QPushButton, run: Runs) -> None:
        super().__init__()
        self.workspace, self.button, self.run = workspace, button, run
        self.menus = [
            named(Menu(), f"{color} from", f"What the network sees as {color}, from the next click on")
            for color in COLORS
        ]
        self.offered: dict[str, Channel] = {}
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        for place, (color, menu) in enumerate(zip(COLORS, self.menus, strict=True)):
            menu.textActivated.connect(lambda name, place=place: self.choose(place, name))
            form.addRow(color.capitalize(), menu)
        self.setVisible(False)
        button.setEnabled(False)
        button.toggled.connect(self.setVisible)

    def refresh(self) -> None:
        """List what there is to choose, and show what is chosen."""
        image, layers = self.workspace.image, self.workspace.viewer.layers
        offered = channels.choices(image, layers) if image is not None else {}
        self.button.setEnabled(len(offered) > 1)
        if len(offered) < 2:
            self.button.setChecked(False)
        if image is None:
            return
        for name in channels.forget(image, layers):
            self.workspace.status.emit(f"{name!r} was closed: the network sees {image.name!r} instead.")
        now = [next((name for name, each in offered.items() if each == one), "") for one in channels.channels(image)]
        if self.shown() == (list(offered), now):
            return
        self.offered = offered
        for menu, name in zip(self.menus, now, strict=True):
            menu.clear()
            menu.addItems(list(offered))
            menu.setCurrentText(name)

    def shown(self) -> tuple[list[str], list[str]]:
        """What the menus offer, and what is chosen in them."""
        return list(self.offered), [menu.currentText() for menu in self.menus]

    def choose(self, place: int, name: str) -> None:
        """Let the network see a channel as red (0), green (1) or blue (2) from the next click on."""
        workspace, image = self.workspace, self.workspace.image
        if image is None:
            return

        def chosen(_nothing: Any) -> None:
            workspace.status.emit(f"From the next click on the network sees {name!r} as {COLORS[place]}.")
            workspace.changed.emit()

        def refused(error: Exception) -> None:
            workspace.failed.emit(error)
            workspace.changed.emit()

        self.run(lambda: channels.choose(image, place, self.offered[name]), chosen, refused)
