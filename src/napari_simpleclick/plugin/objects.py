"""Objects of a controller as wholes: names, classes, locks and colours, remove, merge, and who gets shared pixels."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from napari_simpleclick.inference.annotator import Annotator, Change
from napari_simpleclick.inference.object_edits import describe, merge, remove
from napari_simpleclick.inference.objects import DEFAULT, ObjectProperties, Overlap
from napari_simpleclick.inference.repaint import fill, repaint
from napari_simpleclick.plugin.layers import make_room, refresh, set_colors

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
        if self.controller.labels is not None:
            self.controller.labels.contour = OUTLINE_WIDTH if on else 0

    def set_others_negative(self, on: bool) -> None:
        """Choose whether the network sees that the other objects are something else."""
        self.others_negative = on
        if self.controller.annotator:
            self.controller.annotator.others_negative = on

    def show(self, shown: Shown) -> None:
        """Choose whether the labels layer holds numbers of objects or of classes; masks and history stay."""
        if shown != self.shown:
            self.shown = shown
            self._relabel()
            self.controller.show_object()

    # -- what the labels layer shows --------------------------------------------------------------------------------

    def properties(self, object_id: int) -> ObjectProperties:
        """What was said about an object."""
        annotator = self.controller.annotator
        return annotator.objects.get(object_id, DEFAULT) if annotator else DEFAULT

    def label(self, object_id: int) -> int:
        """The number of an object in the labels layer."""
        return object_id if self.shown == "objects" else self.properties(object_id).class_id

    def color(self, object_id: int) -> Rgba | None:
        """The color of an object; None if there is no labels layer."""
        chosen = self.properties(object_id).color
        if chosen:
            return rgba(chosen)
        return None if self.controller.labels is None else self._automatic_color(self.label(object_id))

    def _automatic_color(self, label: int) -> Rgba:
        """What napari's colormap gives a label; remembered, because a colormap takes long to tell one color."""
        colormap, known = self._automatic
        if colormap is not self.controller.automatic_colors:
            colormap, known = self._automatic = self.controller.automatic_colors, {}
        if label not in known:
            known[label] = as_rgba(colormap.map(label))
        return known[label]

    def owner(self, label: int) -> int:
        """The object that a brush with this label paints; 0 for the eraser."""
        return label if self.shown == "objects" or not label else self.controller.object_id

    def repaint(self, changes: list[Change]) -> None:
        """Bring the labels layer up to date after changes."""
        controller, described = self.controller, False
        for key in dict.fromkeys(change.plane for change in changes):
            plane = controller.planes.get(key)
            if plane is None:
                described = described or key is None
            elif controller.labels is not None:
                on_plane = [change for change in changes if change.plane == key]
                make_room(controller.labels, max(self.label(change.object_id) for change in on_plane))
                repaint(plane.labels(controller.labels.data), on_plane, value=self.label)
        if described and self.shown == "classes":
            self._relabel()
        self.refresh_colors()

    def paint_all(self) -> None:
        """Fill an empty labels layer."""
        annotator, labels = self.controller.annotator, self.controller.labels
        self._colored = {}
        if annotator is None or labels is None:
            return
        for place in list(annotator.sessions):
            mask = annotator.mask(place)
            make_room(labels, self.label(place[0]))
            fill(self.controller.planes[place[1]].labels(labels.data), [(self.label(place[0]), mask)])
        self.refresh_colors()
        refresh(labels)

    def refresh_colors(self) -> None:
        """Show chosen colours, and hide what is invisible: a label when all its objects are."""
        annotator, labels = self.controller.annotator, self.controller.labels
        if annotator is None or labels is None:
            return
        wanted = self._wanted_colors(annotator)
        if wanted != self._colored:
            self._colored = wanted
            set_colors(labels, self._automatic_color, wanted, automatic=self.controller.automatic_colors)

    def _wanted_colors(self, annotator: Annotator) -> dict[int, str | None]:
        """Every label in use with its colour, as `color_of` tells; none where all are the automatic ones."""
        if not any(about.color or not about.visible for about in list(annotator.objects.values())):
            return {}
        by_label: dict[int, list[ObjectProperties]] = {}
        for object_id in sorted({self.controller.object_id, *annotator.object_ids()}):
            by_label.setdefault(self.label(object_id), []).append(self.properties(object_id))
        colors = {label: color_of(abouts) for label, abouts in by_label.items()}
        return colors if any(color != "" for color in colors.values()) else {}

    def _relabel(self) -> None:
        """Give the pixels of all masks their labels anew."""
        annotator, labels = self.controller.annotator, self.controller.labels
        if annotator is None or labels is None:
            return
        for place in list(annotator.sessions):
            mask = annotator.mask(place)
            if mask is not None:
                make_room(labels, self.label(place[0]))
                plane = self.controller.planes[place[1]].labels(labels.data)
                plane[mask[0].slices][mask[1]] = self.label(place[0])
        self.refresh_colors()
        refresh(labels)

    def _do(self, job: Callable[[Annotator], list[Change]], then: Callable[[], None] | None = None) -> None:
        annotator = self.controller.annotator
        if annotator is None:
            self.controller.status.emit(STILL_LOADING)
            return

        def done(changes: list[Change]) -> None:
            self.controller.apply(changes)
            if then:
                then()

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
