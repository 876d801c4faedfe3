"""Clicks of the user: each is answered on the worker; those made before the model is loaded wait for it."""

from dataclasses import dataclass

from napari_simpleclick.annotation.history import Change
from napari_simpleclick.clicks import Click
from napari_simpleclick.data.plane import SliceView
from napari_simpleclick.plugin.display.canvas import Canvas
from napari_simpleclick.plugin.workspace.channels import pictures
from napari_simpleclick.plugin.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True, eq=False)
class TakenPlace:
    """A click that was not made, because it lies on another object.

    Parameters
    ----------
    object_id
        The object that was clicked.
    owner
        The one that is there.
    name
        What that is called: "object 3 'mito'".
    locked
        Whether nothing may change it.
    plane, click
        Where.
    """

    object_id: int
    owner: int
    name: str
    locked: bool
    plane: SliceView
    click: Click

    @property
    def text(self) -> str:
        """Whose the place is, and what can be done."""
        how = "it is locked" if self.locked else "Alt+click takes its pixels"
        return f"This place belongs to {self.name}: {how}, Ctrl+click goes on with it."


class Clicks:
    """Passes clicks to the annotator.

    Parameters
    ----------
    workspace, canvas
        What is annotated, and how it is shown.
    """

    def __init__(self, workspace: Workspace, canvas: Canvas) -> None:
        self.workspace, self.canvas = workspace, canvas
        self.taken: TakenPlace | None = None
        """The last click, if it lay on another object and was not made."""
        for signal in (workspace.object_changed, workspace.slice_changed, workspace.image_changed):
            signal.connect(self.forget)

    def click_at(self, world: tuple[float, ...], *, positive: bool, plane: SliceView | None = None) -> None:
        """Click the present object at a position in world coordinates of the viewer.

        Parameters
        ----------
        world
            One coordinate per axis of the viewer, in the viewer's units.
        positive
            Whether the object is there.
        plane
            The slice that was seen; the displayed one if None.
        """
        there = self._place(world, plane)
        if there is not None:
            shown, row, col = there
            self.ask(self.workspace.object_id, shown, Click(row, col, positive))

    def offer_at(
        self, world: tuple[float, ...], *, positive: bool, plane: SliceView | None = None, take_over: bool = False
    ) -> None:
        """Click as `click_at` does, but where another object keeps its pixels only offer to; see `taken`.

        Parameters
        ----------
        world, positive, plane
            As for `click_at`.
        take_over
            Whether an object that is there gives up its pixels, unless it is locked.
        """
        workspace = self.workspace
        self.forget()
        there = self._place(world, plane)
        if there is None:
            return
        shown, row, col = there
        click = Click(row, col, positive)
        taken = taken_place(workspace, shown, click)
        if taken is None or (take_over and not taken.locked):
            self.ask(workspace.object_id, shown, click, take_from=taken.owner if taken else None)
            return
        self.taken = taken
        workspace.status.emit(taken.text)
        workspace.changed.emit()

    def select_at(self, world: tuple[float, ...], *, plane: SliceView | None = None) -> None:
        """Go on with the object at a position."""
        there = self._place(world, plane)
        if there is None:
            return
        shown, row, col = there
        owner = owner_of(self.workspace, shown, Click(row, col))
        if owner is None:
            self.workspace.status.emit("There is no object here to go on with.")
        else:
            self.workspace.select_object(owner)

    def take_over(self) -> None:
        """Make the click that lay on another object: that gives up its pixels."""
        taken = self.taken
        if taken is not None:
            self.forget()
            self.ask(taken.object_id, taken.plane, taken.click, take_from=taken.owner)

    def select_owner(self) -> None:
        """Go on with the object that the last click lay on."""
        if self.taken is not None:
            self.workspace.select_object(self.taken.owner)

    def forget(self) -> None:
        """Offer no more what lay on another object."""
        if self.taken is not None:
            self.taken = None
            self.workspace.changed.emit()

    def _place(self, world: tuple[float, ...], plane: SliceView | None) -> tuple[SliceView, int, int] | None:
        """Plane, row and column of a position; None, and a message where it helps, if it is none of the image."""
        workspace = self.workspace
        if not workspace.ready or workspace.image is None:
            workspace.status.emit("Choose an image and press Annotate.")
            return None
        plane = plane or workspace.plane()
        if plane is None:
            return None
        row, col = (round(v) for v in plane.to_plane(workspace.image.world_to_data(world)[-workspace.image.ndim :]))
        height, width = plane.shape
        return (plane, row, col) if 0 <= row < height and 0 <= col < width else None

    def ask(self, object_id: int, plane: SliceView, click: Click, *, take_from: int | None = None) -> None:
        """Click an object on a plane; before a predictor is there, as soon as it is.

        Parameters
        ----------
        object_id
            The object.
        plane, click
            Where.
        take_from
            An object that gives up its pixels there.
        """
        workspace, image, annotator = self.workspace, self.workspace.image, self.workspace.annotator
        if image is None:
            return
        pending = object_id, plane, click
        workspace.pending.objects.add(object_id)
        if annotator is None:
            workspace.pending.early.append(pending)
            self.canvas.show_object()
            workspace.status.emit("The model is still loading: your click is answered as soon as it is there.")
            return
        picture, view = pictures(image), workspace.view(plane)
        workspace.planes[plane.key] = plane
        workspace.pending.asked.append(pending)
        self.canvas.show_object()  # the marker at once, the mask when it is there

        def answer() -> list[Change]:
            return annotator.click(object_id, plane.key, picture(plane), click, view=view, take_from=take_from)

        def ended() -> None:
            if pending in workspace.pending.asked:
                workspace.pending.asked.remove(pending)

        self.canvas.change(answer, ended=ended)

    def ask_early(self) -> None:
        """Ask what was clicked before a predictor was there."""
        pending = self.workspace.pending
        early, pending.early = pending.early, []
        for each in early:
            self.ask(*each)


def taken_place(workspace: Workspace, plane: SliceView, click: Click) -> TakenPlace | None:
    """Whose place a click of the present object lies on; None if it can have it."""
    annotator, labels, object_id = workspace.annotator, workspace.labels, workspace.object_id
    if annotator is None or labels is None or not click.positive:
        return None
    owner = owner_of(workspace, plane, click)
    if owner in (None, object_id) or not annotator.keeps(owner):
        return None
    about = workspace.properties(owner)
    name = f"object {owner}" + (f" {about.name!r}" if about.name else "")
    return TakenPlace(object_id, owner, name, about.locked, plane, click)


def owner_of(workspace: Workspace, plane: SliceView, click: Click) -> int | None:
    """The object that is where a click is; None if there is none."""
    annotator, labels = workspace.annotator, workspace.labels
    row, col = round(click.row), round(click.col)
    if annotator is None or labels is None or not plane.labels(labels.data)[row, col]:
        return None
    for object_id, (box, mask) in annotator.sessions.masks_on(plane.key).items():
        rows, cols = box.slices
        inside = rows.start <= row < rows.stop and cols.start <= col < cols.stop
        if inside and mask[row - rows.start, col - cols.start]:
            return object_id
    return None
