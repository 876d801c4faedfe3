"""Menu *Contrast*: which intensities of the image the network sees; what is slow to read is read elsewhere."""

from typing import Any

from napari_simpleclick.plugin.jobs.worker import Runs
from napari_simpleclick.plugin.widgets.panels.setup_panel import SetupPanel
from napari_simpleclick.plugin.workspace import intensities as seen_intensities
from napari_simpleclick.plugin.workspace.workspace import Workspace


class IntensityMenu:
    """Offers what the present image has, and chooses.

    Parameters
    ----------
    workspace
        Has the image; told what went wrong, and what is seen from now on.
    setup
        Has the menu.
    run
        Reads pixels beside the window's thread.
    """

    def __init__(self, workspace: Workspace, setup: SetupPanel, run: Runs) -> None:
        self.workspace, self.setup, self.run = workspace, setup, run
        self.listed: tuple[Any, str] = None, ""
        setup.seen_menu.textActivated.connect(self.choose)

    def refresh(self) -> None:
        """List anew if the image is another one, or something else was chosen for it."""
        image = self.workspace.image
        if self.listed != (image, seen_intensities.choice(image) if image is not None else ""):
            self._list()

    def choose(self, name: str) -> None:
        """Let the network see these intensities from the next click on."""
        image = self.workspace.image
        if image is None:
            return

        def chosen(_nothing: None) -> None:
            self.listed = image, name
            self.workspace.status.emit(f"From the next click on the network sees {name!r} of {image.name!r}.")

        def refused(error: Exception) -> None:
            self.workspace.failed.emit(error)
            self._list()

        self.run(lambda: seen_intensities.choose(image, name), chosen, refused)

    def _list(self) -> None:
        image = self.workspace.image
        if image is None:
            self.listed = None, ""
            return
        chosen = seen_intensities.choice(image)
        self.listed = image, chosen

        def found(names: list[str]) -> None:
            if image is self.workspace.image:
                self.setup.list_intensities(names, seen_intensities.choice(image))

        self.setup.list_intensities([chosen], chosen)
        self.run(lambda: seen_intensities.choices(image), found, self.workspace.failed.emit)
