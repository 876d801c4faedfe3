"""A prediction: the probability map of one object on one plane, kept at the network's resolution."""

from collections import deque
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from napari_simpleclick.array_types import Float32
from napari_simpleclick.arrays import BinaryMask, Box, ProbabilityMap, bounding_box
from napari_simpleclick.inference.recipe import MASK_THRESHOLD
from napari_simpleclick.inference.resample import Positions, enlarge, resample_at
from napari_simpleclick.inference.roi import expand
from napari_simpleclick.inference.upsampled_mask import enlarged_box, enlarged_mask
from napari_simpleclick.masks import BoxedMask, clamped, intersection, minus, moved, part_of, within

__all__ = ["MASK_THRESHOLD", "BoxedMask", "Prediction"]

MAP_SIZE = 448
"""Side of the map that shows a drawn object to the network."""

EMPTY_MAP: Float32[np.ndarray, "size size"] = np.broadcast_to(np.float32(0), (MAP_SIZE, MAP_SIZE))
"""The map of no object; takes no memory."""

Found = tuple[np.ndarray, Box, float, BoxedMask | None]

RECENT: deque[Found] = deque(maxlen=4)
"""Maps, regions and thresholds with the masks found last: one click asks for the same mask up to five times."""

LARGEST_RECENT = 1 << 26
"""Masks of more pixels are found anew each time, so that no memory is held."""


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What the network saw and what it answered; outside the region of interest the probability is zero.

    The map stays at the network's resolution and is enlarged where somebody asks, so that neither time nor memory
    grow with the plane.

    Parameters
    ----------
    network_map
        (size, size) float32 in [0, 1]; its corners are the corners of `roi`. None if the object was drawn: it is then
        made when the network wants to see it.
    roi
        The region of the plane that the network looked at.
    plane_shape
        Height and width of the plane in pixels.
    drawn
        The object to the pixel, where it was drawn rather than predicted.
    without
        Pixels that belong to other objects and are left out of the mask, whatever the map says.
    threshold
        Probability above which a pixel belongs to the mask; without meaning where the object was drawn.
    first_look
        Where the network looked more than once, the mask that it was given last: its own first answer, or none.
    """

    network_map: Float32[np.ndarray, "size size"] | None
    roi: Box
    plane_shape: tuple[int, int]
    drawn: BoxedMask | None = None
    without: BoxedMask | None = None
    threshold: float = MASK_THRESHOLD
    first_look: "Prediction | None" = None

    @classmethod
    def from_mask(cls, mask: BinaryMask, roi: Box, *, size: int) -> Self:
        """A mask made elsewhere (painted, propagated) in the form that the network takes as previous prediction.

        Parameters
        ----------
        mask
            (height, width) bool, the whole plane.
        roi
            The part of the plane that the prediction covers.
        size
            Side of the probability map in pixels.
        """
        height, width = mask.shape
        small = resample_at(lambda rows, cols: mask[np.ix_(rows, cols)], roi, size)
        return cls(small, roi, (height, width))

    @classmethod
    def from_boxed(cls, boxed: BoxedMask | None, plane_shape: tuple[int, int]) -> Self:
        """An object that was drawn (painted, interpolated), kept to the pixel; None is the empty mask.

        Parameters
        ----------
        boxed
            The object in the box that holds it.
        plane_shape
            Height and width of the plane in pixels.
        """
        if boxed is None:
            return cls(EMPTY_MAP, Box(0, plane_shape[0], 0, plane_shape[1]), plane_shape)
        return cls(None, clamped(expand(boxed[0]), plane_shape), plane_shape, boxed)

    @property
    def probability(self) -> ProbabilityMap:
        """The whole plane, (height, width) float32."""
        height, width = self.plane_shape
        return self.at(np.arange(height), np.arange(width))

    def at(self, rows: Positions, cols: Positions) -> ProbabilityMap:
        """Probabilities at sorted rows and columns of the plane, (len(rows), len(cols)) float32."""
        return enlarge(self.shown_map(), self.roi, rows, cols)

    def shown_map(self) -> Float32[np.ndarray, "size size"]:
        """The map that shows the object to the network."""
        if self.network_map is not None:
            return self.network_map
        return EMPTY_MAP if self.drawn is None else drawn_map(self.drawn, self.roi)

    def mask(self, threshold: float | None = None) -> BinaryMask:
        """The object on the whole plane; at its own threshold if none is given."""
        mask = np.zeros(self.plane_shape, bool)
        found = self.object_mask(threshold)
        if found is not None:
            box, part = found
            mask[box.slices] = part
        return mask

    def object_mask(self, threshold: float | None = None) -> BoxedMask | None:
        """The object and the smallest box that holds it; None if nothing exceeds the threshold, by default its own."""
        return minus(self.claim(threshold), self.without)

    def object_box(self, threshold: float) -> Box | None:
        """The box of `object_mask`, sooner than the mask is found."""
        known = self.drawn is not None or self.without is not None or self.recent(threshold) is not None
        reach = None if known else self.reach(threshold)
        if reach is None:
            found = self.object_mask(threshold)
            return found[0] if found else None
        box = enlarged_box(self.shown_map(), self.roi, reach, threshold)
        return moved(box, reach.row_start, reach.col_start) if box else None

    def claim(self, threshold: float | None = None) -> BoxedMask | None:
        """The object as `object_mask` gives it, with the pixels that belong to others."""
        if self.drawn is not None:
            return self.drawn
        threshold = self.threshold if threshold is None else threshold
        recent = self.recent(threshold)
        if recent is not None:
            return recent[-1]
        mask = self.find(threshold)
        if mask is None or mask[1].size <= LARGEST_RECENT:
            RECENT.append((self.shown_map(), self.roi, threshold, mask))
        return mask

    def recent(self, threshold: float) -> Found | None:
        """The entry of `RECENT` for the map of a prediction that was not drawn."""
        values = self.shown_map()
        same = (entry for entry in tuple(RECENT) if entry[0] is values and entry[1:3] == (self.roi, threshold))
        return next(same, None)

    def find(self, threshold: float) -> BoxedMask | None:
        """The object by the map: everything above the threshold in the smallest box that holds it."""
        reach = self.reach(threshold)
        if reach is None:
            return None
        above = enlarged_mask(self.shown_map(), self.roi, reach, threshold)
        box = bounding_box(above)
        if box is None:
            return None
        mask = above[box.slices]
        mask.flags.writeable = False
        return moved(box, reach.row_start, reach.col_start), mask

    def beside(self, others: BoxedMask | None) -> Self:
        """What the next click starts from: with the pixels of other objects, or clearly without them.

        Parameters
        ----------
        others
            Objects that the network shall see as something else; None shows it the answer as it gave it.
        """
        if others is None:
            return replace(self, without=None) if self.without else self
        if self.drawn is not None:
            return type(self).from_boxed(minus(self.drawn, others), self.plane_shape)
        shown = self.shown_map() * (1 - drawn_map(others, self.roi, self.shown_map().shape[0]))
        return replace(self, network_map=shown, without=others)

    def forget_map(self) -> None:
        """Keep of an old answer only its mask, to the pixel, as if it was drawn: its map takes more than it is worth.

        The one change that a prediction sees; whoever holds it finds the same mask before and after.
        """
        if self.drawn is not None or self.network_map is None:
            return
        mask = self.claim()
        object.__setattr__(self, "drawn", mask)  # first: a reader in another thread finds one or the other
        object.__setattr__(self, "network_map", EMPTY_MAP if mask is None else None)
        object.__setattr__(self, "first_look", None)

    def reach(self, threshold: float) -> Box | None:
        """A box beyond which no pixel of the plane can exceed the threshold, found on the small map."""
        if self.drawn is not None:
            return self.drawn[0]
        small_map = self.shown_map()
        small = bounding_box(small_map > threshold)
        if small is None:
            return None
        height, width = self.roi.shape
        rows = reach_of_side(small.row_start, small.row_stop, height, small_map.shape[0])
        cols = reach_of_side(small.col_start, small.col_stop, width, small_map.shape[1])
        return moved(Box(*rows, *cols), self.roi.row_start, self.roi.col_start)


def drawn_map(boxed: BoxedMask, roi: Box, size: int = MAP_SIZE) -> Float32[np.ndarray, "size size"]:
    """A drawn object, or what of it is in the region, as the network sees it."""
    crop = np.zeros(roi.shape, bool)
    box = intersection(boxed[0], roi)
    if box is not None:
        crop[within(box, roi).slices] = part_of(boxed, box)
    return resample_at(lambda rows, cols: crop[np.ix_(rows - roi.row_start, cols - roi.col_start)], roi, size)


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
