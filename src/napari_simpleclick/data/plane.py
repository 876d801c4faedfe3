"""Planes through volumes, read and converted where they are asked for, in the way that is fast there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from napari_simpleclick.arrays import BinaryMask, Box
from napari_simpleclick.data.intensity import Limits, default_limits, scale_to_bytes, to_rgb

WHOLE_PIXELS = 1 << 19
"""Regions of what is read from elsewhere are compared as a whole up to this size, in some hundredths of a second."""

ROWS_AT_ONCE, CACHE_LINE = 16, 64
"""Rows that stay in the processor's cache, and bytes that it reads at once."""


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
        index: list[Any] = list(self.point)
        row_span, rows_within = cover(rows)
        col_span, cols_within = cover(cols)
        index[self.axes[0]], index[self.axes[1]] = row_span, col_span
        pixels = self.data[tuple(index)]
        if self.axes[0] > self.axes[1]:
            pixels = pixels.swapaxes(0, 1)
        if isinstance(pixels, np.ndarray) and not isinstance(rows, slice):
            return picked(pixels, rows_within, cols_within)
        return np.asarray(pixels[rows_within][:, cols_within])

    def paste(self, mask: BinaryMask, box: Box, labels: Any, label: int) -> None:
        """Write a label where the mask, which covers `box` of this plane, is True; other pixels stay.

        Parameters
        ----------
        mask
            Shape of `box`, rows before columns of this plane.
        box
            The part of the plane that the mask covers.
        labels
            Has the axes of `data`, without the color axis; changed in place.
        label
            The value to write.
        """
        index: list[Any] = list(self.point)
        index[self.axes[0]], index[self.axes[1]] = box.slices
        part = labels[tuple(index)]
        part[mask if self.axes[0] < self.axes[1] else mask.T] = label
        labels[tuple(index)] = part

    def labels(self, labels: Any) -> np.ndarray:
        """The same plane of a label array, (height, width); a view where the array allows it."""
        return SliceView(labels, self.point, self.axes).read(slice(None), slice(None))


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

    Parameters
    ----------
    key
        Axes of rows and columns, then a place for every axis, None for those two.
    data
        The array.
    rgb
        Whether its last axis is color, which the key does not count.

    Examples
    --------
    >>> plane_at(((1, 2), 4, None, None), np.zeros((9, 9, 9))).point
    (4, 0, 0)
    """
    axes, *places = key
    return SliceView(data, tuple(place or 0 for place in places), axes, rgb=rgb)


def cover(indices: Any) -> tuple[slice, Any]:
    """A slice that covers sorted indices, and where they are in what it selects.

    Arrays on disk read slices well and lists of indices badly, if at all.

    Examples
    --------
    >>> cover(np.array([4, 6, 7]))
    (slice(4, 8, None), array([0, 2, 3]))
    """
    if isinstance(indices, slice):
        return indices, slice(None)
    first, last = int(indices[0]), int(indices[-1])
    return slice(first, last + 1), indices - first


def picked(pixels: np.ndarray, rows: np.ndarray, cols: np.ndarray) -> np.ndarray:
    """Rows and columns of (height, width, ...): `pixels[np.ix_(rows, cols)]`, without jumping through memory.

    Where columns are so close that every part of a row is read anyway, whole rows are copied, some at a time.

    Examples
    --------
    >>> picked(np.arange(12).reshape(3, 4), np.array([0, 2]), np.array([1, 3]))
    array([[ 1,  3],
           [ 9, 11]])
    """
    if not pixels[0].flags.c_contiguous or pixels[0].nbytes > CACHE_LINE * len(cols):
        jumping: np.ndarray = pixels[np.ix_(rows, cols)]
        return jumping
    found = np.empty((len(rows), len(cols), *pixels.shape[2:]), pixels.dtype)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        some = slice(start, start + ROWS_AT_ONCE)
        # Never clips: numpy only copies once more where it may have to raise.
        pixels[rows[some]].take(cols, axis=1, out=found[some], mode="clip")
    return found
