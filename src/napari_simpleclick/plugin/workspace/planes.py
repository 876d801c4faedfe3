"""From what napari displays to planes of an image layer's data."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from napari_simpleclick.arrays import Box
from napari_simpleclick.data.intensity import Limits
from napari_simpleclick.data.plane import SliceView

if TYPE_CHECKING:
    from napari.components import Dims
    from napari.layers import Image


SMALLEST_VIEW = 16
"""Least height and width of a field of view in pixels."""


CHOSEN_LIMITS: "WeakKeyDictionary[Image, Limits]" = WeakKeyDictionary()
"""Limits for the model that were chosen instead of what a layer shows; see `seen_intensities`."""

BEYOND = 0.6
"""A position farther from the nearest pixel is on no plane of the image: half a pixel, and rounding."""


class PlaneError(ValueError):
    """What is displayed is no plane of the image."""


def layer_data(image: "Image") -> Any:
    """The layer's array; the finest level of a multiscale image."""
    return image.data[0] if image.multiscale else image.data


def displayed_plane(image: "Image", dims: "Dims") -> SliceView:
    """The plane of the image that napari shows.

    Raises
    ------
    PlaneError
        In 3-D display, when an axis that the image does not have is displayed, or a slice beyond its first or last.
    """
    if dims.ndisplay != 2:
        raise PlaneError("Clicks work on slices: switch to 2-D display (the cube button at the lower left).")
    missing = dims.ndim - image.ndim
    axes = tuple(axis - missing for axis in dims.displayed)
    if min(axes) < 0:
        raise PlaneError(
            f"The image has no axis {dims.axis_labels[min(dims.displayed)]!r}: display two of its own axes."
        )
    position = image.world_to_data(dims.point)[-image.ndim :]
    point = nearest_pixel(image, position)
    beyond = np.abs(np.subtract(position, point)) > BEYOND
    if any(beyond[axis] for axis in range(image.ndim) if axis not in axes):
        raise PlaneError(f"{image.name!r} has no such slice: go to one of its own slices.")
    return SliceView(layer_data(image), point, (axes[0], axes[1]), rgb=bool(image.rgb))


def shown_plane(image: "Image | None", dims: "Dims") -> SliceView | None:
    """`displayed_plane`, or None where there is none."""
    try:
        return displayed_plane(image, dims) if image is not None else None
    except PlaneError:
        return None


def go_to_plane(dims: "Dims", image: "Image", plane: SliceView) -> None:
    """Move the sliders of the axes that are not displayed to a plane of the image.

    Parameters
    ----------
    dims
        The viewer's, whose axes may be more than the image's.
    image
        The annotated image.
    plane
        A plane of it.
    """
    missing = dims.ndim - image.ndim
    for axis in dims.not_displayed:
        if axis >= missing and axis - missing not in plane.axes:
            dims.set_current_step(axis, plane.point[axis - missing])


def nearest_pixel(image: "Image", position: Sequence[float]) -> tuple[int, ...]:
    """The pixel of the image that is nearest to a position in data coordinates."""
    shape = layer_data(image).shape[: image.ndim]
    rounded = np.rint(position[-image.ndim :]).astype(int)
    return tuple(int(np.clip(place, 0, size - 1)) for place, size in zip(rounded, shape, strict=True))


def field_of_view(image: "Image", plane: SliceView) -> Box | None:
    """The part of the plane that the canvas shows; None if that is tiny, as before the canvas is first drawn."""
    first, last = np.asarray(image.corner_pixels)[:, -image.ndim :]
    if image.multiscale:
        factors = np.asarray(layer_data(image).shape) / np.asarray(image.data[image.data_level].shape)
        first, last = first * factors[: image.ndim], (last + 1) * factors[: image.ndim] - 1
    rows, cols = plane.axes
    view = Box(int(first[rows]), int(last[rows]) + 1, int(first[cols]), int(last[cols]) + 1)
    return view if min(view.shape) >= SMALLEST_VIEW else None


def contrast_limits(image: "Image") -> Limits | None:
    """Limits that make the model see what the user sees, or what was chosen; None for the pixels as they are."""
    if image in CHOSEN_LIMITS:
        return CHOSEN_LIMITS[image]
    if image.rgb:
        return None
    low, high = (float(value) for value in image.contrast_limits)
    return None if image.dtype == np.uint8 and (low, high) == (0.0, 255.0) else (low, high)
