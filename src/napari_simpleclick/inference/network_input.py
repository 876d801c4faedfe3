"""What the network is given of a region: the picture, the previous map, the clicks."""

from collections.abc import Sequence

import numpy as np

from napari_simpleclick.array_types import Float32
from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.recipe import PUBLISHED, InferenceRecipe
from napari_simpleclick.inference.resample import Plane, regrid, resample_at, resize
from napari_simpleclick.model.click_maps import draw_prompts


def read_crop(image: Plane, box: Box, size: int, out: np.ndarray | None = None) -> Float32[np.ndarray, "3 size size"]:
    """Crop a picture and resize it to the network's input.

    Parameters
    ----------
    image
        (height, width, 3) uint8.
    box
        The region to read.
    size
        Side of the network's input in pixels.
    out
        Memory for the result; new one if None.

    Returns
    -------
    (3, size, size) float32
        RGB in [0, 1].
    """
    result = np.empty((3, size, size), np.float32) if out is None else out
    if max(box.shape) <= 2 * size:
        channels = [resize(channel, size) for channel in channels_of(image[box.slices])]
    else:
        read = resample_at(lambda rows, cols: one_channel(image[np.ix_(rows, cols)]), box, size)
        channels = channels_of(read)
    for channel, resized in zip(result, channels, strict=False):
        np.divide(resized, 255, out=channel)
    result[len(channels) :] = result[:1]
    return result


def one_channel(pixels: np.ndarray) -> np.ndarray:
    """(height, width, 3), or (height, width) where the channels share their memory: grey is resized once only."""
    return pixels[..., 0] if pixels.strides[-1] == 0 else pixels


def channels_of(pixels: np.ndarray) -> list[np.ndarray]:
    """The channels that differ, each (height, width): one where all share their memory."""
    pixels = one_channel(pixels)
    return [pixels] if pixels.ndim == 2 else list(np.moveaxis(pixels, 2, 0))


def guidance_maps(
    clicks: Sequence[Click],
    previous: Prediction | None,
    roi: Box,
    size: int,
    out: np.ndarray | None = None,
    *,
    recipe: InferenceRecipe = PUBLISHED,
) -> Float32[np.ndarray, "3 size size"]:
    """Previous map, positive and negative clicks as the network sees them in a region.

    Parameters
    ----------
    clicks, previous
        As for `Predictor.predict`.
    roi
        The region.
    size
        Side of the network's input in pixels.
    out
        Memory for the result; new one if None.
    recipe
        Whether a map of the same region is shown as it is.
    """
    height, width = roi.shape
    maps = np.empty((3, size, size), np.float32) if out is None else out
    maps[0] = 0 if previous is None else previous_map(previous, roi, size, recipe)
    draw_prompts(maps[1:], clicks, origin=(roi.row_start, roi.col_start), scale=(size / height, size / width))
    return maps


def previous_map(
    previous: Prediction, roi: Box, size: int, recipe: InferenceRecipe
) -> Float32[np.ndarray, "size size"]:
    """The last map as the network sees it in a region."""
    shown = previous.shown_map()
    if recipe.own_map and previous.roi == roi and len(shown) == size:
        return shown
    return regrid(shown, previous.roi, roi, size)
