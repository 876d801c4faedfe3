"""Region of interest: which part of the plane the network looks at (SimpleClick, prediction; from RITM)."""

from collections.abc import Sequence
from dataclasses import dataclass

from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click

EXPANSION = 1.4
"""How much larger than the object the region is."""

SAME_REGION_IOU = 0.5
"""A new region that overlaps the one in use by less takes its place."""

MASK_THRESHOLD = 0.49
"""Probability above which a pixel belongs to the mask (published value)."""

OBJECT_THRESHOLD = 0.50
"""Probability above which a pixel counts as object when the region is chosen (published value)."""


@dataclass(frozen=True, slots=True)
class Regions:
    """How large a network wants objects to be shown, and what becomes of its answers (docs/decisions/0014, 0015).

    Parameters
    ----------
    smallest_side
        Shortest side of a region before it is clamped to the plane, in pixels, for the smallest objects.
    surroundings
        So many times as long as the object a side is, as long as that is no longer than `LONGEST_SMALL_SIDE`.
    second_look
        Whether the first click is answered once more in the region that its first answer asks for.
    obey
        Whether a clicked pixel becomes what the click says, whatever the network answers.
    own_map
        Whether the network sees its last map as it gave it while the region stays; as published, the map is enlarged to
        the plane and reduced again.
    object_threshold
        Probability above which a pixel counts as object when the region is chosen.
    """

    smallest_side: int
    surroundings: float
    second_look: bool
    obey: bool
    own_map: bool
    object_threshold: float

    def side(self, length: int) -> float:
        """Side of the region for an object of some length, in pixels.

        Examples
        --------
        >>> [PUBLISHED.side(length) for length in (8, 40, 400)], [CLOSE.side(length) for length in (8, 40, 400)]
        ([200, 200, 560.0], [112, 160, 560.0])
        """
        small = min(max(self.smallest_side, self.surroundings * length), LONGEST_SMALL_SIDE)
        return max(EXPANSION * length, small)


LONGEST_SMALL_SIDE = 200
"""Shortest side of a region as published, in pixels."""

PUBLISHED = Regions(
    smallest_side=LONGEST_SMALL_SIDE,
    surroundings=0,
    second_look=False,
    obey=False,
    own_map=False,
    object_threshold=OBJECT_THRESHOLD,
)
"""As in the published evaluation."""

CLOSE = Regions(
    smallest_side=112, surroundings=4, second_look=True, obey=True, own_map=True, object_threshold=MASK_THRESHOLD
)
"""For networks that were trained to see pixels enlarged four times, and their own maps as they are."""


def regions_for(stem: str) -> Regions:
    """The regions that a network was trained for, by its stem (`SimpleClickConfig`)."""
    return PUBLISHED if stem == "patch" else CLOSE


def next_roi(
    clicks: Sequence[Click],
    *,
    shape: tuple[int, int],
    found: Box | None = None,
    used: Box | None = None,
    view: Box | None = None,
    regions: Regions = PUBLISHED,
) -> Box:
    """Region for the next prediction.

    Parameters
    ----------
    clicks
        All clicks, the newest included.
    shape
        Height and width of the plane.
    found
        Bounding box of the last prediction above `regions.object_threshold`; None if nothing was found or predicted.
    used
        Region of the last prediction; None before the first.
    view
        Where to look as long as no object is found, such as what the user sees; the whole plane if None.
    regions
        How large objects are shown.

    Returns
    -------
    Box
        The region; `used` as long as it holds every positive click and overlaps the wanted one.
    """
    whole = Box(0, shape[0], 0, shape[1])
    if found is None:
        wanted = clamp(view, shape) if view and holds(view, clicks) else whole
    else:
        wanted = clamp(expand(with_clicks(found, clicks), regions), shape)
    if used is None or not holds(used, clicks) or box_iou(wanted, used) < SAME_REGION_IOU:
        return wanted
    return used


def with_clicks(box: Box, clicks: Sequence[Click]) -> Box:
    """Smallest box that holds a box and the pixels of all positive clicks."""
    rows = [round(click.row) for click in clicks if click.positive]
    cols = [round(click.col) for click in clicks if click.positive]
    return Box(
        min([box.row_start, *rows]),
        max([box.row_stop, *(row + 1 for row in rows)]),
        min([box.col_start, *cols]),
        max([box.col_stop, *(col + 1 for col in cols)]),
    )


def expand(box: Box, regions: Regions = PUBLISHED) -> Box:
    """Enlarge a box about its centre."""
    rows, cols = (
        expand_side(start, stop, regions.side(stop - start))
        for start, stop in ((box.row_start, box.row_stop), (box.col_start, box.col_stop))
    )
    return Box(*rows, *cols)


def expand_side(start: int, stop: int, side: float) -> tuple[int, int]:
    """Enlarge one side; the published code rounds the first and the *last* pixel, so one pixel more is taken."""
    centre = (start + stop - 1) / 2
    return round(centre - side / 2), round(centre + side / 2) + 1


def clamp(box: Box, shape: tuple[int, int]) -> Box:
    """The part of a box that lies on a plane of `shape` (height, width)."""
    height, width = shape
    return Box(max(box.row_start, 0), min(box.row_stop, height), max(box.col_start, 0), min(box.col_stop, width))


def holds(box: Box, clicks: Sequence[Click]) -> bool:
    """Whether every positive click lies in the box; its last row and column count as outside, as published."""
    return all(
        box.row_start <= click.row < box.row_stop - 1 and box.col_start <= click.col < box.col_stop - 1
        for click in clicks
        if click.positive
    )


def box_iou(first: Box, second: Box) -> float:
    """Product of the overlaps of rows and of columns.

    Examples
    --------
    >>> box_iou(Box(0, 10, 0, 10), Box(0, 10, 0, 5))
    0.5
    """
    rows = interval_iou((first.row_start, first.row_stop), (second.row_start, second.row_stop))
    return rows * interval_iou((first.col_start, first.col_stop), (second.col_start, second.col_stop))


def interval_iou(first: tuple[int, int], second: tuple[int, int]) -> float:
    """Overlap of two half-open intervals over the stretch that both span."""
    overlap = min(first[1], second[1]) - max(first[0], second[0])
    return max(overlap, 0) / (max(first[1], second[1]) - min(first[0], second[0]))
