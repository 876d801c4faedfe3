"""Edits that the user makes on our layers with napari's own tools: dragged clicks, strokes, chosen labels."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from napari_simpleclick.annotation.history import find_masks
from napari_simpleclick.annotation.label_painting import restore_under
from napari_simpleclick.annotation.object_edits import paint
from napari_simpleclick.clicks import Click
from napari_simpleclick.data.plane import SliceView
from napari_simpleclick.plugin.display.canvas import Canvas
from napari_simpleclick.plugin.display.layers import lies_on, read_clicks, set_new_sign
from napari_simpleclick.plugin.display.messages import what_happened
from napari_simpleclick.plugin.jobs.jobs import Jobs
from napari_simpleclick.plugin.tools.brush_strokes import finish_stroke, label_of, strokes_on_planes
from napari_simpleclick.plugin.tools.clicks import Clicks
from napari_simpleclick.plugin.tools.mouse import LEFT
from napari_simpleclick.plugin.workspace.channels import pictures
from napari_simpleclick.plugin.workspace.workspace import Workspace
from napari_simpleclick.prompts import Prompt

if TYPE_CHECKING:
    from napari_simpleclick.annotation.history import Change
    from napari_simpleclick.inference.resample import Plane
    from napari_simpleclick.masks import BoxedMask

    Strokes = list[tuple[SliceView, BoxedMask]]

    from napari.layers import Labels, Points

UNFINISHED = {"adding", "removing", "changing"}
"""Actions of the points layer that another event follows."""


class LayerEdits:
    """Passes edits of the layers on to the annotator.

    Parameters
    ----------
    workspace, jobs, canvas
        What is annotated, what takes time, and how it is shown.
    clicks
        Take points that the user adds with napari's tool.
    """

    def __init__(self, workspace: Workspace, jobs: Jobs, canvas: Canvas, clicks: Clicks) -> None:
        self.workspace, self.jobs, self.canvas, self.clicks = workspace, jobs, canvas, clicks
        self._labels: Labels | None = None
        self._points: Points | None = None
        self._early: list[Callable[[], None]] = []

    def take_early_strokes(self) -> None:
        """Take over what was painted before the model was loaded."""
        early, self._early = self._early, []
        for take in early:
            take()

    def watch_labels(self, labels: "Labels") -> None:
        """Listen to strokes and to the choice of a label."""
        self._labels = labels
        labels.events.paint.connect(self._on_painted)
        labels.events.selected_label.connect(self._on_label_selected)

    def watch_points(self, points: "Points") -> None:
        """Listen to points that are dragged, deleted or added."""
        self._points = points
        points.events.data.connect(self._on_points_edited)
        points.mouse_drag_callbacks.insert(0, self._choose_sign)

    def stop(self) -> None:
        """Listen to the layers no more."""
        self._early = []
        points, self._points = self._points, None
        labels, self._labels = self._labels, None
        if points is not None:
            points.events.data.disconnect(self._on_points_edited)
            points.mouse_drag_callbacks.remove(self._choose_sign)
        if labels is not None:
            labels.events.paint.disconnect(self._on_painted)
            labels.events.selected_label.disconnect(self._on_label_selected)

    def flip(self) -> None:
        """Turn the selected clicks, or else the newest on the displayed slice, from positive to negative or back."""
        workspace, points = self.workspace, self.workspace.points
        shown = workspace.plane()
        if points is None or shown is None:
            return
        on_slice = [row for row, place in enumerate(points.data) if lies_on(place, shown)]
        chosen = sorted(points.selected_data) or on_slice[-1:]
        if not chosen:
            workspace.status.emit("There is no click on this slice to turn.")
            return
        signs = points.features["positive"].to_numpy(bool, na_value=workspace.settings.positive).copy()
        signs[chosen] = ~signs[chosen]
        points.features = {**points.features, "positive": signs}
        self._predict_anew()

    def _choose_sign(self, points: "Points", event: Any) -> None:
        """The tool of napari adds a point with any button: the button tells what it is."""
        set_new_sign(points, positive=(event.button == LEFT) == self.workspace.settings.positive)

    def _on_points_edited(self, event: Any) -> None:
        action = str(getattr(event, "action", "")).split(".")[-1].lower()
        if not self.canvas.syncing and action not in UNFINISHED:
            self._predict_anew()

    def _predict_anew(self) -> None:
        """The planes whose clicks differ from what the layer shows are predicted anew; new points are clicks."""
        workspace = self.workspace
        annotator, points, object_id = workspace.annotator, workspace.points, workspace.object_id
        shown = workspace.plane()
        if annotator is None or points is None or shown is None:
            return
        before: dict[Hashable, tuple[Click, ...]] = {}
        drawn: dict[Hashable, tuple[Click, ...]] = {}
        for plane, click in workspace.clicks(object_id):  # those that wait for their answer are in the layer, too
            before.setdefault(plane.key, ())
            part = drawn if isinstance(click, Prompt) else before
            part[plane.key] = (*part.get(plane.key, ()), click)
        planes = {**workspace.planes, shown.key: shown}
        after = read_clicks(points, planes, {**before, shown.key: ()}, new_positive=workspace.settings.positive)
        for key, clicks in after.items():
            if key not in before:
                for click in clicks:
                    self.clicks.ask(object_id, shown, click)
            elif clicks != before[key]:
                self.canvas.change(partial(annotator.replace, object_id, key, (*drawn.get(key, ()), *clicks)))

    def _on_painted(self, event: Any) -> None:
        """Objects take over what was painted, as far as nothing is locked or kept."""
        workspace = self.workspace
        image, labels = workspace.image, workspace.labels
        if image is None or labels is None:
            return
        finish_stroke(event.value, labels.data)
        shown = workspace.plane()
        if shown is None:
            return
        picture, object_id = pictures(image), self._owner(label_of(event.value))
        strokes = list(strokes_on_planes(event.value, replace(shown, axes=self._axes_of(object_id, shown))))
        workspace.planes.update({plane.key: plane for plane, _ in strokes})
        if workspace.annotator is None:
            self._early.append(lambda: self._take(strokes, picture, object_id))
        else:
            self._take(strokes, picture, object_id)

    def _take(self, strokes: "Strokes", picture: "Callable[[SliceView], Plane]", object_id: int) -> None:
        """Let the annotator take over strokes: planes, each with the pixels that were painted on it."""
        workspace, annotator, labels = self.workspace, self.workspace.annotator, self.workspace.labels
        if annotator is None or labels is None:
            return

        def restoring() -> "Iterator[None]":
            """Where the stroke may not change anything, what napari painted goes away again."""
            now, is_shown = workspace.annotator, workspace.labels is labels
            if now is None or not is_shown:
                return
            for plane, pixels in strokes:
                masks = now.sessions.masks_on(plane.key)
                restore_under(plane.labels(labels.data), pixels, masks, value=workspace.label)
                yield

        def take() -> "list[Change]":
            painted = [(plane.key, picture(plane), pixels) for plane, pixels in strokes]
            changes = paint(annotator, painted, object_id)
            for plane, _ in strokes:
                annotator.sessions.masks_on(plane.key)  # found here, so that the window need not
            return find_masks(changes)

        def taken(changes: "list[Change]") -> None:
            self.canvas.paint(restoring())
            if changes:
                workspace.status.emit(what_happened(changes[0], None, positive=workspace.settings.positive))

        # Through the worker, so that clicks made before are predicted before.
        self.jobs.submit(take, taken, lambda: self.canvas.paint(restoring()))

    def _owner(self, label: int) -> int:
        """The object that a brush with this label paints; 0 for the eraser."""
        by_object = self.workspace.settings.label_by == "objects"
        return label if by_object or not label else self.workspace.object_id

    def _axes_of(self, object_id: int, shown: SliceView) -> tuple[int, int]:
        """The axes of the planes that an object was outlined on, so that strokes seen from the side belong to these."""
        annotator = self.workspace.annotator
        keys = annotator.sessions.origins(object_id or self.workspace.object_id) if annotator else ()
        axes = {self.workspace.planes[key].axes for key in keys}
        return axes.pop() if len(axes) == 1 else shown.axes

    def _on_label_selected(self, _event: object) -> None:
        workspace = self.workspace
        if self.canvas.syncing or workspace.labels is None or workspace.settings.label_by != "objects":
            return
        if workspace.labels.selected_label > 0:
            workspace.select_object(int(workspace.labels.selected_label))
