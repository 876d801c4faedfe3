"""Changes of the image: masks and clicks follow its place and units, and its shape as far as their slices stay."""

from typing import TYPE_CHECKING

from napari_simpleclick.data.memory import zeros
from napari_simpleclick.plugin.display.canvas import Canvas
from napari_simpleclick.plugin.display.layers import placement
from napari_simpleclick.plugin.workspace.planes import layer_data
from napari_simpleclick.plugin.workspace.workspace import Workspace

if TYPE_CHECKING:
    from napari.layers import Image

PLACE = ("axis_labels", "units", "scale", "translate", "rotate", "shear", "affine")
"""Properties of layers that say where they lie, in the order in which they can be set."""


class ImageChanges:
    """Lets masks and clicks follow the image that is annotated.

    Parameters
    ----------
    workspace, canvas
        What is annotated, and how it is shown.
    """

    def __init__(self, workspace: Workspace, canvas: Canvas) -> None:
        self.workspace, self.canvas = workspace, canvas
        self.watched: Image | None = None
        workspace.image_changed.connect(self._watch)

    def stop(self) -> None:
        """Follow no image any more."""
        if self.watched is not None:
            for name in PLACE:
                getattr(self.watched.events, name).disconnect(self._on_moved)
            self.watched.events.data.disconnect(self._on_data)
        self.watched = None

    def _watch(self) -> None:
        self.stop()
        self.watched = image = self.workspace.image
        if image is not None:
            for name in PLACE:
                getattr(image.events, name).connect(self._on_moved)
            image.events.data.connect(self._on_data)

    def _on_moved(self, _event: object = None) -> None:
        image = self.workspace.image
        for layer in (self.workspace.labels, self.workspace.points):
            if image is not None and layer is not None:
                place = placement(image)
                for name in PLACE:
                    setattr(layer, name, place[name])

    def _on_data(self, _event: object = None) -> None:
        image, labels = self.workspace.image, self.workspace.labels
        if image is None or labels is None:
            return
        shape = layer_data(image).shape[: image.ndim]
        if shape == labels.data.shape:
            return
        if self._holds(shape):
            larger = zeros(shape, labels.data.dtype.type)
            part = tuple(slice(min(sizes)) for sizes in zip(shape, labels.data.shape, strict=True))
            larger[part] = labels.data[part]
            labels.data = larger
            return
        self.workspace.begin(image)
        self.canvas.add_layers(image)
        self.workspace.status.emit(
            f"The image has another shape now, {shape}. Its masks are kept in {labels.name!r}; new ones are begun."
        )

    def _holds(self, shape: tuple[int, ...]) -> bool:
        """Whether all slices that have clicks are there in an image of this shape, in the size that they had."""
        before = self.workspace.labels.data.shape if self.workspace.labels is not None else ()
        if len(shape) != len(before):
            return False
        return all(
            shape[axis] == before[axis] if axis in plane.axes else plane.point[axis] < shape[axis]
            for plane in self.workspace.planes.values()
            for axis in range(len(shape))
        )
