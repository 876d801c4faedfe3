"""Memory: say before it is taken that there is not enough, and keep large empty arrays on disk."""

import mmap
import os
import tempfile
from contextlib import suppress
from pathlib import Path

import numpy as np

from napari_simpleclick.data.errors import NotEnoughMemoryError
from napari_simpleclick.write_errors import WriteError

LARGEST_SHARE = 0.25
"""Arrays of zeros that could take more of the free memory than this are kept on disk."""

HUGE_PAGES_FROM = 1 << 22
"""Bytes from which numpy asks Linux for pages of 2 MB."""


def free_memory() -> int:
    """Bytes that can be taken without swapping; a guess of 4 GB where the system does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        told = dict(line.split(":", 1) for line in lines)
        return 1024 * int(told["MemAvailable"].split()[0])
    except (OSError, KeyError, ValueError):
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (AttributeError, OSError, ValueError):
        return 4 << 30


def require_memory(needed: int, what: str, cure: str) -> None:
    """Tell before something is loaded that it does not fit.

    Parameters
    ----------
    needed
        Bytes.
    what, cure
        For the message: what needs them, and what to do instead.

    Raises
    ------
    NotEnoughMemoryError
        If less is free.

    Examples
    --------
    >>> require_memory(1 << 60, "a.nii.gz", "Crop it.")
    Traceback (most recent call last):
        ...
    napari_simpleclick.data.errors.NotEnoughMemoryError: a.nii.gz needs about 1152921505 GB of memory, ...
    """
    free = free_memory()
    if needed > free:
        raise NotEnoughMemoryError(
            f"{what} needs about {gigabytes(needed)} of memory, {gigabytes(free)} are free. {cure}"
        )


def gigabytes(count: int) -> str:
    """A number of bytes for people.

    Examples
    --------
    >>> gigabytes(20_000_000_000), gigabytes(1_500_000_000)
    ('20 GB', '1.5 GB')
    """
    return f"{count / 1e9:.0f} GB" if count >= 1e10 else f"{count / 1e9:.1f} GB"


def zeros(shape: tuple[int, ...], dtype: type[np.generic]) -> np.ndarray:
    """An array of zeros that takes memory only where something is written, page by page.

    It is in a temporary file with holes if it could fill a good part of the memory. Such a file takes disk space only
    where something is written, too, and vanishes with the array.

    Raises
    ------
    WriteError
        If the file cannot be made.
    """
    needed = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
    if needed <= LARGEST_SHARE * free_memory():
        return small_pages(shape, dtype, needed) if needed >= HUGE_PAGES_FROM else np.zeros(shape, dtype)
    try:
        with tempfile.TemporaryFile(prefix="napari-simpleclick-") as file:
            file.truncate(needed)
            return np.memmap(file, dtype, mode="r+", shape=shape)
    except OSError as error:
        raise WriteError(
            f"No place for masks of {gigabytes(needed)} in {tempfile.gettempdir()}: {error.strerror}. Name a "
            "folder on a larger disk in the environment variable TMPDIR."
        ) from error


def small_pages(shape: tuple[int, ...], dtype: type[np.generic], needed: int) -> np.ndarray:
    """An array of zeros in pages of 4 KB: a mask of 20 pixels takes 100 KB of it, not 2 MB, which are slow to clear."""
    if not hasattr(mmap, "MADV_NOHUGEPAGE"):
        return np.zeros(shape, dtype)
    memory = mmap.mmap(-1, needed, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with suppress(OSError):  # a system without huge pages does not know the advice
        memory.madvise(mmap.MADV_NOHUGEPAGE)
    return np.frombuffer(memory, dtype).reshape(shape)
