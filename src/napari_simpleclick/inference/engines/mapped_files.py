"""Files that are mapped as memory: let go of their pages, which come back from the file when somebody reads them."""

import ctypes
import sys
from pathlib import Path

DONT_NEED = 4
"""MADV_DONTNEED on Linux."""


def let_go(path: Path) -> int:
    """Take the pages of a file that is mapped for reading only out of this process.

    OpenVINO maps a graph's weights and packs them into memory of its own, then keeps the mapping: without this, a click
    takes the weights twice. Only Linux is told; elsewhere nothing happens.

    Returns
    -------
    int
        Bytes of address space that were let go.
    """
    if sys.platform != "linux":
        return 0
    madvise = ctypes.CDLL(None).madvise
    madvise.argtypes = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
    freed = 0
    for start, stop in mappings(path):
        if madvise(start, stop - start, DONT_NEED) == 0:
            freed += stop - start
    return freed


def mappings(path: Path) -> list[tuple[int, int]]:
    """First address and one past the last of every mapping of a file that nobody can write to, on Linux."""
    found = []
    for line in Path("/proc/self/maps").read_text().splitlines():
        addresses, rights, _offset, _device, _inode, *name = line.split(maxsplit=5)
        if rights.startswith("r--") and name and name[0] == str(path.resolve()):
            start, stop = (int(address, 16) for address in addresses.split("-"))
            found.append((start, stop))
    return found
