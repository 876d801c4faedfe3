"""Masks as short text: the box that holds them, and their bits, compressed."""

import base64
import binascii
import zlib
from typing import Any

import numpy as np

from napari_simpleclick.arrays import Box
from napari_simpleclick.inference.prediction import BoxedMask


def packed(boxed: BoxedMask | None) -> tuple[Box, str] | None:
    """A mask as its box and compressed bits; None for the empty one."""
    if boxed is None:
        return None
    box, mask = boxed
    return box, base64.b64encode(zlib.compress(np.packbits(mask).tobytes())).decode("ascii")


def unpacked(stored: Any) -> BoxedMask | None:
    """The reverse of `packed`; never takes more memory than the box says.

    Raises
    ------
    ValueError
        If the bits are damaged, or more or fewer than the box has pixels.

    Examples
    --------
    >>> box, mask = unpacked(packed((Box(3, 5, 0, 3), np.eye(2, 3, dtype=bool))))
    >>> box, mask.tolist()
    (Box(row_start=3, row_stop=5, col_start=0, col_stop=3), [[True, False, False], [False, True, False]])
    """
    if stored is None:
        return None
    box = Box(*stored[0])
    pixels = area(stored)
    bits = np.frombuffer(decompressed(stored[1], -(-pixels // 8)), np.uint8)
    return box, np.unpackbits(bits, count=pixels).view(bool).reshape(box.shape)


def decompressed(text: str, size: int) -> bytes:
    """`size` bytes from compressed text, and not one more.

    Raises
    ------
    ValueError
        If the text is damaged, or holds another number of bytes.
    """
    stream = zlib.decompressobj()
    try:
        found = stream.decompress(base64.b64decode(text, validate=True), size)
        whole = len(found) == size and (stream.eof or (not stream.decompress(stream.unconsumed_tail, 1) and stream.eof))
    except (zlib.error, binascii.Error) as error:
        raise ValueError(f"the bits of a mask are damaged: {error}") from error
    if not whole:
        raise ValueError(f"expected a mask of {size} bytes, got {'more' if len(found) == size else len(found)}")
    return found


def area(stored: Any) -> int:
    """Pixels of the box of a stored mask; 0 where it is empty."""
    if stored is None:
        return 0
    row_start, row_stop, col_start, col_stop = stored[0]
    return int((row_stop - row_start) * (col_stop - col_start))


def equal(first: BoxedMask | None, second: BoxedMask | None) -> bool:
    """Whether two masks have the same pixels; boxes are the smallest that hold them."""
    if first is None or second is None:
        return first is second
    return first[0] == second[0] and bool(np.array_equal(first[1], second[1]))
