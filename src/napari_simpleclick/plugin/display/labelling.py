"""Labelling: masks of objects as numbers in the labels layer, painted in small steps."""

from collections.abc import Hashable, Iterator, Sequence

from napari_simpleclick.annotation.annotator import Change
from napari_simpleclick.annotation.label_painting import bands, fill, painting_steps
from napari_simpleclick.plugin.display.layers import make_room
from napari_simpleclick.plugin.workspace.workspace import Workspace


def painting(workspace: Workspace, changes: Sequence[Change]) -> Iterator[None]:
    """Bring the labels layer up to date after changes; labels are those of now."""
    labels = workspace.labels
    by_plane: dict[Hashable, list[tuple[int, Change]]] = {}
    for change in changes:
        if change.plane is not None:
            workspace.areas.update(change.object_id, change.plane, change.new_mask)
        by_plane.setdefault(change.plane, []).append((workspace.label(change.object_id), change))
    described = by_plane.pop(None, None)

    def steps() -> Iterator[None]:
        for key, on_plane in by_plane.items():
            plane = workspace.planes.get(key)
            if plane is not None and labels is not None:
                make_room(labels, max(label for label, _ in on_plane))
                yield from painting_steps(plane.labels(labels.data), on_plane)
        if described and workspace.settings.label_by == "classes":
            yield from relabelling(workspace)

    return steps()


def painting_all(workspace: Workspace) -> Iterator[None]:
    """Fill an empty labels layer."""
    annotator, labels, planes = workspace.annotator, workspace.labels, workspace.planes
    if annotator is None or labels is None:
        return
    for place in list(annotator.sessions):
        make_room(labels, workspace.label(place[0]))
        mask = annotator.sessions.mask(place)
        workspace.areas.update(*place, mask)
        for band in bands(mask):
            fill(planes[place[1]].labels(labels.data), [(workspace.label(place[0]), band)])
            yield


def relabelling(workspace: Workspace) -> Iterator[None]:
    """Give the pixels of all masks their labels anew."""
    annotator, labels, planes = workspace.annotator, workspace.labels, workspace.planes
    if annotator is None or labels is None:
        return
    for place in list(annotator.sessions):
        make_room(labels, workspace.label(place[0]))
        for box, mask in bands(annotator.sessions.mask(place)):
            planes[place[1]].labels(labels.data)[box.slices][mask] = workspace.label(place[0])
            yield
