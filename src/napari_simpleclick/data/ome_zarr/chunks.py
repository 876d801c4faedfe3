"""Arrays of Zarr as images: read where they are indexed, checked when they are opened."""

from collections.abc import Iterator
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.memory import require_memory
from napari_simpleclick.data.ome_zarr.opening import readable

BLOSC_HEADER = 16
"""Bytes with which a chunk of Blosc begins; the last four tell its length."""

MOST_COUNTED = 20_000
"""Chunks of larger arrays are not counted when they are opened."""


class ChunkedArray:
    """An array on disk that reads only the chunks that are indexed; damage ends in our own error.

    Parameters
    ----------
    array
        Of zarr.
    path
        Where it is, for messages.
    """

    def __init__(self, array: Any, path: Path) -> None:
        self.array, self.path = array, path
        self.shape: tuple[int, ...] = tuple(array.shape)
        self.dtype: np.dtype[Any] = array.dtype.newbyteorder("=")
        self.ndim, self.size = len(self.shape), prod(self.shape)
        self.chunks = array.chunks
        self.blosc = not array.shards and any("blosc" in type(each).__name__.lower() for each in array.compressors)

    def __getitem__(self, index: Any) -> np.ndarray:
        with readable(self.path):
            if self.blosc:
                self.require_whole(index if isinstance(index, tuple) else (index,))
            return np.asarray(self.array[index], self.dtype)

    def require_whole(self, index: tuple[Any, ...]) -> None:
        """Compare the length of the chunks that an index reads with what they tell, which Blosc does not do.

        Raises
        ------
        VolumeError
            If a chunk is shorter or longer than its head says.
        """
        spans = [span(part, size) for part, size in zip(expanded(index, self.ndim), self.shape, strict=True)]
        ranges = [range(low // c, (high - 1) // c + 1) for (low, high), c in zip(spans, self.chunks, strict=True)]
        for place in product(*ranges):
            file = self.path / self.array.metadata.encode_chunk_key(place)
            if not file.is_file():
                continue
            with file.open("rb") as chunk:
                head = chunk.read(BLOSC_HEADER)
            promised = int.from_bytes(head[12:], "little")
            if len(head) < BLOSC_HEADER or promised != file.stat().st_size:
                raise VolumeError(
                    f"{file} has {file.stat().st_size} bytes; expected {promised}. It was not copied completely; copy "
                    "it again."
                )

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        require_memory(self.size * self.dtype.itemsize, self.path.name, "Crop it.")
        return np.asarray(self[...], dtype)

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Iterator[np.ndarray]:
        return (self[index] for index in range(len(self)))


def expanded(index: tuple[Any, ...], ndim: int) -> tuple[Any, ...]:
    """An index with a part for every axis.

    Examples
    --------
    >>> expanded((3, ...), 3), expanded((), 1)
    ((3, slice(None, None, None), slice(None, None, None)), (slice(None, None, None),))
    """
    place = next((at for at, part in enumerate(index) if part is Ellipsis), len(index))
    after = index[place + 1 :]
    return (*index[:place], *(slice(None),) * (ndim - place - len(after)), *after)


def span(part: Any, size: int) -> tuple[int, int]:
    """First entry of an axis that a part of an index reads, and the one after the last.

    Examples
    --------
    >>> span(slice(2, None, 3), 9), span(-1, 9), span(np.array([4, 2]), 9)
    ((2, 9), (8, 9), (2, 5))
    """
    read = np.arange(size)[part]
    return (int(np.min(read)), int(np.max(read)) + 1) if np.size(read) else (0, 1)


def checked(array: Any, path: Path) -> ChunkedArray:
    """An array that holds numbers in chunks that fit into memory.

    Raises
    ------
    VolumeError
        If it has fewer than two axes, is empty, holds anything but real numbers, or has chunks larger than memory.
    """
    kind, shape = getattr(array.dtype, "kind", "O"), tuple(array.shape)
    if kind not in "buif":
        raise VolumeError(f"{path} holds {array.dtype}; expected real numbers. Save its magnitude, or grey values.")
    if len(shape) < 2 or prod(shape) == 0:
        raise VolumeError(f"{path} has the shape {shape}; expected an image of two axes or more.")
    chunk = prod(array.shards or array.chunks) * array.dtype.itemsize
    require_memory(chunk, f"A chunk of {path.name}", "Store it in smaller chunks.")
    return ChunkedArray(array, path)


def missing_chunks(array: ChunkedArray) -> tuple[str, ...]:
    """A notice if chunks are not on disk: never written since they are empty, or not copied.

    Raises
    ------
    VolumeError
        If there is none at all.
    """
    with readable(array.path):
        parts = array.array.shards or array.array.chunks
        expected = prod(-(-size // part) for size, part in zip(array.shape, parts, strict=True))
        if expected > MOST_COUNTED:
            return ()
        there = array.array._nshards_initialized if array.array.shards else array.array.nchunks_initialized
    if not there:
        raise VolumeError(f"{array.path} holds none of its {expected} chunks. Was it copied completely?")
    if there == expected:
        return ()
    return (
        f"{array.path.name}: {expected - there} of {expected} chunks are not there; they are shown as "
        f"{array.array.fill_value}. They are empty, or were not copied.",
    )
