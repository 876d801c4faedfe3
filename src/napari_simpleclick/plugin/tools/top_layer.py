"""Top layer: of several images on one grid, such as the modalities of a patient, the network sees the one on top."""

from typing import TYPE_CHECKING, Any

from napari_simpleclick.data.fingerprint import fingerprint
from napari_simpleclick.plugin.jobs.worker import Runs
from napari_simpleclick.plugin.tools.mouse import on_same_grid
from napari_simpleclick.plugin.workspace import channels
from napari_simpleclick.plugin.workspace.channels import Channel
from napari_simpleclick.plugin.workspace.planes import layer_data
from napari_simpleclick.plugin.workspace.workspace import Workspace

if TYPE_CHECKING:
    from napari.layers import Image

SEEN_THROUGH = frozenset({"additive", "minimum", "multiplicative"})
"""Blendings that mix a layer with those below it; what is seen is then no single layer."""


class TopLayer:
    """Follows which image is on top, as long as nobody chose channels.

    Parameters
    ----------
    workspace
        Has the annotated image and the viewer; told what is seen from now on.
    run
        Reads pixels, for the fingerprint of an image, beside the window's thread.
    """

    def __init__(self, workspace: Workspace, run: Runs) -> None:
        self.workspace, self.run = workspace, run
        self._followed: Image | None = None
        """What was chosen here; None for the annotated image itself."""
        events = workspace.viewer.layers.events
        for event in (events.inserted, events.removed, events.reordered):
            event.connect(self.follow)
        events.inserted.connect(self._listen)
        for layer in workspace.viewer.layers:
            layer.events.visible.connect(self.follow)
        workspace.image_changed.connect(self._begin)

    def stop(self) -> None:
        """Follow no more."""
        events = self.workspace.viewer.layers.events
        for event in (events.inserted, events.removed, events.reordered):
            event.disconnect(self.follow)
        events.inserted.disconnect(self._listen)
        for layer in self.workspace.viewer.layers:
            layer.events.visible.disconnect(self.follow)

    def follow(self, _event: object = None) -> None:
        """Let the network see what is on top now."""
        workspace, image = self.workspace, self.workspace.image
        if image is None or image.rgb or image not in workspace.viewer.layers:
            return
        top = on_top(image, workspace.viewer.layers)
        chosen = {each.layer for each in channels.channels(image)}
        ours = chosen == {self._followed or image}
        if not ours or top in chosen:
            return

        def found() -> Channel:
            return Channel(top, hash="" if top == image else fingerprint(layer_data(top)))

        def seen(channel: Channel) -> None:
            if workspace.image != image or on_top(image, workspace.viewer.layers) != top:
                return  # meanwhile another one is on top, which is followed by itself
            for place in range(len(channels.COLORS)):
                channels.choose(image, place, channel)
            self._followed = None if top == image else top
            workspace.status.emit(f"The network looks at {top.name!r}, which is on top.")
            workspace.changed.emit()

        self.run(found, seen, workspace.failed.emit)

    def _begin(self) -> None:
        self._followed = None
        self.follow()

    def _listen(self, event: Any) -> None:
        event.value.events.visible.connect(self.follow)


def on_top(image: "Image", layers: Any) -> "Image":
    """The uppermost visible grey image that lies on the grid of an image and hides it; the image itself if none does.

    Examples
    --------
    >>> import numpy as np
    >>> from napari.layers import Image
    >>> t1, t2, heat = (Image(np.zeros((4, 4)), name=name) for name in ("t1", "t2", "heat"))
    >>> heat.blending = "additive"
    >>> on_top(t1, [t1, t2, heat]).name
    't2'
    >>> t2.visible = False
    >>> on_top(t1, [t1, t2, heat]).name
    't1'
    """
    from napari.layers import Image

    for layer in reversed(layers):
        if layer == image:
            return image
        if isinstance(layer, Image) and not layer.rgb and hides(layer) and on_same_grid(layer, image):
            return layer
    return image


def share_masks(one: "Image", other: "Image") -> bool:
    """Whether one mask serves two images: grey ones on the same grid, such as the modalities of a patient."""
    return not one.rgb and not other.rgb and on_same_grid(one, other)


def hides(layer: "Image") -> bool:
    """Whether what lies below a layer is not seen."""
    return bool(layer.visible and layer.opacity > 0.5 and str(layer.blending) not in SEEN_THROUGH)
