"""Propagation: an object of one slice found again on the next, on a leash."""

from dataclasses import replace
from functools import partial

import numpy as np
from scipy.ndimage import distance_transform_edt

from napari_simpleclick.arrays import Box, disk_radius
from napari_simpleclick.clicks import ExpectedClick
from napari_simpleclick.inference.logits import logit
from napari_simpleclick.inference.prediction import BoxedMask, Prediction
from napari_simpleclick.inference.propagation.intensity_likelihood import (
    IntensityLikelihood,
    averaged,
    learned_likelihood,
)
from napari_simpleclick.inference.propagation.registration import movement
from napari_simpleclick.inference.propagation.shape_interpolation import between, signed_distance
from napari_simpleclick.inference.resample import Plane, Positions, resample_at
from napari_simpleclick.inference.session import PredictorLike
from napari_simpleclick.masks import around, intersection, part_of, pasted, shifted, trimmed

LARGEST_GROWTH = 3.0
"""From slice to slice the area may grow or shrink by this factor."""

SLACK = 1.5
"""Pixels by which the radius may change however small the object is: its border is drawn in whole pixels."""

SMALLEST_IOU = 0.2
"""Masks on neighbouring slices overlap at least so much."""

TRUST = 1.0
"""Logit by which a pixel gains when it lies as deep in the expected shape as a third of its radius."""

LEASH = 1.5
"""Thirds of the radius; farther outside the distance counts squared, so that nothing runs away."""

LIKENESS = 0.5
"""Weight of the evidence of grey values: neighbouring pixels are alike, so they do not count each for itself."""

ROUNDS = 2
"""Requests to the network; the second is about its own weighed answer, which has moved with the object."""


def follow(predictor: PredictorLike, previous: Prediction, image: Plane, *, known: Plane | None = None) -> Prediction:
    """Find an object on the slice next to the one where it is known.

    Parameters
    ----------
    predictor
        Answers a click in the middle of the object.
    previous
        The object on the known slice.
    image
        (height, width, 3) uint8 picture of the next slice.
    known
        Picture of the known slice: the object is expected where its surroundings have moved to, and with the grey
        values that it has there. Without it the object is expected where it was.

    Raises
    ------
    ValueError
        If the object is empty.
    """
    boxed = expected_shape(previous, image, known)
    if boxed is None:
        raise ValueError("There is nothing to propagate: click the object on this slice first.")
    there = previous.object_mask()
    likelihood = learned_likelihood(known, there) if known is not None and there is not None else None
    return refine(predictor, boxed, image, previous.plane_shape, likelihood=likelihood)


def expected_shape(previous: Prediction, image: Plane, known: Plane | None = None) -> BoxedMask | None:
    """The object of the known slice, moved as its surroundings moved; None if it is empty. See `follow`.

    Parameters
    ----------
    previous
        The object on the known slice.
    image
        (height, width, 3) uint8 picture of the next slice.
    known
        Picture of the known slice; the object stays where it was if None.
    """
    boxed = previous.object_mask()
    if boxed is None or known is None:
        return boxed
    height, width = previous.plane_shape
    return trimmed(shifted(boxed, *movement(known, image, boxed[0])), Box(0, height, 0, width)) or boxed


def follow_between(
    predictor: PredictorLike,
    first: tuple[Plane, BoxedMask],
    last: tuple[Plane, BoxedMask],
    fraction: float,
    image: Plane,
) -> Prediction:
    """Find an object between two slices where it is known.

    Parameters
    ----------
    predictor
        Answers a click in the middle of the object.
    first, last
        Picture (height, width, 3) uint8 and object of both slices, not empty.
    fraction
        Where the slice lies: 0 at the first, 1 at the last.
    image
        Its picture.
    """
    plane_shape = image.shape[0], image.shape[1]
    expected = between(first[1], last[1], fraction, plane_shape)
    if expected is None:
        return Prediction.from_boxed(None, plane_shape)
    likelihood = averaged(learned_likelihood(*first), learned_likelihood(*last))
    return refine(predictor, expected, image, plane_shape, likelihood=likelihood)


