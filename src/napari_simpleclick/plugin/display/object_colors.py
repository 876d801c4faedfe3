"""Colours of objects in the labels layer: chosen ones, those of napari for the others, none for hidden objects."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from napari_simpleclick.annotation.annotator import Annotator
from napari_simpleclick.annotation.objects import ObjectProperties
from napari_simpleclick.plugin.display.compiled_colors import prepare_colors
from napari_simpleclick.plugin.display.layers import set_colors
from napari_simpleclick.plugin.jobs.jobs import Jobs
from napari_simpleclick.plugin.workspace.workspace import Workspace

Rgba = tuple[float, float, float, float]
"""Red, green, blue and opacity, 0 to 1."""


class ObjectColors:
    """Shows the colours of objects.

    Parameters
    ----------
    workspace
        Has the objects and the labels layer.
    jobs
        Prepares chosen colours, which takes a second the first time.
    """

    def __init__(self, workspace: Workspace, jobs: Jobs) -> None:
        self.workspace, self.jobs = workspace, jobs
        self.automatic: Any = None
        """The colormap that napari gave the labels layer."""
        self._shown: dict[int, str | None] = {}
        self._known: tuple[Any, dict[int, Rgba]] = None, {}
        self._preparing: set[np.dtype] = set()
        self._prepared: set[np.dtype] = set()

    def forget(self) -> None:
        """The labels layer has its automatic colours again."""
        self._shown = {}

    def colors(self, object_ids: Sequence[int]) -> list[Rgba | None]:
        """The colours of objects; None for automatic ones if there is no labels layer."""
        chosen = [self.workspace.properties(object_id).color for object_id in object_ids]
        if self.workspace.labels is None:
            return [rgba(color) if color else None for color in chosen]
        automatic = self._automatic_colors([self.workspace.label(object_id) for object_id in object_ids])
        return [rgba(color) if color else given for color, given in zip(chosen, automatic, strict=True)]

    def refresh(self) -> None:
        """Show chosen colours, and hide what is invisible: a label when all its objects are."""
        annotator, labels = self.workspace.annotator, self.workspace.labels
        if annotator is None or labels is None:
            return
        wanted = self._wanted(annotator)
        if wanted and labels.dtype not in self._prepared:
            self._prepare(labels.dtype)
        elif wanted != self._shown:
            self._shown = wanted
            automatic = dict(zip(wanted, self._automatic_colors(list(wanted)), strict=True))
            set_colors(labels, automatic.__getitem__, wanted, automatic=self.automatic)

    def _prepare(self, dtype: np.dtype) -> None:
        """Show chosen colours as soon as napari can without holding up the window."""
        if dtype in self._preparing:
            return
        self._preparing.add(dtype)

        def prepared(_nothing: None) -> None:
            self._prepared.add(dtype)
            self.refresh()

        def failed() -> None:
            self._preparing.discard(dtype)

        self.jobs.submit(lambda: prepare_colors(dtype), prepared, failed, whatever_work=True)

    def _automatic_colors(self, labels: Sequence[int]) -> list[Rgba]:
        """What napari's colormap gives labels; remembered, and all asked at once, because one takes as long as many."""
        colormap, known = self._known
        if colormap is not self.automatic:
            colormap, known = self._known = self.automatic, {}
        new = sorted(set(labels) - known.keys())
        if new:
            known.update(zip(new, map(as_rgba, colormap.map(np.array(new))), strict=True))
        return [known[label] for label in labels]

    def _wanted(self, annotator: Annotator) -> dict[int, str | None]:
        """Every label in use with its colour, as `color_of` tells; none where all are the automatic ones."""
        if not any(about.color or not about.visible for about in list(annotator.objects.values())):
            return {}
        by_label: dict[int, list[ObjectProperties]] = {}
        for object_id in sorted({self.workspace.object_id, *annotator.object_ids()}):
            properties = self.workspace.properties(object_id)
            by_label.setdefault(self.workspace.label(object_id), []).append(properties)
        colors = {label: color_of(abouts) for label, abouts in by_label.items()}
        return colors if any(color != "" for color in colors.values()) else {}


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
