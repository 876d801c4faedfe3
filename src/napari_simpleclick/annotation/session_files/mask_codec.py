"""Masks as short text: the box that holds them, and their bits, compressed."""

import base64
import zlib
from typing import Any

import numpy as np

from napari_simpleclick.arrays import Box
from napari_simpleclick.inference.prediction import Patch


def packed(patch: Patch | None) -> tuple[Box, str] | None:
    """A mask as its box and compressed bits; None for the empty one."""
    if patch is None:
        return None
    box, mask = patch
    return box, base64.b64encode(zlib.compress(np.packbits(mask).tobytes())).decode("ascii")


def unpacked(stored: Any) -> Patch | None:
    """The reverse of `packed`.

    Examples
    --------
    >>> box, mask = unpacked(packed((Box(3, 5, 0, 3), np.eye(2, 3, dtype=bool))))
    >>> box, mask.tolist()
    (Box(row_start=3, row_stop=5, col_start=0, col_stop=3), [[True, False, False], [False, True, False]])
    """
    if stored is None:
        return None
    box = Box(*stored[0])
    bits = np.frombuffer(zlib.decompress(base64.b64decode(stored[1])), np.uint8)
    height, width = box.shape
    return box, np.unpackbits(bits, count=height * width).reshape(box.shape).astype(bool)


def equal(first: Patch | None, second: Patch | None) -> bool:
    """Whether two masks have the same pixels; boxes are the smallest that hold them."""
    if first is None or second is None:
        return first is second
    return first[0] == second[0] and bool(np.array_equal(first[1], second[1]))
