"""Controller: from clicks on layers to masks in the labels layer; knows layers and no window."""

from collections.abc import Callable, Hashable
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from psygnal import Signal

from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.data.volume import SliceView
from napari_simpleclick.inference.annotator import Annotator, Change, repaint
from napari_simpleclick.plugin.layers import create_labels, create_points, show_clicks
from napari_simpleclick.plugin.planes import PlaneError, contrast_limits, displayed_plane, field_of_view
from napari_simpleclick.plugin.worker import Runs

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image, Labels, Points

    from napari_simpleclick.inference.session import PredictorLike


class Controller:
    """Drives an `Annotator` from the layers of a viewer.

    Jobs run in order on `run`, and answers come back in the thread of the layers, so no click is lost and none
    overtakes another.

    Parameters
    ----------
    viewer
        napari's viewer, or a `ViewerModel` without a window.
    run
        Runs jobs; see `InferenceThread`.
    """

    status = Signal(str)
    """One line for the user: what happened, or what the next click will do."""

    changed = Signal()
    """Objects, clicks or layers changed: what is shown of them is out of date."""

    failed = Signal(Exception)
    """A job or a click failed; everything is as before it."""

    def __init__(self, viewer: "ViewerModel", run: Runs) -> None:
        self.viewer = viewer
        self.run = run
        self.annotator: Annotator | None = None
        self.image: Image | None = None
        self.labels: Labels | None = None
        self.points: Points | None = None
        self.object_id = 1
        self.positive = True
        self.look_at_view = True
        self.busy = 0
        self.planes: dict[Hashable, SliceView] = {}
        self._syncing = False
        viewer.layers.events.removed.connect(self._on_removed)

    # -- what is annotated ------------------------------------------------------------------------------------------

    def load(self, create: "Callable[[], PredictorLike]") -> None:
        """Load a model on the worker; clicks and masks so far stay."""
        self.status.emit("Loading the model …")
        self._submit(create, self._use_predictor)

    def annotate(self, image: "Image") -> None:
        """Start on an image: add layers for masks and clicks, or put back those that were removed."""
        if self.image is not image:
            self.close()
            self.image, self.labels, self.points = image, None, None
            self.planes, self.object_id = {}, 1
            if self.annotator:
                self.annotator = Annotator(self.annotator.predictor)
        if self.labels is None:
            self.labels = create_labels(image)
            self.viewer.add_layer(self.labels)
            self._repaint_all()
        if self.points is None:
            self.points = create_points(image)
            self.viewer.add_layer(self.points)
            self.points.events.data.connect(self._on_points_edited)
        self._show_object()
        self.viewer.layers.selection.active = self.points
        self._say_next()

    def close(self) -> None:
        """Let go of the layers, which stay in the viewer."""
        if self.points is not None:
            self.points.events.data.disconnect(self._on_points_edited)

    def shut_down(self) -> None:
        """Tell nobody anything any more: the widget is gone, layers and masks stay."""
        self.close()
        self.image = self.labels = self.points = None
        for signal in (self.status, self.changed, self.failed):
            signal.disconnect()
        self.viewer.layers.events.removed.disconnect(self._on_removed)

    @property
    def ready(self) -> bool:
        """Whether image, labels and points are all there."""
        return None not in (self.image, self.labels, self.points)

    # -- clicks -----------------------------------------------------------------------------------------------------

    def click_at(self, world: tuple[float, ...], *, positive: bool) -> None:
        """A click of the mouse, in world coordinates of the viewer."""
        if not self.ready or self.image is None:
            self.status.emit("Choose an image and press Annotate.")
            return
        try:
            plane = displayed_plane(self.image, self.viewer.dims)
        except PlaneError as error:
            self.failed.emit(error)
            return
        row, col = (round(v) for v in plane.to_plane(self.image.world_to_data(world)[-self.image.ndim :]))
        height, width = plane.shape
        if 0 <= row < height and 0 <= col < width:
            self.click(plane, Click(row, col, positive))

    def click(self, plane: SliceView, click: Click) -> None:
        """Click the present object on a plane."""
        if self.annotator is None or self.image is None:
            self.status.emit("The model is still loading: click again in a moment.")
            return
        annotator, object_id, image = self.annotator, self.object_id, plane.image(contrast_limits(self.image))
        view = field_of_view(self.image, plane) if self.look_at_view else None
        self.planes[plane.key] = plane
        self._submit(lambda: annotator.click(object_id, plane.key, image, click, view=usable(view)), self._apply)

    def undo(self) -> None:
        """Take back the newest click, on whatever slice and object it was made."""
        if self.annotator:
            self._submit(self.annotator.undo, self._apply_and_go)

    def redo(self) -> None:
        """Make the click taken back last again."""
        if self.annotator:
            self._submit(self.annotator.redo, self._apply_and_go)

    def reset_slice(self) -> None:
        """Remove all clicks, and their mask, of the present object on the displayed slice."""
        if self.annotator and self.image is not None:
            annotator, object_id = self.annotator, self.object_id
            key = displayed_plane(self.image, self.viewer.dims).key
            self._submit(lambda: annotator.replace(object_id, key, ()), self._apply)

    def toggle_polarity(self) -> None:
        """Exchange the meaning of the left and the right mouse button."""
        self.positive = not self.positive
        self._say_next()
        self.changed.emit()

    # -- objects and slices -----------------------------------------------------------------------------------------

    def next_object(self) -> None:
        """Go on with a new object; the masks of the others are kept."""
        used = int(self.labels.data.max()) if self.labels is not None else 0
        clicked = [object_id for object_id, _ in self.annotator.sessions] if self.annotator else []
        self.select_object(max([used, self.object_id, *clicked]) + 1)

    def select_object(self, object_id: int) -> None:
        """Go on with an object; its clicks come back."""
        self.object_id = max(1, object_id)
        self._show_object()
        self._say_next()

    def step_slice(self, step: int) -> None:
        """Go to the next (1) or the previous (-1) slice along the first axis that is not displayed."""
        hidden = self.viewer.dims.not_displayed
        if not hidden:
            self.status.emit("The image has no other slice.")
            return
        axis = hidden[-1]
        self.viewer.dims.set_current_step(axis, self.viewer.dims.current_step[axis] + step)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _submit(self, job: Callable[[], Any], done: Callable[[Any], None]) -> None:
        start = perf_counter()
        self.busy += 1
        self.changed.emit()

        def finished(result: Any) -> None:
            self.busy -= 1
            done(result)
            if isinstance(result, Change):
                self._say_done(result, perf_counter() - start)
            self.changed.emit()

        def broken(error: Exception) -> None:
            self.busy -= 1
            self._show_object()
            self.failed.emit(error)
            self.changed.emit()

        self.run(job, finished, broken)

    def _use_predictor(self, predictor: "PredictorLike") -> None:
        if self.annotator is None:
            self.annotator = Annotator(predictor)
        self.annotator.predictor = predictor
        self._say_next()

    def _apply(self, change: Change | None) -> None:
        if change is None or self.labels is None:
            return
        plane = self.planes.get(change.plane)
        if plane is not None:
            repaint(plane.labels(self.labels.data), change)
            self.labels.refresh()
        self._show_object()

    def _apply_and_go(self, change: Change | None) -> None:
        if change is None:
            self.status.emit("There is no click to take back or make again.")
            return
        if change.object_id != self.object_id:
            self.object_id = change.object_id
        self._apply(change)
        self._show_plane(self.planes[change.plane])

    def _show_plane(self, plane: SliceView) -> None:
        if self.image is None:
            return
        missing = self.viewer.dims.ndim - self.image.ndim
        for axis in self.viewer.dims.not_displayed:
            if axis >= missing and axis - missing not in plane.axes:
                self.viewer.dims.set_current_step(axis, plane.point[axis - missing])

    def _show_object(self) -> None:
        """Bring the points layer up to date with the clicks of the present object."""
        if self.points is None or self.labels is None:
            return
        clicks = self.annotator.clicks(self.object_id) if self.annotator else {}
        shown = [(self.planes[key].to_volume(c.row, c.col), c) for key, made in clicks.items() for c in made]
        self._syncing = True
        try:
            show_clicks(self.points, [place for place, _ in shown], [click for _, click in shown])
        finally:
            self._syncing = False
        self.labels.selected_label = self.object_id
        self.changed.emit()

    def _repaint_all(self) -> None:
        """Draw every mask again, as when the labels layer was removed."""
        if self.annotator is None or self.labels is None:
            return
        for (object_id, key), session in self.annotator.sessions.items():
            repaint(self.planes[key].labels(self.labels.data), Change(object_id, key, None, session.prediction))
        self.labels.refresh()

    def _on_points_edited(self, event: Any) -> None:
        """Clicks that were dragged, deleted or added with napari's own tools: those planes are predicted anew."""
        action = str(getattr(event, "action", "")).split(".")[-1].lower()
        if self._syncing or action in {"adding", "removing", "changing"} or not self.annotator or self.points is None:
            return
        annotator, object_id = self.annotator, self.object_id
        for key, clicks in self._clicks_of_points().items():
            self._submit(lambda key=key, clicks=clicks: annotator.replace(object_id, key, clicks), self._apply)  # type: ignore[misc]

    def _clicks_of_points(self) -> dict[Hashable, list[Click]]:
        """Clicks that the points layer shows now, for the planes where they differ from the annotator's."""
        assert self.points is not None
        assert self.annotator is not None
        before = self.annotator.clicks(self.object_id)
        after: dict[Hashable, list[Click]] = {key: [] for key in before}
        signs = self.points.features["positive"].to_numpy(bool, na_value=self.positive)
        for place, positive in zip(self.points.data, signs, strict=True):
            for key in before:
                plane = self.planes[key]
                if all(round(place[axis]) == at for axis, at in enumerate(plane.point) if axis not in plane.axes):
                    row, col = plane.to_plane(place)
                    after[key].append(Click(round(row), round(col), bool(positive)))
                    break
        return {key: clicks for key, clicks in after.items() if tuple(clicks) != before[key]}

    def _on_removed(self, event: Any) -> None:
        layer = event.value
        if layer == self.image:
            self.close()
            self.image = self.labels = self.points = None
            self.status.emit("The image was closed. Open another one and press Annotate.")
        elif layer in (self.labels, self.points):
            self.labels = None if layer == self.labels else self.labels
            self.points = None if layer == self.points else self.points
            self.status.emit("A layer was removed; your clicks are kept. Press Annotate to put it back.")
        self.changed.emit()

    def _say_done(self, change: Change, seconds: float) -> None:
        found = change.new.object_mask() if change.new else None
        size = f"{int(np.count_nonzero(found[1]))} pixels" if found else "nothing"
        self.status.emit(f"Object {change.object_id}: {size}, {1000 * seconds:.0f} ms.")

    def _say_next(self) -> None:
        if self.annotator is None:
            return
        signs = ("adds to", "removes from") if self.positive else ("removes from", "adds to")
        self.status.emit(f"Left click {signs[0]} object {self.object_id}, right click {signs[1]} it.")


def usable(view: Box | None) -> Box | None:
    """A field of view of at least a few pixels; None otherwise, as before the first drawing of the canvas."""
    return view if view is not None and min(view.shape) >= 16 else None
