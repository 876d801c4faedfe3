"""Objects of a controller as wholes: names, classes, locks and colours, remove, merge, and who gets shared pixels."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from napari_simpleclick.annotation.annotator import Annotator, Change
from napari_simpleclick.annotation.label_painting import bands, fill, repainting
from napari_simpleclick.annotation.object_edits import describe, merge, remove
from napari_simpleclick.annotation.objects import DEFAULT, ObjectProperties, Overlap
from napari_simpleclick.plugin.display.layers import make_room, prepare_colors, set_colors

if TYPE_CHECKING:
    from napari_simpleclick.inference.session import PredictorLike
    from napari_simpleclick.plugin.controller import Controller

Shown = Literal["objects", "classes"]
"""What the numbers in the labels layer are."""


Rgba = tuple[float, float, float, float]
"""Red, green, blue and opacity, 0 to 1."""

OUTLINE_WIDTH = 2
"""Of masks that are shown as outlines, in pixels."""

STILL_LOADING = "The model is still loading: try again in a moment."


class Objects:
    """What a user does with whole objects; everything can be undone.

    Parameters
    ----------
    controller
        Owns layers and annotator.
    """

    def __init__(self, controller: "Controller") -> None:
        self.controller = controller
        self.shown: Shown = "objects"
        self.overlap: Overlap = "keep"
        self.others_negative = False
        self.outlines = False
        self._colored: dict[int, str | None] = {}
        self._preparing: set[np.dtype] = set()
        self._prepared: set[np.dtype] = set()
        self.automatic: Any = None
        """The colormap that napari gave the labels layer."""
        self._automatic: tuple[Any, dict[int, Rgba]] = None, {}

    def annotator_for(self, predictor: "PredictorLike") -> Annotator:
        """An annotator without objects and with the present settings."""
        return Annotator(predictor, overlap=self.overlap, others_negative=self.others_negative)

    # -- what the user does -----------------------------------------------------------------------------------------

    def describe(self, object_id: int, **values: Any) -> None:
        """Set name, class_id, color, locked or visible of an object.

        That happens at once: no mask changes, so no click is waited for.
        """
        annotator = self.controller.annotator
        if annotator is None:
            self.controller.status.emit(STILL_LOADING)
            return
        try:
            changes = describe(annotator, object_id, **values)
        except ValueError as error:
            self.controller.failed.emit(error)
        else:
            self.controller.apply(changes)

    def remove(self, *object_ids: int) -> None:
        """Remove objects, the present one if none is named, from all slices."""
        chosen = object_ids or (self.controller.object_id,)
        self._do(lambda annotator: remove(annotator, *chosen))

    def clear_slice(self) -> None:
        """Remove all clicks, and their mask, of the present object on the displayed slice."""
        controller = self.controller
        object_id, plane = controller.object_id, controller.slider.plane()
        if plane is not None:
            missing = f"Object {object_id} is not on this slice."
            self._do(lambda annotator: annotator.clear(object_id, plane.key), nothing=missing)

    def merge(self, *object_ids: int) -> None:
        """Make one object of several; the first keeps its number and name, and is the present one then."""
        if len(set(object_ids)) < 2:
            self.controller.status.emit("Select two or more rows of the table (Ctrl+click), then merge them.")
            return
        target, *others = dict.fromkeys(object_ids)
        self._do(lambda annotator: merge(annotator, target, *others), lambda: self.controller.select_object(target))

    def set_overlap(self, overlap: Overlap) -> None:
        """Choose who gets pixels that two objects claim; napari's brush does likewise."""
        self.overlap = overlap
        if self.controller.annotator:
            self.controller.annotator.overlap = overlap
        if self.controller.labels is not None:
            self.controller.labels.preserve_labels = overlap == "keep"

    def set_outlines(self, on: bool) -> None:
        """Choose whether masks are shown as outlines, so that what lies under them can be seen, or filled."""
        self.outlines = on
        labels, width = self.controller.labels, OUTLINE_WIDTH if on else 0
        if labels is not None and labels.contour != width:  # napari draws again in any case
            labels.contour = width

    def set_others_negative(self, on: bool) -> None:
        """Choose whether the network sees that the other objects are something else."""
        self.others_negative = on
        if self.controller.annotator:
            self.controller.annotator.others_negative = on

    def show(self, shown: Shown) -> None:
        """Choose whether the labels layer holds numbers of objects or of classes; masks and history stay."""
        if shown != self.shown:
            self.shown = shown
            self.controller.paint(self._relabelling())

    # -- what the labels layer shows --------------------------------------------------------------------------------

    def properties(self, object_id: int) -> ObjectProperties:
        """What was said about an object."""
        annotator = self.controller.annotator
        return annotator.objects.get(object_id, DEFAULT) if annotator else DEFAULT

    def label(self, object_id: int) -> int:
        """The number of an object in the labels layer."""
        return object_id if self.shown == "objects" else self.properties(object_id).class_id

    def colors(self, object_ids: Sequence[int]) -> list[Rgba | None]:
        """The colors of objects; None if there is no labels layer."""
        chosen = [self.properties(object_id).color for object_id in object_ids]
        if self.controller.labels is None:
            return [rgba(color) if color else None for color in chosen]
        automatic = self._automatic_colors([self.label(object_id) for object_id in object_ids])
        return [rgba(color) if color else given for color, given in zip(chosen, automatic, strict=True)]

    def _automatic_colors(self, labels: Sequence[int]) -> list[Rgba]:
        """What napari's colormap gives labels; remembered, and all asked at once, because one takes as long as many."""
        colormap, known = self._automatic
        if colormap is not self.automatic:
            colormap, known = self._automatic = self.automatic, {}
        new = sorted(set(labels) - known.keys())
        if new:
            known.update(zip(new, map(as_rgba, colormap.map(np.array(new))), strict=True))
        return [known[label] for label in labels]

    def owner(self, label: int) -> int:
        """The object that a brush with this label paints; 0 for the eraser."""
        return label if self.shown == "objects" or not label else self.controller.object_id

    def painting(self, changes: Sequence[Change]) -> Iterator[None]:
        """Bring the labels layer up to date after changes, in small steps; labels are those of now."""
        labels = self.controller.labels
        by_plane: dict[Hashable, list[tuple[int, Change]]] = {}
        for change in changes:
            by_plane.setdefault(change.plane, []).append((self.label(change.object_id), change))
        described = by_plane.pop(None, None)

        def steps() -> Iterator[None]:
            for key, on_plane in by_plane.items():
                plane = self.controller.planes.get(key)
                if plane is not None and labels is not None:
                    make_room(labels, max(label for label, _ in on_plane))
                    yield from repainting(plane.labels(labels.data), on_plane)
            if described and self.shown == "classes":
                yield from self._relabelling()

        return steps()

    def painting_all(self) -> Iterator[None]:
        """Fill an empty labels layer, in small steps."""
        annotator, labels, planes = self.controller.annotator, self.controller.labels, self.controller.planes
        self._colored = {}
        if annotator is None or labels is None:
            return
        for place in list(annotator.sessions):
            make_room(labels, self.label(place[0]))
            for band in bands(annotator.sessions.mask(place)):
                fill(planes[place[1]].labels(labels.data), [(self.label(place[0]), band)])
                yield

    def refresh_colors(self) -> None:
        """Show chosen colours, and hide what is invisible: a label when all its objects are."""
        annotator, labels = self.controller.annotator, self.controller.labels
        if annotator is None or labels is None:
            return
        wanted = self._wanted_colors(annotator)
        if wanted and labels.dtype not in self._prepared:
            self._prepare(labels.dtype)
        elif wanted != self._colored:
            self._colored = wanted
            automatic = dict(zip(wanted, self._automatic_colors(list(wanted)), strict=True))
            set_colors(labels, automatic.__getitem__, wanted, automatic=self.automatic)

    def _prepare(self, dtype: np.dtype) -> None:
        """Show chosen colours as soon as napari can without holding up the window."""
        if dtype in self._preparing:
            return
        self._preparing.add(dtype)

        def prepared(_nothing: None) -> None:
            self._prepared.add(dtype)
            self.refresh_colors()

        def failed() -> None:
            self._preparing.discard(dtype)

        self.controller.jobs.submit(lambda: prepare_colors(dtype), prepared, failed, whatever_work=True)

    def _wanted_colors(self, annotator: Annotator) -> dict[int, str | None]:
        """Every label in use with its colour, as `color_of` tells; none where all are the automatic ones."""
        if not any(about.color or not about.visible for about in list(annotator.objects.values())):
            return {}
        by_label: dict[int, list[ObjectProperties]] = {}
        for object_id in sorted({self.controller.object_id, *annotator.object_ids()}):
            by_label.setdefault(self.label(object_id), []).append(self.properties(object_id))
        colors = {label: color_of(abouts) for label, abouts in by_label.items()}
        return colors if any(color != "" for color in colors.values()) else {}

    def _relabelling(self) -> Iterator[None]:
        """Give the pixels of all masks their labels anew, in small steps."""
        annotator, labels, planes = self.controller.annotator, self.controller.labels, self.controller.planes
        if annotator is None or labels is None:
            return
        for place in list(annotator.sessions):
            make_room(labels, self.label(place[0]))
            for box, mask in bands(annotator.sessions.mask(place)):
                planes[place[1]].labels(labels.data)[box.slices][mask] = self.label(place[0])
                yield

    def _do(
        self, job: Callable[[Annotator], list[Change]], then: Callable[[], None] | None = None, *, nothing: str = ""
    ) -> None:
        """Change objects on the worker; `nothing` is told where nothing was to be changed."""
        annotator = self.controller.annotator
        if annotator is None:
            self.controller.status.emit(STILL_LOADING)
            return

        def done(changes: list[Change]) -> None:
            self.controller.apply(changes, then)
            if nothing and not changes:
                self.controller.status.emit(nothing)

        self.controller.change(lambda: job(annotator), done)


@cache
def rgba(color: str) -> Rgba:
    """The color of a name or of "#rrggbb"."""
    from napari.utils.colormaps.standardize_color import transform_color

    return as_rgba(transform_color(color)[0])


def as_rgba(values: Any) -> Rgba:
    """Four numbers of any kind as a color."""
    red, green, blue, alpha = (float(value) for value in values)
    return red, green, blue, alpha


def color_of(abouts: list[ObjectProperties]) -> str | None:
    """The color of a label that these objects have: the first that was chosen, or "" for any; None to hide it."""
    if not any(about.visible for about in abouts):
        return None
    return next((about.color for about in abouts if about.color), "")
