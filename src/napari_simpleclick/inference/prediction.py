"""A prediction: the probability map of one object on one plane, kept at the network's resolution."""

from dataclasses import dataclass
from typing import Self, TypeAlias

import numpy as np
from jaxtyping import Float32

from napari_simpleclick.arrays import BinaryMask, Box, ProbabilityMap, bounding_box
from napari_simpleclick.inference.resample import Positions, enlarge, resample_at
from napari_simpleclick.inference.roi import clamp, expand

Patch: TypeAlias = tuple[Box, BinaryMask]
"""An object in the part of a plane that holds it."""

MASK_THRESHOLD = 0.49
"""Probability above which a pixel belongs to the mask (published value)."""


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What the network saw and what it answered; outside the region of interest the probability is zero.

    The map stays at the network's resolution and is enlarged where somebody asks, so that neither time nor memory
    grow with the plane.

    Parameters
    ----------
    network_map
        (size, size) float32 in [0, 1]; its corners are the corners of `roi`.
    roi
        The region of the plane that the network looked at.
    plane_shape
        Height and width of the plane in pixels.
    drawn
        The object to the pixel, where it was drawn rather than predicted; `network_map` then shows it to the network.
    """

    network_map: Float32[np.ndarray, "size size"]
    roi: Box
    plane_shape: tuple[int, int]
    drawn: Patch | None = None

    @classmethod
    def from_mask(cls, mask: BinaryMask, roi: Box, *, size: int) -> Self:
        """A mask made elsewhere (painted, propagated) in the form that the network takes as previous prediction."""
        height, width = mask.shape
        small = resample_at(lambda rows, cols: mask[np.ix_(rows, cols)], roi, size)
        return cls(small, roi, (height, width))

    @classmethod
    def from_patch(cls, patch: Patch | None, plane_shape: tuple[int, int], *, size: int = 448) -> Self:
        """An object that was drawn (painted, interpolated), kept to the pixel; None is the empty mask.

        Parameters
        ----------
        patch
            The object in the box that holds it.
        plane_shape
            Height and width of the plane in pixels.
        size
            Side of the map that shows it to the network.
        """
        if patch is None:
            return cls(np.zeros((size, size), np.float32), Box(0, plane_shape[0], 0, plane_shape[1]), plane_shape)
        box, mask = patch
        roi = clamp(expand(box), plane_shape)
        crop = np.zeros(roi.shape, bool)
        rows, cols = box.row_start - roi.row_start, box.col_start - roi.col_start
        crop[rows : rows + mask.shape[0], cols : cols + mask.shape[1]] = mask
        small = resample_at(lambda rows, cols: crop[np.ix_(rows - roi.row_start, cols - roi.col_start)], roi, size)
        return cls(small, roi, plane_shape, patch)

    @property
    def probability(self) -> ProbabilityMap:
        """The whole plane, (height, width) float32."""
        height, width = self.plane_shape
        return self.at(np.arange(height), np.arange(width))

    def at(self, rows: Positions, cols: Positions) -> ProbabilityMap:
        """Probabilities at sorted rows and columns of the plane, (len(rows), len(cols)) float32."""
        return enlarge(self.network_map, self.roi, rows, cols)

    def mask(self, threshold: float = MASK_THRESHOLD) -> BinaryMask:
        """The object on the whole plane."""
        mask = np.zeros(self.plane_shape, bool)
        found = self.object_mask(threshold)
        if found is not None:
            box, part = found
            mask[box.slices] = part
        return mask

    def object_mask(self, threshold: float = MASK_THRESHOLD) -> Patch | None:
        """The object and the smallest box that holds it; None if no probability exceeds the threshold."""
        if self.drawn is not None:
            return self.drawn
        reach = self.reach(threshold)
        if reach is None:
            return None
        above = self.at(np.arange(*reach[:2]), np.arange(*reach[2:])) > threshold
        box = bounding_box(above)
        if box is None:
            return None
        rows, cols = reach.row_start, reach.col_start
        placed = Box(box.row_start + rows, box.row_stop + rows, box.col_start + cols, box.col_stop + cols)
        return placed, above[box.slices]

    def reach(self, threshold: float) -> Box | None:
        """A box beyond which no pixel of the plane can exceed the threshold, found on the small map."""
        if self.drawn is not None:
            return self.drawn[0]
        small = bounding_box(self.network_map > threshold)
        if small is None:
            return None
        rows = reach_of_side(small.row_start, small.row_stop, self.roi.shape[0], self.network_map.shape[0])
        cols = reach_of_side(small.col_start, small.col_stop, self.roi.shape[1], self.network_map.shape[1])
        row, col = self.roi.row_start, self.roi.col_start
        return Box(rows[0] + row, rows[1] + row, cols[0] + col, cols[1] + col)


def reach_of_side(start: int, stop: int, extent: int, size: int) -> tuple[int, int]:
    """Pixels of the enlarged side that have a neighbour among the small map's start..stop.

    Examples
    --------
    >>> reach_of_side(0, 448, 200, 448)
    (0, 200)
    """
    scale = (extent - 1) / (size - 1)
    first = int(np.floor((start - 1) * scale))
    last = int(np.ceil(stop * scale))
    return max(first, 0), min(last + 1, extent)
