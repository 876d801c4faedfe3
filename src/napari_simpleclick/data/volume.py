"""Volumes: pixels in space, read when they are asked for."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from napari_simpleclick.arrays import Affine
from napari_simpleclick.data.grid import NiftiGeometry
from napari_simpleclick.data.plane import SliceView


class Hint(str):
    """A notice of what else a file holds, which nobody needs twice; other notices tell what is wrong with it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """Pixels in space.

    Parameters
    ----------
    data
        Array (..., rows, columns), or (..., rows, columns, 3) with `rgb`: numpy, memory-mapped, dask or zarr.
    spacing
        Distance of pixels along every axis but the color axis.
    unit
        Unit of `spacing`, None if unknown.
    origin
        Position of the first pixel in `unit`, like `spacing`.
    rgb
        Whether the last axis is color.
    name
        Shown to the user.
    geometry
        What is needed to write a mask back on the grid of a NIfTI file; None for other sources.
    axes
        A letter for every axis but the color axis, as in TIFF files ("TZYX"); empty if the source does not tell.
    affine
        Index (z, y, x) to position (z, y, x) in `unit` where the volume is turned, mirrored or sheared; None where
        spacing and origin tell all.
    labels
        Whether the file says that its numbers are labels.
    notices
        What the user should know of the file: what was left out or not understood.
    """

    data: Any
    spacing: tuple[float, ...]
    unit: str | None = None
    origin: tuple[float, ...] = ()
    rgb: bool = False
    name: str = "volume"
    geometry: NiftiGeometry | None = None
    axes: str = ""
    affine: Affine | None = None
    labels: bool = False
    notices: tuple[str, ...] = ()

    @property
    def axis_labels(self) -> tuple[str, ...]:
        """Names of the axes in lower case; those of NIfTI, read backwards, unless the source tells."""
        return tuple(self.axes.lower() or "wvctzyx"[-len(self.shape) :])

    @property
    def shape(self) -> tuple[int, ...]:
        """Size along every axis but the color axis."""
        return tuple(self.data.shape[:-1] if self.rgb else self.data.shape)

    @property
    def spatial(self) -> tuple[int, ...]:
        """The axes z, y and x by their letters; the last three, or two, where the source does not tell.

        A stack of planes is taken as space, whatever its first axis is called.
        """
        ndim = len(self.shape)
        if len(self.axes) == ndim and {"Y", "X"} <= set(self.axes) and ("Z" in self.axes or ndim != 3):
            return tuple(self.axes.index(letter) for letter in "ZYX" if letter in self.axes)
        return tuple(range(max(0, ndim - 3), ndim))

    @property
    def to_world(self) -> Affine:
        """Index (z, y, x) to position (z, y, x): in LPS directions for NIfTI files, obliqueness is kept."""
        if self.geometry is not None:
            backwards = np.eye(4)[[2, 1, 0, 3]]
            turned: Affine = backwards @ self.geometry.to_world @ backwards
            return turned
        if self.affine is not None:
            return self.affine
        axes = self.spatial
        matrix = np.eye(4)
        for row, axis in enumerate(axes, start=3 - len(axes)):
            matrix[row, row] = self.spacing[axis]
            matrix[row, 3] = self.origin[axis] if self.origin else 0
        return matrix

    def plane(self, index: int, axis: int = 0) -> SliceView:
        """The plane at `index` along `axis`, spanned by the other two of the last three axes."""
        ndim = len(self.shape)
        spatial = [other for other in range(max(0, ndim - 3), ndim) if other != axis % ndim or ndim == 2]
        point = [0] * ndim
        if ndim > 2:
            point[axis % ndim] = index
        return SliceView(self.data, tuple(point), (spatial[-2], spatial[-1]), rgb=self.rgb)
