"""Taken places: clicks where another object is that keeps its pixels."""

from dataclasses import dataclass

from napari_simpleclick.clicks import Click
from napari_simpleclick.data.volume import SliceView
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
