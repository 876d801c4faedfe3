"""Look ahead: the network sees a slice as soon as it is shown, so that the first click is as fast as the others."""

from typing import TYPE_CHECKING, Any

from napari_simpleclick.inference.session import Preparing
from napari_simpleclick.plugin.display.canvas import Canvas
from napari_simpleclick.plugin.jobs.jobs import Jobs
from napari_simpleclick.plugin.jobs.timer import MakeTimer
from napari_simpleclick.plugin.workspace.channels import pictures
from napari_simpleclick.plugin.workspace.workspace import Workspace

if TYPE_CHECKING:
    from napari.layers import Image

REST_MS = 150
"""A slice that is shown so long, in milliseconds, is looked at: whoever leafs through a stack is not slowed."""


class LookAhead:
    """Has the worker compute the image features that a first click on the present object would need.

    Parameters
    ----------
    workspace, jobs, canvas
        What is annotated, where slices are prepared, and whether that is free.
    make_timer
        Makes the timer that tells when a slice was shown for long enough.
    """

    def __init__(self, workspace: Workspace, jobs: Jobs, canvas: Canvas, make_timer: MakeTimer) -> None:
        self.workspace, self.jobs, self.canvas = workspace, jobs, canvas
        self.timer = make_timer(REST_MS, self.look)
        self._image: Image | None = None
        self._seen: tuple[Any, ...] = ()
        workspace.changed.connect(self._wait)
        # napari 0.9 moved the camera to the scene.
        self.camera = getattr(workspace.viewer, "scene", workspace.viewer).camera
        self.camera.events.connect(self._wait)

    def look(self) -> None:
        """Prepare the first click, unless that was done or the object has a mask here."""
        workspace, annotator, image = self.workspace, self.workspace.annotator, self.workspace.image
        if image is None or annotator is None or self.canvas.busy:
            return  # `changed` tells when that is over
        self._watch(image)
        plane = workspace.shown_plane
        if plane is None:
            return
        predictor = annotator.predictor
        view = workspace.view(plane)
        seen = id(predictor), id(image), plane.key, view
        known = annotator.sessions.prediction(workspace.object_id, plane.key)
        if not isinstance(predictor, Preparing) or seen == self._seen or known is not None:
            return
        self._seen = seen
        picture = pictures(image)
        self.jobs.run(lambda: predictor.prepare(picture(plane), view=view), lambda _: None, lambda _error: None)

    def stop(self) -> None:
        """Look no more."""
        self.timer.stop()
        self.workspace.changed.disconnect(self._wait)
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
