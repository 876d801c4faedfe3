"""A click: where the user pointed on a plane, and whether the object is there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Click:
    """One click on a plane; its order is its position in the sequence of clicks.

    Parameters
    ----------
    row, col
        Position in pixels of the plane; pixel centres are whole numbers.
    positive
        True: the object is here. False: the object is not here.

    Examples
    --------
    >>> Click(12, 30, positive=False)
    Click(row=12, col=30, positive=False)
    """

    row: float
    col: float
    positive: bool = True


class ExpectedClick(Click):
    """A click that nobody made, where an object is expected: an answer may contradict it."""

    __slots__ = ()


def positions(clicks: Sequence[Click], *, positive: bool) -> np.ndarray:
    """Positions of the clicks of one sign, (count, 2) float64, row and column.

    Examples
    --------
    >>> positions([Click(1, 2), Click(3, 4, positive=False)], positive=False)
    array([[3., 4.]])
    """
    chosen = [(click.row, click.col) for click in clicks if click.positive == positive]
    return np.asarray(chosen, dtype=np.float64).reshape(-1, 2)
