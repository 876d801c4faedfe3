"""Image menu: the images of the viewer, and which one is annotated; what is opened first is annotated at once."""

from typing import TYPE_CHECKING, Any

from psygnal import Signal
from qtpy.QtCore import QTimer

from napari_simpleclick.plugin.tools.image_choice import ImageChoice
from napari_simpleclick.plugin.tools.top_layer import on_top, share_masks
from napari_simpleclick.plugin.widgets.panels.setup_panel import SetupPanel
from napari_simpleclick.plugin.workspace.kept_workspaces import is_kept
from napari_simpleclick.plugin.workspace.workspace import Workspace

if TYPE_CHECKING:
    from napari.layers import Image


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
        self.setup.list_images([image.name for image in self._images()])
        self.show_present()
        self.changed.emit()

    def show_present(self) -> None:
        """Show which image is annotated; of several on one grid, the one on top, which the network looks at."""
        images, present = self._images(), self.workspace.image
        if present in images:
            top = present if present.rgb else on_top(present, self.layers)
            self.setup.image_menu.setCurrentIndex(images.index(top))

    def annotate_active(self) -> None:
        """Annotate the active image, else the topmost that is shown; where work was kept on their grid, that."""
        active, images = self.layers.selection.active, self._images()
        seen = [image for image in images if image.visible] or images
        if not images:
            self.workspace.say_next()
            return
        # The layer itself: napari gives a proxy of the active one, which is equal to it and not the same.
        wanted = images[images.index(active if active in seen else seen[-1])]
        self._annotate(next((image for image in images if is_kept(image) and share_masks(image, wanted)), wanted))

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
            self._annotate(images[max(self.setup.image_menu.currentIndex(), 0)])

    def _annotate(self, image: "Image") -> None:
        image.visible = True
        self.images.annotate(image)
        self.show_present()
        self.annotated.emit()

    def _choose(self) -> None:
        """Annotate an image that was chosen, and show it; on the grid of the present one, masks and clicks stay."""
        images = self._images()
        if not images:
            return
        image, present = images[max(self.setup.image_menu.currentIndex(), 0)], self.workspace.image
        if present not in images or not share_masks(image, present):
            self._annotate(image)
            present = image
        self._put_on_top(image, present)
        self.show_present()

    def _put_on_top(self, image: "Image", present: "Image") -> None:
        """Show an image over the annotated one on its grid: others that lie over it are hidden."""
        image.visible = True
        place, start = self.layers.index(present), self.layers.index(image)
        if start < place:
            self.layers.move(start, place + 1)
        while (top := on_top(present, self.layers)) != image:
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
