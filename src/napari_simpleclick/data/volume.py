"""Volumes and the planes through them; pixels are read and converted when they are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from napari_simpleclick.arrays import Affine, BinaryMask, Box
from napari_simpleclick.data.grid import NiftiGeometry
from napari_simpleclick.data.indexing import cover, read_plane
from napari_simpleclick.data.intensity import Limits, default_limits, scale_to_bytes, to_rgb


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

    def plane(self, index: int, axis: int = 0) -> "SliceView":
        """The plane at `index` along `axis`, spanned by the other two of the last three axes."""
        ndim = len(self.shape)
        spatial = [other for other in range(max(0, ndim - 3), ndim) if other != axis % ndim or ndim == 2]
        point = [0] * ndim
        if ndim > 2:
            point[axis % ndim] = index
        return SliceView(self.data, tuple(point), (spatial[-2], spatial[-1]), rgb=self.rgb)


@dataclass(frozen=True, slots=True, eq=False)
class SliceView:
    """A plane through an array, spanned by any two of its axes.

    Parameters
    ----------
    data
        The array, with a last axis of colors if `rgb`.
    point
        Index of any pixel of the plane, one number per axis but the color axis.
    axes
        The axis that runs down the plane's rows and the one along its columns; the first may be the higher one.
    rgb
        Whether the last axis of `data` is color.
    """

    data: Any
    point: tuple[int, ...]
    axes: tuple[int, int]
    rgb: bool = False

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.data.shape[self.axes[0]], self.data.shape[self.axes[1]]

    @property
    def key(self) -> tuple[object, ...]:
        """What tells this plane from others of the same array."""
        return (self.axes, *(None if axis in self.axes else place for axis, place in enumerate(self.point)))

    def image(self, limits: Limits | None = None) -> "PlaneImage":
        """The plane as a picture that is converted where it is read.

        Without `limits` 8-bit pixels stay as they are, others are shown between percentiles of the whole array, so that
        all parts of all planes look alike.
        """
        return PlaneImage(self, limits or default_limits(self.data, rgb=self.rgb))

    def to_plane(self, point: Sequence[float]) -> tuple[float, float]:
        """Row and column of a point given in indices of the array."""
        return point[self.axes[0]], point[self.axes[1]]

    def to_volume(self, row: float, col: float) -> tuple[float, ...]:
        """Indices in the array of a point of the plane."""
        point: list[float] = list(self.point)
        point[self.axes[0]], point[self.axes[1]] = row, col
        return tuple(point)

    def read(self, rows: Any, cols: Any) -> np.ndarray:
        """Pixels at two slices, or at two sorted vectors of indices: (rows, columns) or (rows, columns, 3)."""
        return read_plane(self.data, self.point, self.axes, rows, cols)

    def paste(self, mask: BinaryMask, box: Box, labels: Any, label: int) -> None:
        """Write a label where the mask, which covers `box` of this plane, is True; other pixels stay.

        `labels` has the axes of the array, without the color axis.
        """
        index: list[Any] = list(self.point)
        index[self.axes[0]], index[self.axes[1]] = box.slices
        part = labels[tuple(index)]
        part[mask if self.axes[0] < self.axes[1] else mask.T] = label
        labels[tuple(index)] = part

    def labels(self, labels: Any) -> np.ndarray:
        """The same plane of a label array, (height, width); a view where the array allows it."""
        return SliceView(labels, self.point, self.axes).read(slice(None), slice(None))


WHOLE_PIXELS = 1 << 19
"""Regions of what is read from elsewhere are compared as a whole up to this size, in some hundredths of a second."""


@dataclass(frozen=True, slots=True, eq=False)
class PlaneImage:
    """A plane as (height, width, 3) uint8; only what is indexed is read and converted.

    So a click costs the same on a plane of 512 x 512 pixels and on one of 16384 x 16384, on numpy and on dask.

    Parameters
    ----------
    plane
        Where to read.
    limits
        Intensities shown black and white; see `to_rgb`.
    """

    plane: SliceView
    limits: Limits | None

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, PlaneImage)
            and self.plane.data is other.plane.data
            and (self.plane.key, self.limits) == (other.plane.key, other.limits)
        )

    def __hash__(self) -> int:
        return hash((id(self.plane.data), self.plane.key, self.limits))

    @property
    def settings(self) -> dict[str, Any]:
        """What makes this picture of the plane, as plain values for session files."""
        return {"limits": self.limits}

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width, 3."""
        return (*self.plane.shape, 3)

    @property
    def dtype(self) -> np.dtype[np.uint8]:
        """Always uint8."""
        return np.dtype(np.uint8)

    def __getitem__(self, index: Any) -> np.ndarray:
        """Pixels at a pair of slices or at `np.ix_(rows, columns)`; the channels of grey ones share their memory."""
        rows, cols = (part if isinstance(part, slice) else np.ravel(part) for part in index)
        pixels = self.plane.read(rows, cols)
        if self.plane.rgb:
            return to_rgb(pixels, self.limits, rgb=True)
        grey = pixels if self.limits is None else scale_to_bytes(pixels, self.limits)
        return np.broadcast_to(grey[..., None], (*grey.shape, 3))

    def stored(self, rows: Any, cols: Any) -> bytes | None:
        """Pixels as the array has them now, at two slices or two sorted vectors.

        Of large regions of what is read from elsewhere, such as dask or zarr, three rows stand for all: another picture
        has other ones, and the rest may take seconds.
        """
        spans = zip((rows, cols), self.plane.shape, strict=True)
        inside, across = (range(size)[cover(part)[0]] for part, size in spans)  # what lies between is read, too
        if isinstance(self.plane.data, np.ndarray) or len(inside) * len(across) <= WHOLE_PIXELS:
            return self.plane.read(rows, cols).tobytes()
        some = (inside[part * len(inside) // 4] for part in (1, 2, 3))
        return b"".join(self.plane.read(slice(row, row + 1), cols).tobytes() for row in some)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """The whole plane."""
        return np.array(self[:, :])


def plane_at(key: Any, data: Any, *, rgb: bool = False) -> SliceView:
    """The plane of an array that has this key; see `SliceView.key`.

    Examples
    --------
    >>> plane_at(((1, 2), 4, None, None), np.zeros((9, 9, 9))).point
    (4, 0, 0)
    """
    axes, *places = key
    return SliceView(data, tuple(place or 0 for place in places), axes, rgb=rgb)
