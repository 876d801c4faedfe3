"""An example: what a network learns from, wherever it comes from."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A picture and the object to be outlined.

    Parameters
    ----------
    image
        (size, size, 3) uint8.
    target
        (size, size) bool.
    labels
        (size, size) integers, 0 background: what else can be outlined in the picture; None if nothing is known.
    """

    image: np.ndarray
    target: np.ndarray
    labels: np.ndarray | None = None
