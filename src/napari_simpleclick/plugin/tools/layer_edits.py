"""Edits that the user makes on our layers with napari's own tools: dragged clicks, strokes, chosen labels."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from napari_simpleclick.annotation.history import find_masks
from napari_simpleclick.annotation.label_painting import restore_under
from napari_simpleclick.annotation.object_edits import paint
from napari_simpleclick.data.volume import SliceView
from napari_simpleclick.plugin.display.layers import lies_on, read_clicks, set_new_sign
from napari_simpleclick.plugin.display.messages import what_happened
from napari_simpleclick.plugin.tools.brush_strokes import finish_stroke, label_of, strokes_on_planes
from napari_simpleclick.plugin.tools.mouse import LEFT
from napari_simpleclick.plugin.workspace.channels import pictures

if TYPE_CHECKING:
    from napari_simpleclick.annotation.history import Change
    from napari_simpleclick.inference.resample import Plane
    from napari_simpleclick.masks import Patch

    Strokes = list[tuple[SliceView, Patch]]

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
        self._early: list[Callable[[], None]] = []

    def take_early_strokes(self) -> None:
        """Take over what was painted before the model was loaded."""
        early, self._early = self._early, []
        for take in early:
            take()

    def watch_labels(self, labels: "Labels") -> None:
        """Listen to strokes and to the choice of a label."""
        labels.events.paint.connect(self._on_painted)
        labels.events.selected_label.connect(self._on_label_selected)

    def watch_points(self, points: "Points") -> None:
        """Listen to points that are dragged, deleted or added."""
        points.events.data.connect(self._on_points_edited)
        points.mouse_drag_callbacks.insert(0, self._choose_sign)

    def stop(self) -> None:
        """Listen to the controller's layers no more."""
        self._early = []
        labels, points = self.controller.labels, self.controller.points
        if points is not None:
            points.events.data.disconnect(self._on_points_edited)
            points.mouse_drag_callbacks.remove(self._choose_sign)
        if labels is not None:
            labels.events.paint.disconnect(self._on_painted)
            labels.events.selected_label.disconnect(self._on_label_selected)

    def flip(self) -> None:
        """Turn the selected clicks, or else the newest on the displayed slice, from positive to negative or back."""
        controller, points = self.controller, self.controller.points
        shown = self.controller.slider.plane()
        if points is None or shown is None:
            return
        on_slice = [row for row, place in enumerate(points.data) if lies_on(place, shown)]
        chosen = sorted(points.selected_data) or on_slice[-1:]
        if not chosen:
            controller.status.emit("There is no click on this slice to turn.")
            return
        signs = points.features["positive"].to_numpy(bool, na_value=controller.positive).copy()
        signs[chosen] = ~signs[chosen]
        points.features = {**points.features, "positive": signs}
        self._predict_anew()

    def _choose_sign(self, points: "Points", event: Any) -> None:
        """The tool of napari adds a point with any button: the button tells what it is."""
        set_new_sign(points, positive=(event.button == LEFT) == self.controller.positive)

    def _on_points_edited(self, event: Any) -> None:
        action = str(getattr(event, "action", "")).split(".")[-1].lower()
        if not self.controller.syncing and action not in UNFINISHED:
            self._predict_anew()

    def _predict_anew(self) -> None:
        """The planes whose clicks differ from what the layer shows are predicted anew; new points are clicks."""
        controller = self.controller
        annotator, points, object_id = controller.annotator, controller.points, controller.object_id
        shown = self.controller.slider.plane()
        if annotator is None or points is None or shown is None:
            return
        before, planes = annotator.sessions.clicks(object_id), {**controller.planes, shown.key: shown}
        after = read_clicks(points, planes, {**before, shown.key: ()}, new_positive=controller.positive)
        for key, clicks in after.items():
            if key not in before:
                for click in clicks:
                    controller.clicks.ask(object_id, shown, click)
            elif clicks != before[key]:
                controller.change(lambda key=key, clicks=clicks: annotator.replace(object_id, key, clicks))

    def _on_painted(self, event: Any) -> None:
        """Objects take over what was painted, as far as nothing is locked or kept."""
        controller = self.controller
        image, labels = controller.image, controller.labels
        if image is None or labels is None:
            return
        finish_stroke(event.value, labels.data)
        shown = self.controller.slider.plane()
        if shown is None:
            return
        picture, object_id = pictures(image), controller.objects.owner(label_of(event.value))
        strokes = list(strokes_on_planes(event.value, replace(shown, axes=self._axes_of(object_id, shown))))
        controller.planes.update({plane.key: plane for plane, _ in strokes})
        if controller.annotator is None:
            self._early.append(lambda: self._take(strokes, picture, object_id))
        else:
            self._take(strokes, picture, object_id)

    def _take(self, strokes: "Strokes", picture: "Callable[[SliceView], Plane]", object_id: int) -> None:
        """Let the annotator take over strokes, each a plane, of which a picture is made, and its painted pixels."""
        controller, annotator, labels = self.controller, self.controller.annotator, self.controller.labels
        if annotator is None or labels is None:
            return

        def restoring() -> "Iterator[None]":
            """Where the stroke may not change anything, what napari painted goes away again."""
            now = controller.annotator if labels is controller.labels else None
            for plane, pixels in strokes if now else ():
                masks = now.sessions.masks_on(plane.key)
                restore_under(plane.labels(labels.data), pixels, masks, value=controller.objects.label)
                yield

        def take() -> "list[Change]":
            painted = [(plane.key, picture(plane), pixels) for plane, pixels in strokes]
            changes = paint(annotator, painted, object_id)
            for plane, _ in strokes:
                annotator.sessions.masks_on(plane.key)  # found here, so that the window need not
            return find_masks(changes)

        def taken(changes: "list[Change]") -> None:
            controller.paint(restoring())
            if changes:
                controller.status.emit(what_happened(changes[0], None, positive=controller.positive))

        # Through the worker, so that clicks made before are predicted before.
        controller.jobs.submit(take, taken, lambda: controller.paint(restoring()))

    def _axes_of(self, object_id: int, shown: SliceView) -> tuple[int, int]:
        """The axes of the planes that an object was outlined on, so that strokes seen from the side belong to these."""
        annotator = self.controller.annotator
        keys = annotator.sessions.origins(object_id or self.controller.object_id) if annotator else ()
        axes = {self.controller.planes[key].axes for key in keys}
        return axes.pop() if len(axes) == 1 else shown.axes

    def _on_label_selected(self, _event: object) -> None:
        controller = self.controller
        if controller.syncing or controller.labels is None or controller.objects.shown != "objects":
            return
        if controller.labels.selected_label > 0:
            controller.select_object(int(controller.labels.selected_label))
