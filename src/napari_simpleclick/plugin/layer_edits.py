"""Edits that the user makes on our layers with napari's own tools: dragged clicks, strokes, chosen labels."""

from typing import TYPE_CHECKING, Any

from napari_simpleclick.plugin.layers import read_clicks
from napari_simpleclick.plugin.painting import drawn_objects, finish_stroke, painted_region, planes_of
from napari_simpleclick.plugin.planes import PlaneError, contrast_limits, displayed_plane

if TYPE_CHECKING:
    from napari.layers import Labels, Points

    from napari_simpleclick.plugin.controller import Controller

UNFINISHED = {"adding", "removing", "changing"}
"""Actions of the points layer that another event follows."""


class LayerEdits:
    """Passes edits of the layers on to a controller.

    Parameters
    ----------
    controller
        Owns layers and annotator.
    """

    def __init__(self, controller: "Controller") -> None:
        self.controller = controller

    def watch_labels(self, labels: "Labels") -> None:
        """Listen to strokes and to the choice of a label."""
        labels.events.paint.connect(self._on_painted)
        labels.events.selected_label.connect(self._on_label_selected)

    def watch_points(self, points: "Points") -> None:
        """Listen to points that are dragged, deleted or added."""
        points.events.data.connect(self._on_points_edited)

    def stop(self) -> None:
        """Listen to the controller's layers no more."""
        labels, points = self.controller.labels, self.controller.points
        if points is not None:
            points.events.data.disconnect(self._on_points_edited)
        if labels is not None:
            labels.events.paint.disconnect(self._on_painted)
            labels.events.selected_label.disconnect(self._on_label_selected)

    def _on_points_edited(self, event: Any) -> None:
        """The planes whose clicks differ now are predicted anew."""
        controller = self.controller
        annotator, points, object_id = controller.annotator, controller.points, controller.object_id
        action = str(getattr(event, "action", "")).split(".")[-1].lower()
        if controller.syncing or action in UNFINISHED or annotator is None or points is None:
            return
        before = annotator.clicks(object_id)
        after = read_clicks(points, controller.planes, before, new_positive=controller.positive)
        for key, clicks in after.items():
            if clicks != before[key]:
                controller.submit(
                    lambda key=key, clicks=clicks: annotator.replace(object_id, key, clicks), controller.apply
                )

    def _on_painted(self, event: Any) -> None:
        """The objects that a stroke touched are kept as they look now."""
        controller, annotator = self.controller, self.controller.annotator
        image, labels = controller.image, controller.labels
        if annotator is None or image is None or labels is None:
            return
        finish_stroke(event.value, labels.data)
        region, ids = painted_region(event.value)
        try:
            shown = displayed_plane(image, controller.viewer.dims)
        except PlaneError as error:
            controller.failed.emit(error)
            return
        limits, masks = contrast_limits(image), []
        for plane in planes_of(region, shown):
            controller.planes[plane.key] = plane
            drawn = drawn_objects(annotator, plane, labels.data, region, ids)
            masks += [((object_id, plane.key), plane.image(limits), mask) for object_id, mask in drawn.items()]
        # Through the worker, so that clicks made before are predicted before; the labels show the stroke already.
        controller.submit(lambda: annotator.draw(masks), lambda _changes: controller.show_object())

    def _on_label_selected(self, _event: object) -> None:
        controller = self.controller
        if not controller.syncing and controller.labels is not None and controller.labels.selected_label > 0:
            controller.select_object(int(controller.labels.selected_label))
