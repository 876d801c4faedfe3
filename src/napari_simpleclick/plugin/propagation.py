"""From slice to slice: propagate an object on a leash, fill gaps between slices, accept what was found."""

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from napari_simpleclick.data.volume import SliceView
from napari_simpleclick.inference.annotator import Place
from napari_simpleclick.inference.interpolation import between
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.propagation import follow, why_stop
from napari_simpleclick.inference.session import UNREVIEWED
from napari_simpleclick.plugin.planes import contrast_limits, displayed_plane

if TYPE_CHECKING:
    from napari_simpleclick.plugin.controller import Controller

MOST_SLICES = 1000
"""Propagation stops after so many slices."""


class Propagation:
    """Carries the present object of a controller to other slices.

    Parameters
    ----------
    controller
        Owns layers and annotator.
    """

    def __init__(self, controller: "Controller") -> None:
        self.controller = controller
        self.running = False

    def cancel(self) -> None:
        """Stop after the slice that is being predicted."""
        self.running = False

    def propagate(self, step: int, count: int = MOST_SLICES) -> None:
        """Find the object on the following (1) or preceding (-1) slices until it is lost or a reviewed slice comes.

        Parameters
        ----------
        step
            1 or -1.
        count
            Number of slices at most.
        """
        plane = self.shown_plane()
        if plane is None or self.running:
            return
        annotator = self.controller.annotator
        if not annotator or not known(annotator.prediction(self.controller.object_id, plane.key)):
            self.controller.status.emit("Click the object on this slice first, then propagate it.")
            return
        self.running = True
        self._go_on(plane, step, count, 0)

    def interpolate(self) -> None:
        """Fill the slices between those where the object was clicked, painted or accepted."""
        shown, controller = self.shown_plane(), self.controller
        if shown is None or controller.annotator is None:
            return
        gaps = list(self.gaps(shown))
        if not gaps:
            controller.status.emit("Outline the object on two slices with a gap between them first.")
            return
        image = controller.image
        masks = [((controller.object_id, plane.key), plane.image(contrast_limits(image)), mask) for plane, mask in gaps]
        controller.draw([plane for plane, _ in gaps], masks, "interpolated")
        controller.status.emit(f"Object {controller.object_id}: {len(gaps)} slices between others filled.")

    def accept(self) -> None:
        """Mark the object on the displayed slice as reviewed; propagation and interpolation leave it alone then."""
        plane, controller = self.shown_plane(), self.controller
        if plane is None or controller.annotator is None:
            return
        place: Place = (controller.object_id, plane.key)
        if controller.annotator.origins(place[0]).get(plane.key) in UNREVIEWED:
            session = controller.annotator.sessions[place]
            controller.draw([plane], [(place, session.image, session.prediction)], "accepted")
            controller.status.emit(f"Object {controller.object_id}: this slice is accepted.")

    def shown_plane(self) -> SliceView | None:
        """The displayed plane; None, and a message, where there is no other slice."""
        controller = self.controller
        if not controller.ready or controller.annotator is None or controller.image is None:
            return None
        try:
            plane = displayed_plane(controller.image, controller.viewer.dims)
        except ValueError as error:
            controller.failed.emit(error)
            return None
        if slice_axis(plane) is None:
            controller.status.emit("The image has no other slice.")
            return None
        return plane

    def gaps(self, shown: SliceView) -> "list[tuple[SliceView, Prediction]]":
        """Planes between reviewed ones, each with the object's interpolated shape."""
        controller = self.controller
        assert controller.annotator is not None
        axis = slice_axis(shown)
        assert axis is not None
        reviewed: dict[int, Prediction] = {}
        for key, origin in controller.annotator.origins(controller.object_id).items():
            plane = controller.planes[key]
            prediction = controller.annotator.prediction(controller.object_id, key)
            if origin not in UNREVIEWED and moved(shown, axis, plane.point[axis]).key == key and known(prediction):
                reviewed[plane.point[axis]] = prediction
        found = []
        for first, last in pairwise(sorted(reviewed)):
            ends = reviewed[first].object_mask(), reviewed[last].object_mask()
            for place in range(first + 1, last):
                patch = between(*ends, (place - first) / (last - first), shown.shape)
                found.append((moved(shown, axis, place), Prediction.from_patch(patch, shown.shape)))
        return found

    def _go_on(self, plane: SliceView, step: int, count: int, done: int) -> None:
        controller, object_id = self.controller, self.controller.object_id
        target = neighbour(plane, step)
        annotator = controller.annotator
        if done == count or target is None or annotator is None:
            self._end(f"{done} slices propagated" + ("" if target else " to the end of the stack"))
            return
        origin = annotator.origins(object_id).get(target.key)
        if origin is not None and origin not in UNREVIEWED:
            self._end(f"{done} slices propagated; the next one was {origin} already")
            return
        image = target.image(contrast_limits(controller.image))
        followed = annotator.sessions[object_id, plane.key].steps[-1]
        before = followed.prediction

        def found(result: Any) -> None:
            reason = why_stop(before.object_mask(), result.object_mask())
            if not self.running or not controller.ready or controller.object_id != object_id or reason:
                self._end(f"{done} slices propagated; stopped: {reason or 'cancelled'}")
                return
            controller.draw([target], [((object_id, target.key), image, result)], "propagated", source=followed)
            controller.show_plane(target)
            controller.status.emit(f"Object {object_id}: {done + 1} slices propagated … (Esc stops)")
            self._go_on(target, step, count, done + 1)

        controller.submit(lambda: follow(annotator.predictor, before, image), found, self.cancel)

    def _end(self, text: str) -> None:
        self.running = False
        self.controller.status.emit(f"Object {self.controller.object_id}: {text}.")


def known(prediction: Prediction | None) -> bool:
    """Whether there is an object at all."""
    return prediction is not None and prediction.object_mask() is not None


def slice_axis(plane: SliceView) -> int | None:
    """The last axis that is not displayed."""
    hidden = [axis for axis in range(len(plane.point)) if axis not in plane.axes]
    return hidden[-1] if hidden else None


def moved(plane: SliceView, axis: int, place: int) -> SliceView:
    """The parallel plane at a place along an axis."""
    point = tuple(0 if a in plane.axes else place if a == axis else at for a, at in enumerate(plane.point))
    return replace(plane, point=point)


def neighbour(plane: SliceView, step: int) -> SliceView | None:
    """The plane one step further; None beyond the ends of the stack."""
    axis = slice_axis(plane)
    if axis is None or not 0 <= plane.point[axis] + step < plane.data.shape[axis]:
        return None
    return moved(plane, axis, plane.point[axis] + step)
