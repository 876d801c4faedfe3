"""Workspace: the image that is annotated, its layers and objects, the settings, and signals of their changes."""

from collections.abc import Hashable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from psygnal import Signal

from napari_simpleclick.annotation.annotator import Annotator
from napari_simpleclick.annotation.objects import DEFAULT, ObjectProperties
from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.data.plane import SliceView
from napari_simpleclick.plugin.workspace.pending_clicks import PendingClick, PendingClicks
from napari_simpleclick.plugin.workspace.planes import PlaneError, displayed_plane, field_of_view, shown_plane
from napari_simpleclick.plugin.workspace.settings import Settings, Tool
from napari_simpleclick.plugin.workspace.sizes import Areas

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image, Labels, Points

    from napari_simpleclick.inference.session import PredictorLike

NO_IMAGE = "Open an image: drag a TIFF stack or a NIfTI volume into the window."


DRAGS: dict[Tool, str] = {
    "box": "Box: drag from corner to corner around object {}",
    "lasso": "Lasso: drag around object {}",
    "scribble": "Scribble: drag over object {}",
}
"""What a drag with a tool does; {} is the number of the object."""


class Workspace:
    """State of an annotation. Tools change it, and tell by its signals; it knows neither tools nor windows.

    Parameters
    ----------
    viewer
        napari's viewer, or a `ViewerModel` without a window.
    """

    status = Signal(str)
    """One line for the user: what happened, or what the next click will do."""

    failed = Signal(Exception)
    """A job or a click failed; everything is as before it."""

    changed = Signal()
    """Objects, clicks or layers changed: what is shown of them is out of date."""

    image_changed = Signal()
    """Another image is annotated, or none."""

    object_changed = Signal()
    """Clicks go to another object."""

    settings_changed = Signal(object)
    """A setting changed; comes with the `Settings` before."""

    slice_changed = Signal()
    """Another slice is displayed, along another axis perhaps, or the whole volume."""

    predictor_loaded = Signal(bool)
    """A predictor answers the clicks from now on; True for the first one."""

    def __init__(self, viewer: "ViewerModel") -> None:
        self.viewer = viewer
        self.settings = Settings()
        self.annotator: Annotator | None = None
        self.image: Image | None = None
        self.labels: Labels | None = None
        self.points: Points | None = None
        self.object_id = 1
        self.planes: dict[Hashable, SliceView] = {}
        self.pending = PendingClicks()
        self.areas = Areas()
        """Pixels of the masks that are shown."""
        viewer.layers.events.removed.connect(self._on_removed)
        dims = viewer.dims.events
        self._shown_events = (dims.point, dims.order, dims.ndisplay)
        for event in self._shown_events:
            event.connect(self._on_slice_changed)

    # -- what there is ----------------------------------------------------------------------------------------------

    @property
    def ready(self) -> bool:
        """Whether image, labels and points are all there."""
        return None not in (self.image, self.labels, self.points)

    @property
    def shown_plane(self) -> SliceView | None:
        """The displayed plane of the image; None where there is none."""
        return shown_plane(self.image, self.viewer.dims)

    def plane(self) -> SliceView | None:
        """The displayed plane of the image; None, and a message, where there is none."""
        if self.image is None:
            return None
        try:
            return displayed_plane(self.image, self.viewer.dims)
        except PlaneError as error:
            self.failed.emit(error)
            return None

    def view(self, plane: SliceView) -> Box | None:
        """Where a first click on a plane looks; None for all of the plane."""
        return field_of_view(self.image, plane) if self.image is not None and self.settings.look_at_view else None

    def properties(self, object_id: int) -> ObjectProperties:
        """What was said about an object."""
        return self.annotator.objects.get(object_id, DEFAULT) if self.annotator else DEFAULT

    def label(self, object_id: int) -> int:
        """The number of an object in the labels layer."""
        return object_id if self.settings.label_by == "objects" else self.properties(object_id).class_id

    def unanswered(self) -> list[PendingClick]:
        """Clicks on the present image that no mask shows yet, oldest first."""
        return self.pending.unanswered(self.annotator)

    def clicks(self, object_id: int) -> list[tuple[SliceView, Click]]:
        """The clicks of an object and their planes, those that wait for their answer last."""
        made = self.annotator.sessions.clicks(object_id) if self.annotator else {}
        answered = [(self.planes[key], click) for key, clicks in made.items() for click in clicks]
        return answered + [(plane, click) for owner, plane, click in self.unanswered() if owner == object_id]

    # -- what changes -----------------------------------------------------------------------------------------------

    def begin(self, image: "Image | None") -> None:
        """Annotate an image on which there is no object yet; None for no image."""
        self.image, self.labels, self.points = image, None, None
        if image is not None:
            self.planes, self.object_id, self.pending = {}, 1, PendingClicks()
        self.areas = Areas()
        self.begin_anew()
        self.image_changed.emit()

    def begin_anew(self) -> None:
        """Go on without any object; the predictor and the settings stay."""
        if self.annotator is not None:
            self.annotator = self._new_annotator(self.annotator.predictor)

    def resume(self, annotator: Annotator, planes: dict[Hashable, SliceView], object_id: int) -> None:
        """Go on with earlier objects on the present image, with the present predictor and settings.

        Parameters
        ----------
        annotator
            Holds the earlier objects; gets the present predictor.
        planes
            Every plane that it knows, by key.
        object_id
            The object to go on with.
        """
        if self.annotator is not None:
            annotator.predictor = self.annotator.predictor
        self.annotator, self.planes, self.object_id, self.areas = annotator, planes, object_id, Areas()
        self._pass_settings_on()

    def use_predictor(self, predictor: "PredictorLike") -> None:
        """Let a predictor answer the clicks from now on."""
        first = self.annotator is None
        if self.annotator is None:
            self.annotator = self._new_annotator(predictor)
        self.annotator.predictor = predictor
        self.predictor_loaded.emit(first)

    def change_settings(self, **values: Any) -> None:
        """Set some of `Settings` by name."""
        before, self.settings = self.settings, replace(self.settings, **values)
        self._pass_settings_on()
        self.settings_changed.emit(before)

    def toggle_polarity(self) -> None:
        """Exchange the meaning of the left and the right mouse button."""
        self.change_settings(positive=not self.settings.positive)
        self.say_next()
        self.changed.emit()

    def select_object(self, object_id: int) -> None:
        """Go on with an object; its clicks come back."""
        self.object_id = max(1, object_id)
        self.object_changed.emit()
        self.say_next()

    def say_next(self) -> None:
        """Tell what the next click will do, or what it needs."""
        if self.image is None:
            self.status.emit(NO_IMAGE)
        elif self.annotator is not None:
            self.status.emit(what_next(self.object_id, positive=self.settings.positive, tool=self.settings.tool))

    def close(self) -> None:
        """Tell nobody anything any more; layers and masks stay."""
        self.viewer.layers.events.removed.disconnect(self._on_removed)
        for event in self._shown_events:
            event.disconnect(self._on_slice_changed)
        self.image = self.labels = self.points = None
        for signal in (self.status, self.failed, self.changed, self.image_changed, self.object_changed):
            signal.disconnect()
        for signal in (self.settings_changed, self.slice_changed, self.predictor_loaded):
            signal.disconnect()

    # -- inside -----------------------------------------------------------------------------------------------------

    def _new_annotator(self, predictor: "PredictorLike") -> Annotator:
        settings = self.settings
        return Annotator(predictor, overlap=settings.overlap, others_negative=settings.others_negative)

    def _pass_settings_on(self) -> None:
        if self.annotator is not None:
            self.annotator.overlap = self.settings.overlap
            self.annotator.others_negative = self.settings.others_negative

    def _on_removed(self, event: Any) -> None:
        layer = event.value
        if layer == self.image:
            self.begin(None)
            self.status.emit("The image was closed. Open another one and press Annotate.")
        elif layer in (self.labels, self.points):
            self.labels = None if layer == self.labels else self.labels
            self.points = None if layer == self.points else self.points
            self.status.emit("A layer was removed; your clicks are kept. Press Annotate to put it back.")
        self.changed.emit()

    def _on_slice_changed(self, _event: object) -> None:
        self.slice_changed.emit()


def what_next(object_id: int, *, positive: bool, tool: Tool = "click") -> str:
    """What the next click or drag will do.

    Parameters
    ----------
    object_id
        The object that clicks go to.
    positive
        Whether the left button adds.
    tool
        What a drag does.

    Examples
    --------
    >>> what_next(3, positive=True)
    'Left click adds to object 3, right click removes from it.'
    >>> what_next(3, positive=True, tool="lasso")
    'Lasso: drag around object 3 with the left button; right scribbles what is not it.'
    """
    if tool != "click":
        left, right = ("left", "right") if positive else ("right", "left")
        return f"{DRAGS[tool].format(object_id)} with the {left} button; {right} scribbles what is not it."
    left, right = ("adds to", "removes from") if positive else ("removes from", "adds to")
    return f"Left click {left} object {object_id}, right click {right} it."
