"""Kept workspaces: what was done on images that are open still, to go on with it.

A workspace is kept when another image is chosen, and when the widget is closed; the next widget goes on with it.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from napari_simpleclick.annotation.annotator import Annotator
from napari_simpleclick.plugin.workspace.workspace import Workspace

if TYPE_CHECKING:
    from napari.layers import Image, Layer


class KeptWorkspace:
    """What a workspace held when it was left.

    Parameters
    ----------
    workspace
        Has the image still.
    annotator
        Has the objects.
    """

    def __init__(self, workspace: Workspace, annotator: Annotator) -> None:
        self.annotator = annotator
        self.planes, self.object_id = workspace.planes, workspace.object_id
        self.labels, self.points = workspace.labels, workspace.points
        self.pending = workspace.pending
        self.painted = False
        if self.labels is not None:
            self.labels.events.paint.connect(self._on_painted)

    def _on_painted(self, _event: object) -> None:
        self.painted = True


KEPT: "WeakKeyDictionary[Image, KeptWorkspace]" = WeakKeyDictionary()
"""Kept workspaces by image, of all widgets; gone with the image."""


def keep(workspace: Workspace) -> None:
    """Keep what was done on the present image, if anything was."""
    annotator = workspace.annotator
    if workspace.image is None or annotator is None:
        return
    if annotator.sessions or annotator.objects or workspace.pending.asked:
        KEPT[workspace.image] = KeptWorkspace(workspace, annotator)


def is_kept(image: "Image") -> bool:
    """Whether something was done on an image that was left."""
    return image in KEPT


def switch(workspace: Workspace, image: "Image") -> None:
    """Begin on another image, or go on with what was kept of it. Layers on which nothing was done go."""
    keep(workspace)
    left, labels, points = workspace.image, workspace.labels, workspace.points
    untouched = left is not None and workspace.annotator is not None and left not in KEPT
    workspace.begin(image)
    if untouched:
        # A stroke of the brush may wait for the annotator still.
        painted = labels is not None and any(plane.any() for plane in labels.data)
        _remove(workspace, (points, None if painted else labels))
    if workspace.annotator is not None:
        kept = KEPT.pop(image, None)
        if kept is not None:
            _resume(workspace, kept)


def come_back(workspace: Workspace) -> KeptWorkspace | None:
    """Go on with what another widget kept of the present image, unless its layers were removed since."""
    kept = None if workspace.image is None else KEPT.pop(workspace.image, None)
    if kept is None or workspace.annotator is None:
        return None
    if kept.labels not in workspace.viewer.layers and kept.points not in workspace.viewer.layers:
        return None
    _resume(workspace, kept)
    workspace.pending.ask_again()
    return kept


def _resume(workspace: Workspace, kept: KeptWorkspace) -> None:
    """Go on with kept work; its layers are made anew, since answers may have come meanwhile.

    Masks that somebody painted in after they were left stay as a layer beside the new one.
    """
    workspace.resume(kept.annotator, kept.planes, kept.object_id)
    workspace.pending.resume(kept.pending, kept.annotator)
    _remove(workspace, (kept.points, None if kept.painted else kept.labels))


def _remove(workspace: Workspace, ours: "Iterable[Layer | None]") -> None:
    """Take layers out of the viewer, as far as they are there."""
    layers = workspace.viewer.layers
    for layer in ours:
        if layer is not None and layer in layers:
            layers.remove(layer)
