"""Controller: from clicks on layers to masks in the labels layer; knows layers and no window."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

from psygnal import Signal

from napari_simpleclick.annotation.annotator import Annotator, Change
from napari_simpleclick.annotation.history import find_masks
from napari_simpleclick.clicks import Click
from napari_simpleclick.data.volume import SliceView
from napari_simpleclick.plugin.display.layers import (
    create_labels,
    create_points,
    fit_symbols,
    make_room,
    refresh,
    set_new_sign,
    show_clicks,
)
from napari_simpleclick.plugin.display.messages import NO_IMAGE, what_came_back, what_happened, what_next
from napari_simpleclick.plugin.display.painter import Later, Painter
from napari_simpleclick.plugin.jobs.jobs import Jobs
from napari_simpleclick.plugin.jobs.worker import Runs
from napari_simpleclick.plugin.tools.clicks import AskedClicks
from napari_simpleclick.plugin.tools.layer_edits import LayerEdits
from napari_simpleclick.plugin.tools.objects import Objects
from napari_simpleclick.plugin.tools.slice_navigation import SliceSlider
from napari_simpleclick.plugin.workspace.kept_workspaces import LeftWork
from napari_simpleclick.plugin.workspace.planes import go_to_plane, shown_plane

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
    later
        Puts painting off that would hold up the window; see `Painter`.
    """

    status = Signal(str)
    """One line for the user: what happened, or what the next click will do."""

    changed = Signal()
    """Objects, clicks or layers changed: what is shown of them is out of date."""

    slice_changed = Signal()
    """Another slice is displayed."""

    failed = Signal(Exception)
    """A job or a click failed; everything is as before it."""

    def __init__(self, viewer: "ViewerModel", run: Runs, later: Later | None = None) -> None:
        self.viewer = viewer
        self.annotator: Annotator | None = None
        self.image: Image | None = None
        self.labels: Labels | None = None
        self.points: Points | None = None
        self.object_id = 1
        self.positive = self.look_at_view = True
        self.planes: dict[Hashable, SliceView] = {}
        self.syncing = False
        self.jobs = Jobs(run, lambda: (self.image, self.annotator))
        self.painter = Painter(later)
        self.clicks = AskedClicks(self)
        self.objects = Objects(self)
        self.slider = SliceSlider(self)
        self.edits = LayerEdits(self)
        self.left = LeftWork(self)
        self.jobs.changed.connect(self.changed.emit)
        self.jobs.failed.connect(self._on_failed)
        viewer.layers.events.removed.connect(self._on_removed)
        viewer.dims.events.point.connect(self._on_slice_changed)

    @property
    def busy(self) -> int:
        """How many jobs are not answered, and answers not painted, yet."""
        return self.jobs.busy + self.painter.busy

    # -- what is annotated ------------------------------------------------------------------------------------------

    def load(
        self, create: "Callable[[], PredictorLike | None]", ended: Callable[[bool], None] = lambda _taken: None
    ) -> None:
        """Load a model on the worker; the one before stays if there is none. `ended` is told whether it was taken."""
        self.status.emit("Loading the model …")
        self.jobs.submit(create, partial(self._use_predictor, ended), lambda: ended(False), whatever_work=True)

    def exchange(self, predictor: "PredictorLike | None") -> None:
        """Take another form of the same model from now on; None keeps the present one."""
        if predictor is not None and self.annotator is not None:
            self.annotator.predictor = predictor

    def annotate(self, image: "Image") -> None:
        """Start or go on with an image: add layers for masks and clicks, or put back those that were removed."""
        if self.image is not image:
            self.left.go_to(image)
        if self.labels is None:
            self.labels = create_labels(image)
            self.objects.automatic = self.labels.colormap
            self.viewer.add_layer(self.labels)
            self.paint(self.objects.painting_all())
            self.objects.set_overlap(self.objects.overlap)
            self.objects.set_outlines(self.objects.outlines)
            self.edits.watch_labels(self.labels)
        if self.points is None:
            self.points = create_points(image)
            self.viewer.add_layer(self.points)
            self.edits.watch_points(self.points)
        self.show_object()
        self.viewer.layers.selection.active = self.points
        self.say_next()

    def shut_down(self) -> None:
        """Tell nobody anything any more: the widget is gone, layers and masks stay."""
        self.edits.stop()
        self.painter.finish()
        self.left.leave()
        self.jobs.stop()
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
        plane = self.slider.plane()
        if plane is None:
            return
        row, col = (round(v) for v in plane.to_plane(self.image.world_to_data(world)[-self.image.ndim :]))
        height, width = plane.shape
        if 0 <= row < height and 0 <= col < width:
            self.clicks.ask(self.object_id, plane, Click(row, col, positive))

    def undo(self) -> None:
        """Take back what was done last, on whatever slice and object."""
        if self.annotator:
            self._go(self.annotator.undo, undone=True)

    def redo(self) -> None:
        """Do again what was taken back last."""
        if self.annotator:
            self._go(self.annotator.redo, undone=False)

    def toggle_polarity(self) -> None:
        """Exchange the meaning of the left and the right mouse button."""
        self.positive = not self.positive
        if self.points is not None:
            set_new_sign(self.points, positive=self.positive)
        self.say_next()
        self.changed.emit()

    # -- objects and slices -----------------------------------------------------------------------------------------

    def next_object(self) -> None:
        """Go on with a new object; the masks of the others are kept."""
        used = {summary.object_id for summary in self.annotator.summaries()} if self.annotator else set()
        used |= self.clicks.objects  # whose first click may not be answered yet
        self.select_object(max(used) + 1 if self.object_id in used else self.object_id)

    def select_object(self, object_id: int) -> None:
        """Go on with an object; its clicks come back."""
        self.object_id = max(1, object_id)
        self.show_object()
        self.say_next()

    # -- inside -----------------------------------------------------------------------------------------------------

    def change(
        self,
        job: Callable[[], Sequence[Change]],
        done: Callable[[list[Change]], None] | None = None,
        failed: Callable[[], None] | None = None,
        *,
        told: bool = True,
    ) -> None:
        """Change masks on the worker, then show them unless `done` does; the status line tells what was `told`."""
        start = perf_counter()

        def answered(changes: list[Change]) -> None:
            (done or self.apply)(changes)
            if told and changes:
                self.status.emit(what_happened(changes[0], perf_counter() - start, positive=self.positive))

        self.jobs.submit(lambda: find_masks(job()), answered, failed)

    def _use_predictor(self, ended: Callable[[bool], None], predictor: "PredictorLike | None") -> None:
        ended(predictor is not None)
        if predictor is None:
            told = "the one before stays" if self.annotator else "choose one in the menu, your clicks wait for it"
            self.status.emit(f"Loading the model was stopped: {told}.")
            return
        if self.annotator is None:
            self.annotator = self.objects.annotator_for(predictor)
            self.left.come_back()
        self.annotator.predictor = predictor
        self.edits.take_early_strokes()
        self.say_next()
        self.clicks.ask_early()

    def apply(self, changes: Sequence[Change], then: Callable[[], None] | None = None) -> None:
        """Show what changed in the layers, then do something else."""
        self.paint(self.objects.painting(changes), then)

    def paint(self, steps: Iterator[None], then: Callable[[], None] | None = None) -> None:
        """Paint into the labels layer, then show it with the clicks of the present object."""
        labels = self.labels

        def show() -> None:
            self.objects.refresh_colors()
            if labels is not None:
                refresh(labels)
            self.show_object()
            if then:
                then()

        self.painter.paint(steps, show)

    def _go(self, job: Callable[[], Sequence[Change]], *, undone: bool) -> None:
        """Undo or redo, show the object that was meant, and go to its slice."""

        def done(changes: list[Change]) -> None:
            if changes:
                self.object_id = changes[0].object_id
                self.apply(changes)
                if changes[0].plane is not None and self.image is not None:
                    go_to_plane(self.viewer.dims, self.image, self.planes[changes[0].plane])
            self.status.emit(what_came_back(changes, undone=undone))

        self.change(job, done, told=False)

    def show_object(self) -> None:
        """Bring the points layer up to date with the clicks of the present object."""
        if self.points is None or self.labels is None:
            return
        by_plane = self.annotator.sessions.clicks(self.object_id) if self.annotator else {}
        clicks = [click for made in by_plane.values() for click in made]
        places = [self.planes[key].to_volume(click.row, click.col) for key, made in by_plane.items() for click in made]
        self.syncing = True
        try:
            show_clicks(self.points, places, clicks)
            fit_symbols(self.points, shown_plane(self.image, self.viewer.dims))
            set_new_sign(self.points, positive=self.positive)
            make_room(self.labels, self.objects.label(self.object_id))
            self.labels.selected_label = self.objects.label(self.object_id)
        finally:
            self.syncing = False
        self.changed.emit()

    def _on_removed(self, event: Any) -> None:
        layer = event.value
        if layer == self.image:
            self.edits.stop()
            self.image = self.labels = self.points = None
            self.status.emit("The image was closed. Open another one and press Annotate.")
        elif layer in (self.labels, self.points):
            self.labels = None if layer == self.labels else self.labels
            self.points = None if layer == self.points else self.points
            self.status.emit("A layer was removed; your clicks are kept. Press Annotate to put it back.")
        self.changed.emit()

    def _on_slice_changed(self, _event: object) -> None:
        if self.points is not None:
            fit_symbols(self.points, shown_plane(self.image, self.viewer.dims))
        self.slice_changed.emit()

    def _on_failed(self, error: Exception) -> None:
        self.show_object()
        self.failed.emit(error)

    def say_next(self) -> None:
        """Tell what the next click will do, or what it needs."""
        if self.image is None:
            self.status.emit(NO_IMAGE)
        elif self.annotator is not None:
            self.status.emit(what_next(self.object_id, positive=self.positive))
