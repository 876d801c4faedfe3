"""Left work: what was done on images that are open still, to go on where it was left.

It is left for another image, or by closing the widget; the next widget goes on with it.
"""

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from napari.layers import Image

    from napari_simpleclick.annotation.annotator import Annotator
    from napari_simpleclick.plugin.controller import Controller


class Work:
    """What a controller held when it went to another image.

    Parameters
    ----------
    controller
        Has the image still.
    annotator
        Has the objects.
    """

    def __init__(self, controller: "Controller", annotator: "Annotator") -> None:
        self.annotator = annotator
        self.planes, self.object_id = controller.planes, controller.object_id
        self.labels, self.points = controller.labels, controller.points
        self.clicked, self.waiting = controller.clicks.objects, controller.clicks.waiting
        self.painted = False
        if self.labels is not None:
            self.labels.events.paint.connect(self._on_painted)

    def _on_painted(self, _event: object) -> None:
        self.painted = True


LEFT: "WeakKeyDictionary[Image, Work]" = WeakKeyDictionary()
"""Work by image, of all controllers; gone with the image."""


class LeftWork:
    """Leaves the work of a controller, and takes up what was left.

    Parameters
    ----------
    controller
        Goes from image to image.
    """

    def __init__(self, controller: "Controller") -> None:
        self.controller = controller

    def go_to(self, image: "Image") -> None:
        """Begin on another image, or go on with it where it was left."""
        controller, annotator = self.controller, self.controller.annotator
        controller.edits.stop()
        self.leave()
        controller.image, controller.labels, controller.points = image, None, None
        controller.planes, controller.object_id = {}, 1
        controller.clicks.forget()
        if annotator is not None:
            controller.annotator = controller.objects.annotator_for(annotator.predictor)
            self._take_up(controller.annotator, LEFT.pop(image, None))

    def come_back(self) -> None:
        """Go on with what another controller left on the present image, unless its layers were removed since."""
        controller, image = self.controller, self.controller.image
        work = None if image is None else LEFT.pop(image, None)
        if work is None or controller.annotator is None:
            return
        if work.labels not in controller.viewer.layers and work.points not in controller.viewer.layers:
            return
        self._take_up(controller.annotator, work)
        controller.clicks.ask_again()
        if controller.labels is not None and work.labels is not None and not work.painted:
            controller.labels.name = work.labels.name
        if controller.points is not None and work.points is not None:
            controller.points.name = work.points.name
        controller.paint(controller.objects.painting_all())

    def leave(self) -> None:
        """Keep the work on the present image, if there is any."""
        controller, annotator = self.controller, self.controller.annotator
        if controller.image is None or annotator is None:
            return
        if annotator.sessions or annotator.objects or controller.clicks.waiting:
            LEFT[controller.image] = Work(controller, annotator)

    def _take_up(self, now: "Annotator", work: Work | None) -> None:
        """Go on with work; its layers are made anew, since answers may have come meanwhile.

        Masks that somebody painted in after they were left stay as a layer beside the new one.
        """
        if work is None:
            return
        controller = self.controller
        work.annotator.predictor = now.predictor
        work.annotator.overlap, work.annotator.others_negative = now.overlap, now.others_negative
        controller.annotator, controller.planes = work.annotator, work.planes
        controller.object_id = work.object_id
        controller.clicks.go_on(work.clicked, work.waiting)
        layers = controller.viewer.layers
        for layer in (work.points, None if work.painted else work.labels):
            if layer is not None and layer in layers:
                layers.remove(layer)
