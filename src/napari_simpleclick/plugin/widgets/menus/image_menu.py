"""Image menu: the images of the viewer, and which one is annotated; what is opened first is annotated at once."""

from typing import Any

from psygnal import Signal
from qtpy.QtCore import QTimer

from napari_simpleclick.plugin.tools.image_choice import ImageChoice
from napari_simpleclick.plugin.tools.top_layer import on_top
from napari_simpleclick.plugin.widgets.panels.setup_panel import SetupPanel
from napari_simpleclick.plugin.workspace.workspace import Workspace


class ImageMenu:
    """Lists the images in the menu of the setup panel, and annotates what is chosen there.

    Parameters
    ----------
    workspace
        What is annotated.
    images
        Goes to an image.
    setup
        Holds the menu and the button *Annotate*.
    """

    changed = Signal()
    """Other images are listed."""

    annotated = Signal()
    """An image was chosen."""

    def __init__(self, workspace: Workspace, images: ImageChoice, setup: SetupPanel) -> None:
        self.workspace, self.images, self.setup = workspace, images, setup
        self.layers = workspace.viewer.layers
        self._stopped = False
        self.begin_timer = QTimer(setup.image_menu)
        self.begin_timer.setSingleShot(True)
        self.begin_timer.setInterval(0)
        self.begin_timer.timeout.connect(self._begin)
        setup.annotate_button.clicked.connect(lambda _checked: self._annotate_chosen())
        setup.image_menu.activated.connect(lambda _row: self._choose())
        self.layers.events.inserted.connect(self._on_inserted)
        self.layers.events.removed.connect(self.refresh)
        self.layers.events.reordered.connect(self.refresh)
        for image in self._images():
            image.events.name.connect(self.refresh)

    def refresh(self, _event: object = None) -> None:
        """List the images."""
        if self._stopped:
            return
        images = self._images()
        self.setup.list_images([image.name for image in images])
        if self.workspace.image in images:
            self.setup.image_menu.setCurrentIndex(images.index(self.workspace.image))
        self.changed.emit()

    def annotate_active(self) -> None:
        """Annotate the active image, else the topmost that is shown."""
        active, images = self.layers.selection.active, self._images()
        seen = [image for image in images if image.visible] or images
        if not images:
            self.workspace.say_next()
            return
        self.setup.image_menu.setCurrentIndex(images.index(active if active in seen else seen[-1]))
        self._annotate_chosen()

    def stop(self) -> None:
        """Leave the layers alone from now on."""
        self._stopped = True
        self.begin_timer.stop()

    def _images(self) -> list[Any]:
        from napari.layers import Image

        return [layer for layer in self.layers if isinstance(layer, Image)]

    def _annotate_chosen(self) -> None:
        images = self._images()
        if images:
            image = images[max(self.setup.image_menu.currentIndex(), 0)]
            image.visible = True
            self.images.annotate(image)
            self.annotated.emit()

    def _choose(self) -> None:
        """Annotate an image that was chosen, and show it: others on its grid that lie over it are hidden."""
        self._annotate_chosen()
        image = self.workspace.image
        if image is not None:
            while (top := on_top(image, self.layers)) != image:
                top.visible = False

    def _on_inserted(self, event: Any) -> None:
        if self._stopped:
            return
        event.value.events.name.connect(self.refresh)
        self.refresh()
        if self.workspace.image is None and self._images():
            self.begin_timer.start()

    def _begin(self) -> None:
        """Annotate what was opened, once all of it is there: a folder may have brought several images."""
        if self.workspace.image is None:
            self.annotate_active()
