"""Region of interest: which part of the plane the network looks at (SimpleClick, prediction; from RITM)."""

from collections.abc import Sequence

from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.recipe import PUBLISHED, InferenceRecipe
from napari_simpleclick.masks import clamped
from napari_simpleclick.prompts import Prompt, path_of

SAME_REGION_IOU = 0.5
"""A new region that overlaps the one in use by less takes its place."""


def next_roi(
    clicks: Sequence[Click],
    *,
    shape: tuple[int, int],
    found: Box | None = None,
    used: Box | None = None,
    view: Box | None = None,
    recipe: InferenceRecipe = PUBLISHED,
) -> Box:
    """Region for the next prediction.

    Parameters
    ----------
    clicks
        All clicks, the newest included.
    shape
        Height and width of the plane.
    found
        Bounding box of the last prediction above `recipe.object_threshold`; None if nothing was found or predicted:
        then that of the boxes and lassos around the object, if there are any.
    used
        Region of the last prediction; None before the first.
    view
        Where to look as long as no object is found, such as what the user sees; the whole plane if None.
    recipe
        How large objects are shown.

    Returns
    -------
    Box
        The region; `used` as long as it holds every positive click and overlaps the wanted one.
    """
    whole = Box(0, shape[0], 0, shape[1])
    found = found or outlined(clicks)
    if found is None:
        wanted = clamped(view, shape) if view and holds(view, clicks) else whole
    else:
        wanted = clamped(expand(with_clicks(found, clicks), recipe), shape)
    if used is None or not holds(used, clicks) or box_iou(wanted, used) < SAME_REGION_IOU:
        return wanted
    return used


def outlined(clicks: Sequence[Click]) -> Box | None:
    """Smallest box that holds the positive boxes and lassos; None without any.

    Examples
    --------
    >>> from napari_simpleclick.prompts import box
    >>> outlined([box((2, 3), (8, 9)), Click(20, 20)])
    Box(row_start=2, row_stop=9, col_start=3, col_stop=10)
    """
    around = [click for click in clicks if isinstance(click, Prompt) and click.surrounds and click.positive]
    if not around:
        return None
    row, col = round(around[0].row), round(around[0].col)
    return with_clicks(Box(row, row + 1, col, col + 1), around)


def with_clicks(box: Box, clicks: Sequence[Click]) -> Box:
    """Smallest box that holds a box and the pixels of all positive clicks and prompts."""
    points = [point for click in clicks if click.positive for point in path_of(click)]
    rows, cols = [round(row) for row, _ in points], [round(col) for _, col in points]
    return Box(
        min([box.row_start, *rows]),
        max([box.row_stop, *(row + 1 for row in rows)]),
        min([box.col_start, *cols]),
        max([box.col_stop, *(col + 1 for col in cols)]),
    )


def expand(box: Box, recipe: InferenceRecipe = PUBLISHED) -> Box:
    """Enlarge a box about its centre."""
    rows, cols = (
        expand_side(start, stop, recipe.side(stop - start))
        for start, stop in ((box.row_start, box.row_stop), (box.col_start, box.col_stop))
    )
    return Box(*rows, *cols)


def expand_side(start: int, stop: int, side: float) -> tuple[int, int]:
    """Enlarge one side; the published code rounds the first and the *last* pixel, so one pixel more is taken."""
    centre = (start + stop - 1) / 2
    return round(centre - side / 2), round(centre + side / 2) + 1


def holds(box: Box, clicks: Sequence[Click]) -> bool:
    """Whether every positive click lies in the box; its last row and column count as outside, as published."""
    return all(
        box.row_start <= row < box.row_stop - 1 and box.col_start <= col < box.col_stop - 1
        for click in clicks
        if click.positive
        for row, col in path_of(click)
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