def refine(
    predictor: PredictorLike,
    expected: BoxedMask,
    image: Plane,
    plane_shape: tuple[int, int],
    *,
    likelihood: IntensityLikelihood | None = None,
) -> Prediction:
    """Ask the network for an object that is expected to look and lie like another one, and weigh all three.

    The network sees the expected shape as previous mask, and a positive click in its middle. Its logits are raised
    inside the expected shape and lowered outside, the more the farther from its border, and likewise where grey values
    are those of the object or of its surroundings. Then it is asked again, about the result.

    Parameters
    ----------
    predictor
        Answers the click.
    expected
        The shape, not empty.
    image
        (height, width, 3) uint8 picture of the slice.
    plane_shape
        Height and width of the slice in pixels.
    likelihood
        How well grey values fit the object; None if that is not known.
    """
    click, found = centre_click(expected), Prediction.from_boxed(expected, plane_shape)
    for _ in range(ROUNDS):
        answer = predictor.predict(image, [click], found)
        if answer.network_map is None:
            return answer
        found = weighed(answer, answer.network_map, expected, likelihood, image)
        if found.object_mask() is None:
            break
    return found


def weighed(
    answer: Prediction,
    answer_map: np.ndarray,
    expected: BoxedMask,
    likelihood: IntensityLikelihood | None,
    image: Plane,
) -> Prediction:
    """An answer of the network, (size, size) probabilities, with what is known about shape and grey values."""
    size = answer_map.shape[0]
    scale = max(2.0, disk_radius(expected[1]) / 3)
    logits = logit(answer_map, least=1e-4)
    deep = resample_at(partial(depths, expected), answer.roi, size) / scale
    logits += TRUST * deep * np.maximum(1, 1 - deep - LEASH)
    if likelihood is not None:
        logits += LIKENESS * likelihood.log_ratio(image, answer.roi, size)
    return replace(answer, network_map=(1 / (1 + np.exp(-logits.clip(-30, 30)))).astype(np.float32))


def depths(boxed: BoxedMask, rows: Positions, cols: Positions) -> np.ndarray:
    """Distance to the rim of an object at rows and columns of the plane, positive inside, (len(rows), len(cols))."""
    box, _ = boxed
    frame = around([box, Box(int(rows[0]), int(rows[-1]) + 1, int(cols[0]), int(cols[-1]) + 1)])
    depth = signed_distance(pasted(boxed, frame)).astype(np.float32)
    chosen: np.ndarray = depth[np.ix_(np.asarray(rows) - frame.row_start, np.asarray(cols) - frame.col_start)]
    return chosen


def centre_click(boxed: BoxedMask) -> ExpectedClick:
    """A click as expected on the pixel deepest inside an object.

    Examples
    --------
    >>> from napari_simpleclick.arrays import Box
    >>> centre_click((Box(10, 15, 20, 23), np.ones((5, 3), bool)))
    ExpectedClick(row=11, col=21, positive=True)
    """
    box, mask = boxed
    depth = distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1]
    row, col = np.unravel_index(np.argmax(depth), depth.shape)
    return ExpectedClick(int(row) + box.row_start, int(col) + box.col_start)


def why_stop(before: BoxedMask, after: BoxedMask | None) -> str | None:
    """The reason not to trust an object found on the next slice; None if there is none.

    Parameters
    ----------
    before
        The object as it was expected there.
    after
        The object as it was found; None if nothing was.

    Examples
    --------
    >>> from napari_simpleclick.arrays import Box
    >>> disk = (Box(0, 5, 0, 5), np.ones((5, 5), bool))
    >>> why_stop(disk, None)
    'nothing was found'
    >>> why_stop(disk, (Box(3, 8, 3, 8), np.ones((5, 5), bool)))
    'the overlap fell to 9 %'
    """
    if after is None:
        return "nothing was found"
    areas = int(before[1].sum()), int(after[1].sum())
    shared = shared_area(before, after)
    if shared / (sum(areas) - shared) < SMALLEST_IOU:
        return f"the overlap fell to {100 * shared / (sum(areas) - shared):.0f} %"
    radii = np.sqrt(areas) / np.sqrt(np.pi)
    if not 1 / LARGEST_GROWTH <= areas[1] / areas[0] <= LARGEST_GROWTH and abs(radii[1] - radii[0]) > SLACK:
        return f"the area went from {areas[0]} to {areas[1]} pixels"
    return None


def shared_area(first: BoxedMask, second: BoxedMask) -> int:
    """Number of pixels in both objects."""
    box = intersection(first[0], second[0])
    return 0 if box is None else int((part_of(first, box) & part_of(second, box)).sum())
