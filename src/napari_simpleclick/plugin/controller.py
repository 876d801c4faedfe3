"""Controller: from clicks on layers to masks in the labels layer; knows layers and no window."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any

from psygnal import Signal

from napari_simpleclick.clicks import Click
from napari_simpleclick.data.volume import SliceView
from napari_simpleclick.inference.annotator import Actions, Annotator, Change, Place
from napari_simpleclick.inference.history import find_masks
from napari_simpleclick.plugin.channels import pictures
from napari_simpleclick.plugin.layer_edits import LayerEdits
from napari_simpleclick.plugin.layers import (
    create_labels,
    create_points,
    make_room,
    refresh,
    set_new_sign,
    show_clicks,
)
from napari_simpleclick.plugin.messages import what_happened, what_next
from napari_simpleclick.plugin.objects import Objects
from napari_simpleclick.plugin.planes import PlaneError, displayed_plane, field_of_view, go_to_plane
from napari_simpleclick.plugin.slices import slice_states
from napari_simpleclick.plugin.worker import Runs

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image, Labels, Points

    from napari_simpleclick.inference.objects import ObjectProperties
    from napari_simpleclick.inference.session import PredictorLike, Step


AskedClick = tuple[int, SliceView, Click]
"""A click on an object and a plane that waits for its answer."""


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

    slice_changed = Signal()
    """Another slice is displayed."""

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
        self.clicked: set[int] = set()
        self.early_clicks: list[AskedClick] = []
        self.asked: list[AskedClick] = []
        self.syncing = False
        self.automatic_colors: Any = None
        self.objects = Objects(self)
        self.edits = LayerEdits(self)
        viewer.layers.events.removed.connect(self._on_removed)
        viewer.dims.events.point.connect(self._on_slice_changed)

    # -- what is annotated ------------------------------------------------------------------------------------------

    def load(self, create: "Callable[[], PredictorLike | None]") -> None:
        """Load a model on the worker; clicks and masks so far stay, and so does the model if there is none."""
        self.status.emit("Loading the model …")
        self.submit(create, self._use_predictor, whatever_image=True)

    def exchange(self, predictor: "PredictorLike | None") -> None:
        """Take another form of the same model from now on; None keeps the present one."""
        if predictor is not None and self.annotator is not None:
            self.annotator.predictor = predictor

    def annotate(self, image: "Image") -> None:
        """Start on an image: add layers for masks and clicks, or put back those that were removed."""
        if self.image is not image:
            self.close()
            self.image, self.labels, self.points = image, None, None
            self.planes, self.clicked, self.early_clicks, self.asked, self.object_id = {}, set(), [], [], 1
            if self.annotator:
                self.annotator = self.objects.annotator_for(self.annotator.predictor)
        if self.labels is None:
            self.labels = create_labels(image)
            self.automatic_colors = self.labels.colormap
            self.viewer.add_layer(self.labels)
            self.objects.paint_all()
            self.objects.set_overlap(self.objects.overlap)
            self.objects.set_outlines(self.objects.outlines)
            self.edits.watch_labels(self.labels)
        if self.points is None:
            self.points = create_points(image)
            self.viewer.add_layer(self.points)
            self.edits.watch_points(self.points)
        self.show_object()
        self.viewer.layers.selection.active = self.points
        self._say_next()

    def close(self) -> None:
        """Let go of the layers, which stay in the viewer."""
        self.edits.stop()

    def shut_down(self) -> None:
        """Tell nobody anything any more: the widget is gone, layers and masks stay."""
        self.close()
        self.image = self.labels = self.points = None
        for signal in (self.status, self.changed, self.slice_changed, self.failed):
            signal.disconnect()
        self.viewer.layers.events.removed.disconnect(self._on_removed)
        self.viewer.dims.events.point.disconnect(self._on_slice_changed)

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
        """Click the present object on a plane; before the model is there, as soon as it is."""
        self.click_object(self.object_id, plane, click)

    def click_object(self, object_id: int, plane: SliceView, click: Click) -> None:
        """Click an object on a plane."""
        if self.image is None:
            return
        self.clicked.add(object_id)
        if self.annotator is None:
            self.early_clicks.append((object_id, plane, click))
            self.status.emit("The model is still loading: your click is answered as soon as it is there.")
            return
        annotator, picture = self.annotator, pictures(self.image)
        view = field_of_view(self.image, plane) if self.look_at_view else None
        self.planes[plane.key] = plane
        asked = object_id, plane, click
        self.asked.append(asked)

        def answered(changes: list[Change]) -> None:
            self.asked.remove(asked)
            self.apply(changes)

        def failed() -> None:
            if asked in self.asked:
                self.asked.remove(asked)

        def click_it() -> list[Change]:
            return annotator.click(object_id, plane.key, picture(plane), click, view=view)

        self.change(click_it, answered, failed, told=True)

    def unanswered(self) -> list[AskedClick]:
        """Clicks on the present image that no mask shows yet, oldest first."""
        known = self.annotator.sessions if self.annotator else {}

        def made(asked: AskedClick) -> bool:
            object_id, plane, click = asked
            session = known.get((object_id, plane.key))
            return session is not None and click in session.clicks

        return [asked for asked in (*self.asked, *self.early_clicks) if not made(asked)]

    def undo(self) -> None:
        """Take back what was done last, on whatever slice and object."""
        if self.annotator:
            self.change(self.annotator.undo, self._apply_and_go)

    def redo(self) -> None:
        """Do again what was taken back last."""
        if self.annotator:
            self.change(self.annotator.redo, self._apply_and_go)

    def reset_slice(self) -> None:
        """Remove all clicks, and their mask, of the present object on the displayed slice."""
        if self.annotator and self.image is not None:
            annotator, object_id = self.annotator, self.object_id
            key = displayed_plane(self.image, self.viewer.dims).key
            self.change(lambda: annotator.clear(object_id, key))

    def restore(
        self,
        planes: dict[Hashable, SliceView],
        steps: "Mapping[Place, tuple[Step, ...]]",
        history: "tuple[Actions, Actions]" = ((), ()),
        objects: "Mapping[int, ObjectProperties] | None" = None,
    ) -> None:
        """Bring back work on the present image from a file; see `Annotator.restore`."""
        if self.annotator is not None and self.image is not None:
            picture = pictures(self.image)
            self.planes.update(planes)
            images = {key: picture(plane) for key, plane in planes.items()}
            self.apply(self.annotator.restore(images, steps, history, objects))

    def toggle_polarity(self) -> None:
        """Exchange the meaning of the left and the right mouse button."""
        self.positive = not self.positive
        if self.points is not None:
            set_new_sign(self.points, positive=self.positive)
        self._say_next()
        self.changed.emit()

    # -- objects and slices -----------------------------------------------------------------------------------------

    def next_object(self) -> None:
        """Go on with a new object; the masks of the others are kept."""
        used = {summary.object_id for summary in self.annotator.summaries()} if self.annotator else set()
        used |= self.clicked  # whose first click may not be answered yet
        self.select_object(max(used) + 1 if self.object_id in used else self.object_id)

    def select_object(self, object_id: int) -> None:
        """Go on with an object; its clicks come back."""
        self.object_id = max(1, object_id)
        self.show_object()
        self._say_next()

    def step_slice(self, step: int) -> None:
        """Go to the next (1) or the previous (-1) slice along the first axis that is not displayed."""
        hidden = self.viewer.dims.not_displayed
        if hidden:
            self.go_to_slice(self.viewer.dims.current_step[hidden[-1]] + step)
        else:
            self.status.emit("The image has no other slice.")

    def go_to_slice(self, place: int) -> None:
        """Go to a slice along the first axis that is not displayed, counted from 0."""
        hidden = self.viewer.dims.not_displayed
        if hidden:
            self.viewer.dims.set_current_step(hidden[-1], place)

    def review(self, step: int = 1) -> None:
        """Go to the next (1) or previous (-1) slice of the present object that nobody has looked at."""
        place = slice_states(self).next_unreviewed(step)
        if place is None:
            self.status.emit(
                f"Object {self.object_id}: nothing to review {'after' if step > 0 else 'before'} this slice."
            )
        else:
            self.go_to_slice(place)

    # -- inside -----------------------------------------------------------------------------------------------------

    def change(
        self,
        job: Callable[[], Sequence[Change]],
        done: Callable[[list[Change]], None] | None = None,
        failed: Callable[[], None] | None = None,
        *,
        told: bool = False,
    ) -> None:
        """Change masks on the worker, then show them unless `done` does; see `submit`."""
        self.submit(lambda: find_masks(job()), done or self.apply, failed, told=told)

    def submit(
        self,
        job: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[], None] | None = None,
        *,
        whatever_image: bool = False,
        quiet: bool = False,
        told: bool = False,
    ) -> None:
        """Run a job on the worker; `done` gets its result in the thread of the layers.

        Results that come after another image was chosen, or other work on it was opened, are dropped, unless they serve
        any image. A quiet job is one that nobody waits for and whose failure changes nothing. The status line tells of
        a job that is `told`.
        """
        start, image, annotator = perf_counter(), self.image, self.annotator
        self.busy += 1
        self.changed.emit()

        def finished(result: Any) -> None:
            self.busy -= 1
            if whatever_image or (image is self.image and annotator is self.annotator):
                done(result)
                if told and result:
                    self.status.emit(what_happened(result[0], perf_counter() - start))
            self.changed.emit()

        def broken(error: Exception) -> None:
            self.busy -= 1
            if quiet:
                return
            if failed:
                failed()
            self.show_object()
            self.failed.emit(error)
            self.changed.emit()

        self.run(job, finished, broken)

    def _use_predictor(self, predictor: "PredictorLike | None") -> None:
        if predictor is None:
            told = "the one before stays" if self.annotator else "choose one in the menu, your clicks wait for it"
            self.status.emit(f"Loading the model was stopped: {told}.")
            return
        if self.annotator is None:
            self.annotator = self.objects.annotator_for(predictor)
        self.annotator.predictor = predictor
        self.edits.take_early_strokes()
        self._say_next()
        early, self.early_clicks = self.early_clicks, []
        for object_id, plane, click in early:
            self.click_object(object_id, plane, click)

    def apply(self, changes: "Sequence[Change]") -> None:
        """Show what changed in the layers."""
        if self.labels is None or self.annotator is None:
            return
        self.objects.repaint(list(changes))
        refresh(self.labels)
        self.show_object()

    def _apply_and_go(self, changes: Sequence[Change]) -> None:
        if not changes:
            self.status.emit("There is nothing to take back or to do again.")
            return
        self.object_id = changes[0].object_id
        self.apply(changes)
        if changes[0].plane is not None:
            self.show_plane(self.planes[changes[0].plane])

    def show_plane(self, plane: SliceView) -> None:
        """Go to the slice of a plane."""
        if self.image is not None:
            go_to_plane(self.viewer.dims, self.image, plane)

    def show_object(self) -> None:
        """Bring the points layer up to date with the clicks of the present object."""
        if self.points is None or self.labels is None:
            return
        clicks = self.annotator.clicks(self.object_id) if self.annotator else {}
        shown = [(self.planes[key].to_volume(c.row, c.col), c) for key, made in clicks.items() for c in made]
        self.syncing = True
        try:
            show_clicks(self.points, [place for place, _ in shown], [click for _, click in shown])
            set_new_sign(self.points, positive=self.positive)
            make_room(self.labels, self.objects.label(self.object_id))
            self.labels.selected_label = self.objects.label(self.object_id)
        finally:
            self.syncing = False
        self.changed.emit()

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

    def _on_slice_changed(self, _event: object) -> None:
        self.slice_changed.emit()

    def _say_next(self) -> None:
        if self.annotator is not None:
            self.status.emit(what_next(self.object_id, positive=self.positive))
