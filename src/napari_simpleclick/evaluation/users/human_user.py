"""A user who clicks as people do: somewhere in the error, more likely in its middle than at its border.

People do not click the centre of the largest error, and networks that learnt from centre clicks need more clicks of
people: Antonov et al., "RClicks: Realistic Click Simulation for Benchmarking Interactive Segmentation" (NeurIPS 2024),
who learnt where people click from 475 000 clicks. The density here is far simpler than theirs.
"""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
from scipy.ndimage import label

from napari_simpleclick.arrays import BinaryMask
from napari_simpleclick.clicks import Click
from napari_simpleclick.evaluation.users.robot_user import depth_inside, errors, next_click


def human_click(
    rng: np.random.Generator,
    predicted: BinaryMask,
    target: BinaryMask,
    clicks: Sequence[Click] = (),
    ignore: BinaryMask | None = None,
) -> Click:
    """Where a person might click next.

    The error is the one that the robot user takes: the 8-connected part of the missed or of the wrongly taken pixels
    that is deepest. Each of its pixels is clicked with a probability in proportion to its distance to the part's
    border; pixels clicked before are out. For a disk that puts half of the clicks within half a radius of the centre,
    where clicks anywhere in it would have a quarter. Without any error it is the robot user's click.

    Parameters
    ----------
    rng
        Source of chance; see `draw_of`.
    predicted, target, clicks, ignore
        As for `next_click`.

    Raises
    ------
    ValueError
        If the masks differ in shape.

    Examples
    --------
    >>> target = np.zeros((9, 9), bool)
    >>> target[4, 3:6] = True
    >>> human_click(np.random.default_rng(0), target & False, target)
    Click(row=4, col=4, positive=True)
    """
    centre = next_click(predicted, target, clicks, ignore)
    missed, wrong = errors(predicted, target, ignore)
    error = missed if centre.positive else wrong
    at = int(centre.row), int(centre.col)
    if not error[at]:
        return centre
    parts, _ = label(error, structure=np.ones((3, 3)))
    depth, (row, col) = depth_inside(parts == parts[at], clicks)
    if not depth.any():
        return centre
    chosen = rng.choice(depth.size, p=depth.ravel() / depth.sum())
    down, across = np.unravel_index(chosen, depth.shape)
    return Click(row + int(down), col + int(across), centre.positive)


def draw_of(sample: str, object_id: int, draw: int) -> np.random.Generator:
    """Source of chance for a draw of an object, whatever order, batch or process it is clicked in.

    Parameters
    ----------
    sample
        Name of the picture.
    object_id
        Label of the object.
    draw
        Number of the draw, from 0.

    Examples
    --------
    >>> int(draw_of("a.png", 1, 0).integers(100)) == int(draw_of("a.png", 1, 0).integers(100))
    True
    """
    return np.random.default_rng((crc32(sample.encode()), object_id, draw))
