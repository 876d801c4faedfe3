"""Hover preview: the outline that a click where the mouse rests would give; nothing is done until there is a click."""

from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_simpleclick.clicks import Click
from napari_simpleclick.data.memory import zeros
from napari_simpleclick.masks import BoxedMask
from napari_simpleclick.plugin.display.canvas import Canvas
from napari_simpleclick.plugin.display.layers import HIDDEN, placement, refresh
from napari_simpleclick.plugin.jobs.jobs import Jobs
from napari_simpleclick.plugin.jobs.timer import MakeTimer
from napari_simpleclick.plugin.tools.mouse import ClickListener, moved
from napari_simpleclick.plugin.workspace.channels import pictures
from napari_simpleclick.plugin.workspace.workspace import Workspace

if TYPE_CHECKING:
    from napari.layers import Image, Labels

    from napari_simpleclick.data.plane import SliceView
    from napari_simpleclick.inference.session import PredictorLike

REST_MS = 200
"""Milliseconds without a move after which the mouse rests."""

SLOWEST = 0.25
"""Seconds; where previews take longer one after the other, the network looks at them as at drafts, or they are switched
off; the user is told."""

MOST_SLOW = 3
"""Previews one after the other that may be slow: one that waits for a slice to be read says nothing."""

COLOR = "#ffe119"

OUTLINE_WIDTH = 2
"""In pixels."""

PREVIEW = "napari-simpleclick preview"
"""Marks the layer in its metadata."""


class HoverPreview:
    """A callback for `viewer.mouse_move_callbacks`.

    Parameters
    ----------
    workspace, jobs, canvas
        What is annotated, where previews are predicted, and whether that is free.
    listener
        Knows whether a click would be taken.
    make_timer
        Makes the timer that tells when the mouse rests.
    load_draft
        Makes a coarser, faster predictor of the model that answers, and hands it on, or None if there is none.
    """

    def __init__(
        self,
        workspace: Workspace,
        jobs: Jobs,
        canvas: Canvas,
        listener: ClickListener,
        make_timer: MakeTimer,
        load_draft: "Callable[[Callable[[PredictorLike | None], None]], None]",
    ) -> None:
        self.workspace, self.jobs, self.canvas, self.listener = workspace, jobs, canvas, listener
        self.load_draft = load_draft
        self.on = False
        self._answers: PredictorLike | None = None
        """Answers the clicks; a draft of it is good as long as it does."""
        self._draft: PredictorLike | None = None
        self._loading = False
        self.layer: Labels | None = None
        self.timer = make_timer(REST_MS, self.rest)
        self._world: tuple[float, ...] = ()
        self._pos: Any = None
        self._asked = self._slow = 0
        self._shown: tuple[SliceView, BoxedMask, tuple[Any, ...]] | None = None
        workspace.changed.connect(self.refresh)
        workspace.slice_changed.connect(self.refresh)

    def __call__(self, viewer: Any, event: Any) -> None:
        """The mouse moved: what was shown is out of date, and the rest begins anew."""
        if not self.on or (self._pos is not None and not moved(self._pos, event.pos)):
            return
        self._world, self._pos = tuple(event.position), event.pos
        self._asked += 1
        self.hide()
        if self.listener.listens(viewer):
            self.timer.start()

    def switch(self, on: bool) -> None:
        """Show previews from now on, or no more."""
        self.on, self._slow = on, 0
        if not on:
            self.stop()

    def stop(self) -> None:
        """Take the preview's layer away."""
        self.timer.stop()
        self._asked += 1
        self._shown = None
        layer, self.layer = self.layer, None
        if layer is not None and layer in self.workspace.viewer.layers:
            self.workspace.viewer.layers.remove(layer)

    def rest(self) -> None:
        """Predict what a click would give."""
        workspace, annotator, image = self.workspace, self.workspace.annotator, self.workspace.image
        if not workspace.ready or annotator is None or image is None or self.canvas.busy:
            return
        if annotator.predictor is not self._answers:
            self._answers, self._draft, self._loading, self._slow = annotator.predictor, None, False, 0
        if self._loading:
            return
        plane = workspace.shown_plane
        if plane is None:
            return
        row, col = (round(v) for v in plane.to_plane(image.world_to_data(self._world)[-image.ndim :]))
        if not (0 <= row < plane.shape[0] and 0 <= col < plane.shape[1]):
            return
        picture, object_id, state = pictures(image), workspace.object_id, self._state()
        click = Click(row, col, workspace.settings.positive)
        view = workspace.view(plane)
        number, predictor = self._asked, self._draft or annotator.predictor

        def predict() -> tuple[BoxedMask | None, float]:
            start = perf_counter()
            if number != self._asked or annotator.locked(object_id):
                return None, 0.0
            session = annotator.session((object_id, plane.key), picture(plane), view)
            picked, clicks, previous, region = session.request(click)
            answer = predictor.predict(picked, clicks, previous, view=region)
            found = answer.object_mask()
            return found and rim(found), perf_counter() - start

        def show(found: tuple[BoxedMask | None, float]) -> None:
            boxed, seconds = found
            if seconds > 0:
                self._slow = self._slow + 1 if seconds > SLOWEST else 0
            if self._slow >= MOST_SLOW:
                self._find_faster(seconds)
            elif boxed and self.on and number == self._asked and state == self._state():
                self._show(plane, boxed, state)

        self.jobs.run(predict, show, lambda _error: None)  # a click there would tell what is wrong

    def _find_faster(self, seconds: float) -> None:
        """Go on with drafts, or with no previews where drafts are slow too."""
        self._slow = 0
        self.hide()
        if self._draft is not None:
            self._give_up(seconds)
            return
        answers, self._loading = self._answers, True

        def take(draft: "PredictorLike | None") -> None:
            if self._answers is not answers:
                return
            self._draft, self._loading = draft, False
            if self.on and draft is None:
                self._give_up(seconds)
            elif self.on:
                self.workspace.status.emit(f"Previews are coarser from now on: each took {1000 * seconds:.0f} ms here.")

        self.load_draft(take)

    def _give_up(self, seconds: float) -> None:
        self.on = False
        self.workspace.status.emit(f"Previews are off: each takes {1000 * seconds:.0f} ms here.")
        self.stop()
        self.workspace.changed.emit()

    def refresh(self) -> None:
        """Hide what is out of date: after a click, an undo, on another object or slice."""
        if self._shown is not None and self._shown[2] != self._state():
            self._asked += 1
            self.hide()

    def hide(self) -> None:
        """Show nothing until the mouse rests again."""
        self.timer.stop()
        if self._shown is not None and self.layer is not None:
            plane, (box, _), _ = self._shown
            plane.labels(self.layer.data)[box.slices] = 0
            self.layer.visible = False
        self._shown = None

    def _show(self, plane: "SliceView", boxed: BoxedMask, state: tuple[Any, ...]) -> None:
        self.hide()
        layer = self._layer()
        box, mask = boxed
        plane.labels(layer.data)[box.slices] = mask
        self._shown = plane, boxed, state
        layer.visible = True
        refresh(layer)

    def _layer(self) -> "Labels":
        """The preview's layer on the grid of the masks; made when it is needed first."""
        workspace, image, masks = self.workspace, self.workspace.image, self.workspace.labels
        assert image is not None
        assert masks is not None
        there = self.layer is not None and self.layer in workspace.viewer.layers
        if self.layer is None or not there or self.layer.data.shape != masks.data.shape:
            self.stop()
            active = workspace.viewer.layers.selection.active
            self.layer = create_preview(image, masks.data.shape)
            workspace.viewer.add_layer(self.layer)
            workspace.viewer.layers.selection.active = active
        return self.layer

    def _state(self) -> tuple[Any, ...]:
        """What a preview depends on: everything done so far, object, slice, and what the left button means."""
        workspace, annotator = self.workspace, self.workspace.annotator
        newest = annotator.past.done[-1:] if annotator else []
        point = tuple(workspace.viewer.dims.current_step)
        return tuple(map(id, newest)), workspace.object_id, point, workspace.settings.positive, id(workspace.image)


