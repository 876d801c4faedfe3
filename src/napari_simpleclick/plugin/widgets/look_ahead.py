"""Look ahead: the network sees a slice as soon as it is shown, so that the first click is as fast as the others."""

from typing import TYPE_CHECKING, Any

from qtpy.QtCore import QTimer

from napari_simpleclick.plugin.workspace.channels import pictures
from napari_simpleclick.plugin.workspace.planes import PlaneError, displayed_plane, field_of_view

if TYPE_CHECKING:
    from napari.layers import Image

    from napari_simpleclick.plugin.controller import Controller

REST_MS = 150
"""A slice that is shown so long, in milliseconds, is looked at: whoever leafs through a stack is not slowed."""


class LookAhead:
    """Has the worker compute the image features that a first click on the present object would need.

    Parameters
    ----------
    controller
        Has image, object and predictor.
    """

    def __init__(self, controller: "Controller") -> None:
        self.controller = controller
        self.timer = QTimer()
        self.timer.setSingleShot(True)
        self.timer.setInterval(REST_MS)
        self.timer.timeout.connect(self.look)
        self._image: Image | None = None
        self._seen: tuple[Any, ...] = ()
        controller.changed.connect(self._wait)
        # napari 0.9 moved the camera to the scene.
        self.camera = getattr(controller.viewer, "scene", controller.viewer).camera
        self.camera.events.connect(self._wait)

    def look(self) -> None:
        """Prepare the first click, unless that was done or the object has a mask here."""
        controller, annotator, image = self.controller, self.controller.annotator, self.controller.image
        if image is None or annotator is None or controller.busy:
            return  # `changed` tells when that is over
        self._watch(image)
        try:
            plane = displayed_plane(image, controller.viewer.dims)
        except PlaneError:
            return
        prepare = getattr(annotator.predictor, "prepare", None)
        view = field_of_view(image, plane) if controller.look_at_view else None
        seen = id(annotator.predictor), id(image), plane.key, view
        known = annotator.sessions.prediction(controller.object_id, plane.key)
        if prepare is None or seen == self._seen or known is not None:
            return
        self._seen = seen
        picture = pictures(image)
        controller.jobs.run(lambda: prepare(picture(plane), view=view), lambda _: None, lambda _error: None)

    def stop(self) -> None:
        """Look no more."""
        self.timer.stop()
        self.controller.changed.disconnect(self._wait)
        self.camera.events.disconnect(self._wait)
        if self._image is not None:
            self._image.events.set_data.disconnect(self._shown)

    def _watch(self, image: "Image") -> None:
        if image is not self._image:
            if self._image is not None:
                self._image.events.set_data.disconnect(self._shown)
            self._image = image
            image.events.set_data.connect(self._shown)

    def _shown(self, _event: object = None) -> None:
        """Another slice is shown, or the same with other pixels."""
        self._seen = ()
        self._wait()

    def _wait(self, _event: object = None) -> None:
        self.timer.start()
