"""Intensity likelihood: how well grey values fit an object, learned on a slice where it is known."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import distance_transform_edt, gaussian_filter, gaussian_filter1d

from napari_simpleclick.arrays import Box, disk_radius
from napari_simpleclick.inference.resample import Plane, Positions, resample_at
from napari_simpleclick.masks import BoxedMask, clamped, pasted, widened

NARROWEST_RIM = 6
"""Least reach in pixels of the surroundings beyond the object; otherwise they reach as far as its radius."""

SIDE = 256
"""Side in pixels to which larger objects are thinned out."""

SMOOTHING = 0.7
"""Deviation in pixels by which pictures are smoothed: single pixels are mostly noise."""

BINS = 64
"""Intervals of 0-255 in which grey values are counted."""

FINEST = 6.0
"""Grey values that differ by less are not told apart."""

SUREST = 3.0
"""A grey value is no stronger evidence than this logit."""


@dataclass(frozen=True, slots=True, eq=False)
class IntensityLikelihood:
    """How much every grey value speaks for the object.

    Parameters
    ----------
    evidence
        (3, BINS) logarithm of how many times more often values of a channel occur inside than around.
    step
        Distance in pixels between those that were read.
    """

    evidence: np.ndarray
    step: int

    def log_ratio(self, image: Plane, region: Box, size: int) -> np.ndarray:
        """Evidence for the object in a region of a picture (height, width, 3) uint8, (size, size) float32 logits.

        Parameters
        ----------
        image
            (height, width, 3) uint8 picture of the plane.
        region
            The part to judge.
        size
            Side of the result in pixels.
        """
        rows = np.arange(region.row_start, region.row_stop, self.step)
        cols = np.arange(region.col_start, region.col_stop, self.step)
        values = smoothed(image, rows, cols)
        centres = (np.arange(BINS) + 0.5) * 256 / BINS
        found = np.mean([np.interp(each, centres, known) for each, known in zip(values, self.evidence, strict=True)], 0)
        return resample_at(lambda r, c: found[np.ix_(r, c)], Box(0, len(rows), 0, len(cols)), size)

    def inside(self, image: Plane, boxed: BoxedMask) -> float:
        """Mean evidence over the pixels of a mask: above 0 they look like the object, below like what is around it."""
        box, mask = boxed
        rows = np.arange(box.row_start, box.row_stop, self.step)
        cols = np.arange(box.col_start, box.col_stop, self.step)
        chosen = mask[:: self.step, :: self.step]
        if not chosen.any():
            return 0.0
        centres = (np.arange(BINS) + 0.5) * 256 / BINS
        values = smoothed(image, rows, cols)
        found = [np.interp(each, centres, known)[chosen] for each, known in zip(values, self.evidence, strict=True)]
        return float(np.mean(found))


def averaged(first: IntensityLikelihood | None, second: IntensityLikelihood | None) -> IntensityLikelihood | None:
    """What two slices tell together; None if neither tells anything."""
    if first is None or second is None:
        return first or second
    return IntensityLikelihood((first.evidence + second.evidence) / 2, max(first.step, second.step))


def learned_likelihood(image: Plane, boxed: BoxedMask) -> IntensityLikelihood | None:
    """Learn the grey values of an object and its surroundings on one slice; None if it has no surroundings.

    Parameters
    ----------
    image
        (height, width, 3) uint8.
    boxed
        The object, not empty.

    Examples
    --------
    >>> bright = Box(10, 20, 10, 20), np.ones((10, 10), bool)
    >>> image = np.full((30, 30, 3), 50, np.uint8)
    >>> image[10:20, 10:20] = 200
    >>> evidence = learned_likelihood(image, bright).log_ratio(image, Box(0, 30, 0, 30), 30)
    >>> bool(evidence[15, 15] > 1), bool(evidence[2, 2] < -1)
    (True, True)
    """
    box, mask = boxed
    rim = max(NARROWEST_RIM, int(disk_radius(mask)))
    frame = widened(box, rim)
    shown = clamped(frame, (image.shape[0], image.shape[1]))
    step = max(1, max(box.shape) // SIDE)
    rows, cols = (
        np.arange(start, stop, step)
        for start, stop in ((shown.row_start, shown.row_stop), (shown.col_start, shown.col_stop))
    )
    inside = pasted(boxed, frame)[np.ix_(rows - frame.row_start, cols - frame.col_start)]
    away = distance_transform_edt(~inside) * step
    # The pixel beside the border belongs to neither: borders are drawn a little differently each time.
    around = (away > step) & (away <= rim)
    if not inside.any() or not around.any():
        return None
    values = smoothed(image, rows, cols)
    ratios = [np.log(frequencies(each[inside]) / frequencies(each[around])) for each in values]
    return IntensityLikelihood(np.clip(ratios, -SUREST, SUREST), step)


def smoothed(image: Plane, rows: Positions, cols: Positions) -> np.ndarray:
    """Every channel of a picture at rows and columns, (3, len(rows), len(cols)) float32."""
    pixels = np.moveaxis(image[np.ix_(rows, cols)].astype(np.float32), 2, 0)
    found: np.ndarray = gaussian_filter(pixels, (0, SMOOTHING, SMOOTHING))
    return found


def frequencies(values: np.ndarray) -> np.ndarray:
    """How often values between 0 and 255 occur in each interval, (BINS,); smooth, and never zero."""
    counts = np.histogram(values, np.linspace(0, 256, BINS + 1))[0].astype(float)
    # Width of the kernel: rule of Silverman (1986), for few values a wide one.
    width = max(FINEST, 1.06 * float(values.std()) * len(values) ** -0.2)
    spread: np.ndarray = gaussian_filter1d(counts, width * BINS / 256, mode="nearest") / len(values)
    return (spread + 0.001) / (1 + 0.001 * BINS)
