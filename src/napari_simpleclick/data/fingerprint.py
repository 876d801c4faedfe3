"""Fingerprint: what tells an image from others, read from all of it, or from a part where it is large or on disk."""

import hashlib
from collections.abc import Iterator
from math import prod
from typing import Any

import numpy as np

from napari_simpleclick.data.intensity import subset

VERSION = "v2-"
"""Begins the fingerprints that are made now; those of earlier versions begin with their hash."""

WHOLE_BYTES = 1 << 26
"""Arrays up to this size are read as a whole, which takes a tenth of a second in memory."""

PART_BYTES = 1 << 26
"""Of larger ones about so much is read, from every plane."""

PLANES = 33
"""Planes that are read of larger arrays when somebody asks."""

BANDS = 9
"""Bands of rows that are read of a plane of them that is larger than its part."""


def fingerprint(data: Any) -> str:
    """Hash of an array's shape, type and pixels.

    Of an array that is not huge, every pixel counts, wherever it is; of a huge one in memory some rows of every plane;
    of a huge one on disk 33 planes from the first to the last, so that a volume that does not fit into memory costs no
    more, and where it is mapped as memory a row of every plane.

    Examples
    --------
    >>> fingerprint(np.zeros((2, 8, 8))) == fingerprint(np.ones((2, 8, 8)))
    False
    """
    digest = hashlib.blake2b(f"{tuple(data.shape)} {data.dtype}".encode(), digest_size=8)
    for part in parts(data):
        digest.update(np.ascontiguousarray(part).data)
    return VERSION + digest.hexdigest()


def parts(data: Any) -> Iterator[np.ndarray]:
    """The pixels that are hashed."""
    planes = list(np.ndindex(tuple(data.shape[:-2])))
    size = prod(data.shape) * data.dtype.itemsize
    if size <= WHOLE_BYTES:
        data = data if isinstance(data, np.ndarray) else np.asarray(data)
        yield from (data[index] for index in planes)
    elif isinstance(data, np.ndarray) and not is_mapped(data):
        step = -(-size // PART_BYTES)
        yield from (data[index][number % step :: step] for number, index in enumerate(planes))
    else:
        wanted = [planes[int(place)] for place in np.linspace(0, len(planes) - 1, min(PLANES, len(planes)))]
        for index in wanted:
            yield from bands(data, index, PART_BYTES // len(wanted))
        if isinstance(data, np.ndarray):
            yield from (data[index][data.shape[-2] // 2] for index in planes)


def bands(data: Any, index: tuple[int, ...], most: int) -> Iterator[np.ndarray]:
    """A plane of an array, read in some bands of rows if it is larger than `most` bytes."""
    height = data.shape[-2]
    row = data.shape[-1] * data.dtype.itemsize
    if height * row <= most:
        yield np.asarray(data[index])
        return
    rows = max(1, most // (BANDS * row))
    for start in np.linspace(0, height - rows, BANDS).astype(int).tolist():
        yield np.asarray(data[(*index, slice(start, start + rows))])


def is_mapped(data: np.ndarray) -> bool:
    """Whether an array, or what it is a view of, is a file that is mapped as memory."""
    base: Any = data
    while base is not None:
        if isinstance(base, np.memmap):
            return True
        base = getattr(base, "base", None)
    return False


def earlier_fingerprints(data: Any) -> list[str]:
    """The fingerprints as earlier versions made them: from the first, the middle and the last plane.

    The first is that of the array; the others are those of it with one more axis of one entry, such as a single point
    in time, which was kept then.
    """
    shape, planes = tuple(data.shape), []
    for part in (0, 1, 2):
        index = tuple(part * (size - 1) // 2 for size in shape[:-2])
        planes.append(np.ascontiguousarray(subset(np.asarray(data[index]))).tobytes())
    shapes = [shape, *((*shape[:axis], 1, *shape[axis:]) for axis in range(len(shape) - 1))]
    texts = [f"{told} {data.dtype}".encode() for told in shapes]
    return [hashlib.sha256(b"".join([text, *planes])).hexdigest()[:16] for text in texts]


def is_of(noted: object, data: Any) -> bool:
    """Whether a fingerprint in a session file is that of an array, whichever version made it."""
    if not isinstance(noted, str):
        return False
    return noted == fingerprint(data) if noted.startswith(VERSION) else noted in earlier_fingerprints(data)
