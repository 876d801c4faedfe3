"""Canvas: the only writer of the layers; shows masks as labels and clicks as points, and runs what changes masks."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from psygnal import Signal

from napari_simpleclick.annotation.annotator import Change
from napari_simpleclick.annotation.history import find_masks
from napari_simpleclick.data.plane import SliceView
from napari_simpleclick.plugin.display.drawn_prompts import DrawnPrompts, Line
from napari_simpleclick.plugin.display.layers import (
    create_labels,
    create_points,
    fit_symbols,
    make_room,
    refresh,
    set_new_sign,
    show_clicks,
)
from napari_simpleclick.plugin.display.messages import what_happened
from napari_simpleclick.plugin.display.object_colors import ObjectColors
from napari_simpleclick.plugin.display.painter import Later, Painter, painting, painting_all
from napari_simpleclick.plugin.jobs.jobs import Jobs
from napari_simpleclick.plugin.workspace.settings import Settings
from napari_simpleclick.plugin.workspace.workspace import Workspace
from napari_simpleclick.prompts import Prompt

if TYPE_CHECKING:
    from napari.layers import Image

OUTLINE_WIDTH = 2
"""Of masks that are shown as outlines, in pixels."""


class Canvas:
    """Brings the layers up to date with a workspace.

    Parameters
    ----------
    workspace
        Has layers and objects.
    jobs
        Runs what takes time.
    later
        Puts painting off that would hold up the window; see `Painter`.
    """

    labels_added = Signal(object)
    """The labels layer was made."""

    points_added = Signal(object)
    """The points layer was made."""

    def __init__(self, workspace: Workspace, jobs: Jobs, later: Later | None = None) -> None:
        self.workspace, self.jobs = workspace, jobs
        self.painter = Painter(later, self._on_failed)
        self.colors = ObjectColors(workspace, jobs)
        self.prompts = DrawnPrompts(workspace)
        self._drawing: Line | None = None
        self.syncing = False
        """Whether the points layer is being written: its events are not the user's."""
        workspace.settings_changed.connect(self._show_settings)
        workspace.object_changed.connect(self.show_object)
        workspace.slice_changed.connect(self.fit_symbols)
        self._zoomed = getattr(workspace.viewer, "scene", workspace.viewer).camera.events.zoom
        self._zoomed.connect(self._on_zoomed)
        jobs.failed.connect(self._on_failed)

    @property
    def busy(self) -> int:
        """How many jobs are not answered, and answers not painted, yet."""
        return self.jobs.busy + self.painter.busy

    # -- masks ------------------------------------------------------------------------------------------------------

    def change(
        self,
        job: Callable[[], Sequence[Change]],
        done: Callable[[list[Change]], None] | None = None,
        *,
        ended: Callable[[], None] | None = None,
        told: bool = True,
    ) -> None:
        """Change masks on the worker, then show them.

        Parameters
        ----------
        job
            Changes masks; runs on the worker.
        done
            Shows the changes instead of `apply`.
        ended
            Called before the changes are shown, and when the job failed or its answer came too late.
        told
            Whether the status line tells what happened.
        """
        start = perf_counter()

        def answered(changes: list[Change]) -> None:
            if ended:
                ended()
            (done or self.apply)(changes)
            if told and changes:
                positive = self.workspace.settings.positive
                self.workspace.status.emit(what_happened(changes[0], perf_counter() - start, positive=positive))

        self.jobs.submit(lambda: find_masks(job()), answered, ended)

    def apply(self, changes: Sequence[Change], then: Callable[[], None] | None = None) -> None:
        """Show what changed in the layers, then do something else."""
        self.paint(painting(self.workspace, changes), then)

    def paint_all(self) -> None:
        """Show all masks in an empty labels layer."""
        self.colors.forget()
        self.paint(painting_all(self.workspace))

    def paint(self, steps: Iterator[None], then: Callable[[], None] | None = None) -> None:
        """Paint into the labels layer, then show it with the clicks of the present object."""
        labels = self.workspace.labels

        def show() -> None:
            self.colors.refresh()
            if labels is not None:
                refresh(labels)
            self.show_object()
            if then:
                then()

        self.painter.paint(steps, show)

    # -- layers -----------------------------------------------------------------------------------------------------

    def add_layers(self, image: "Image") -> None:
        """Add layers for masks and clicks to an image, as far as they are not there."""
        workspace = self.workspace
        if workspace.labels is None:
            workspace.labels = create_labels(image)
            self.colors.automatic = workspace.labels.colormap
            workspace.viewer.add_layer(workspace.labels)
            self.paint_all()
            self._show_settings(None)
            self.labels_added.emit(workspace.labels)
        if workspace.points is None:
            workspace.points = create_points(image)
            workspace.viewer.add_layer(workspace.points)
            self.points_added.emit(workspace.points)
        self.show_object()
        workspace.viewer.layers.selection.active = workspace.points

    def show_object(self) -> None:
        """Bring the points layer up to date with the clicks of the present object."""
        workspace = self.workspace
        points, labels, object_id = workspace.points, workspace.labels, workspace.object_id
        if points is None or labels is None:
            return
        shown = workspace.clicks(object_id)
        self.prompts.show([*shown, *([self._drawing] if self._drawing else [])])
        shown = [(plane, click) for plane, click in shown if not isinstance(click, Prompt)]
        clicks = [click for _, click in shown]
        places = [plane.to_volume(click.row, click.col) for plane, click in shown]
        self.syncing = True
        try:
            show_clicks(points, places, clicks)
            self.fit_symbols()
            set_new_sign(points, positive=workspace.settings.positive)
            label = workspace.label(object_id)
            make_room(labels, label)
            labels.selected_label = label
        finally:
            self.syncing = False
        workspace.changed.emit()

    def show_drawing(self, line: "Line | None") -> None:
        """Show a line that is being drawn beside the prompts of the present object; None for no more."""
        self._drawing = line
        self.prompts.show([*self.workspace.clicks(self.workspace.object_id), *([line] if line else [])])

    def fit_symbols(self) -> None:
        """Draw the symbols of clicks on the displayed slice: smaller on a small object, which they would hide."""
        if self.workspace.points is not None:
            plane = self.workspace.shown_plane
            fit_symbols(self.workspace.points, plane, self._side_on_canvas(plane))

    def toggle_clicks(self) -> Callable[[], None]:
        """Hide clicks and prompts, or show them again; what is returned takes that back, for a key that is held."""
        points = self.workspace.points
        before = points is None or points.visible

        def show(visible: bool) -> None:
            for layer in (points, self.prompts.layer):
                if layer is not None:
                    layer.visible = visible

        show(not before)
        return partial(show, before)

    def _side_on_canvas(self, plane: SliceView | None) -> float | None:
        """The shorter side of the present object in pixels of the canvas; None where it is not."""
        workspace = self.workspace
        annotator, image = workspace.annotator, workspace.image
        mask = annotator.sessions.mask((workspace.object_id, plane.key)) if annotator and plane else None
        if mask is None or plane is None or image is None:
            return None
        camera = getattr(workspace.viewer, "scene", workspace.viewer).camera
        steps = [abs(float(image.scale[axis])) for axis in plane.axes]
        return min(side * step for side, step in zip(mask[0].shape, steps, strict=True)) * float(camera.zoom)

    def _show_settings(self, before: Settings | None) -> None:
        """Let the layers follow the settings, as far as these changed; all of them if `before` is None."""
        labels, points, now = self.workspace.labels, self.workspace.points, self.workspace.settings
        if points is not None:
            set_new_sign(points, positive=now.positive)
        if labels is not None and (before is None or before.overlap != now.overlap):
            labels.preserve_labels = now.overlap == "keep"
        width = OUTLINE_WIDTH if now.outlines else 0
        if labels is not None and labels.contour != width:  # napari draws again in any case
            labels.contour = width
        if before is not None and before.label_by != now.label_by:
            self.paint(painting_all(self.workspace))

    def stop(self) -> None:
        """Follow the camera no more."""
        self._zoomed.disconnect(self._on_zoomed)

    def _on_zoomed(self, _event: object = None) -> None:
        self.fit_symbols()

    def _on_failed(self, error: Exception) -> None:
        self.show_object()
        self.workspace.failed.emit(error)