def create_preview(image: "Image", shape: tuple[int, ...]) -> "Labels":
    """A layer for outlines on the grid of an image, with nothing in it."""
    from napari.layers import Labels
    from napari.utils.colormaps import CyclicLabelColormap
    from napari.utils.colormaps.standardize_color import transform_color

    # With a colormap of chosen colors for labels napari would compile for a second, and with its contours search the
    # whole plane for half a second each time that it is drawn; the window would wait.
    layer = Labels(
        zeros(shape, np.uint8),
        name=f"{image.name} preview",
        colormap=CyclicLabelColormap(colors=transform_color([HIDDEN, COLOR])),
        metadata={PREVIEW: True},
        **placement(image),
    )
    layer.editable = False
    return layer


def rim(boxed: BoxedMask) -> BoxedMask:
    """The outline of an object, inside of it.

    Examples
    --------
    >>> from napari_simpleclick.arrays import Box
    >>> rim((Box(7, 12, 0, 6), np.ones((5, 6), bool)))[1].astype(int)
    array([[1, 1, 1, 1, 1, 1],
           [1, 1, 1, 1, 1, 1],
           [1, 1, 0, 0, 1, 1],
           [1, 1, 1, 1, 1, 1],
           [1, 1, 1, 1, 1, 1]])
    """
    box, mask = boxed
    width = OUTLINE_WIDTH
    middle, before, after = slice(width, -width), slice(-2 * width), slice(2 * width, None)
    outline = mask.copy()
    inside = mask[middle, before] & mask[middle, after] & mask[before, middle] & mask[after, middle]
    outline[middle, middle] &= ~inside
    return box, outline
