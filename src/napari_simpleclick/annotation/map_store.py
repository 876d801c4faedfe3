"""Map store: the maps of the newest steps of the history in temporary files, and of older ones only the masks.

Each map takes 0.8 MB, and undo may ask for any of them. From a file they come back bit for bit, and the system keeps in
memory what was used last. Of steps so old that hundreds came after them, undo brings back the mask to the pixel, which
the network then sees as one that was drawn: so work without end takes no more than about 700 MB of the disk.
"""

import mmap
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import BinaryIO

import numpy as np

from napari_simpleclick.inference.prediction import Prediction

MAPS_PER_FILE, MOST_MAPS_PER_FILE = 64, 128
"""Maps in the first file, and in each of the others: long work needs few descriptors."""

MOST_MAPS = 512
"""Maps that are kept when old ones are forgotten, which is done whenever half as many have come."""


@dataclass(slots=True)
class MapStore:
    """Moves maps to temporary files, which vanish with the last prediction that needs them.

    Parameters
    ----------
    maps_per_file
        Maps in the first file; their place on the disk is taken at once, so that it cannot lack later.
    most
        Maps that remain when old ones are forgotten.
    """

    maps_per_file: int = MAPS_PER_FILE
    most: int = MOST_MAPS
    _new: int = 0
    _file: BinaryIO | None = field(default=None, repr=False)
    _memory: mmap.mmap | None = field(default=None, repr=False)
    _used: int = 0

    def keep(self, prediction: Prediction) -> Prediction:
        """The same prediction with its map in a file; as it is where it has none, or where no file can be made."""
        first = prediction.first_look and self.keep(prediction.first_look)
        values = prediction.network_map
        if values is None or values.dtype != np.float32 or not values.flags.writeable:
            return prediction  # drawn, or kept already
        try:
            return replace(prediction, network_map=self._store(values), first_look=first)
        except OSError:
            return prediction

    @property
    def many(self) -> bool:
        """Whether enough maps have come since to forget old ones."""
        return self._new >= self.most // 2

    def forget_old(self, predictions: Iterable[Prediction]) -> None:
        """Forget all maps but the newest ones.

        Parameters
        ----------
        predictions
            All that are kept, those that are needed first at the end; they may share maps.
        """
        self._new = 0
        found = list(predictions)
        newest = dict.fromkeys(id(each.network_map) for each in reversed(found) if each.network_map is not None)
        old = set(list(newest)[self.most :])
        for each in found:
            if id(each.network_map) in old:
                each.forget_map()

    def _store(self, values: np.ndarray) -> np.ndarray:
        size = -(-values.nbytes // mmap.PAGESIZE) * mmap.PAGESIZE
        if self._file is None or self._memory is None or self._used + size > len(self._memory):
            if self._memory is not None:
                forget_pages(self._memory)
            if self._file is not None:
                self._file.close()
            count = self.maps_per_file if self._file is None else min(2 * self.maps_per_file, MOST_MAPS_PER_FILE)
            (self._file, self._memory), self._used = new_file(count * size), 0
            self.maps_per_file = count
        kept = np.frombuffer(self._memory, np.float32, values.size, self._used).reshape(values.shape)
        write(self._file, self._used, values, kept)
        kept.flags.writeable = False
        self._used += size
        self._new += 1
        return kept


def write(file: BinaryIO, place: int, values: np.ndarray, mapped: np.ndarray) -> None:
    """Write values to a place of a file that `mapped` shows; by a call of the system, which makes all pages at once.

    Raises
    ------
    OSError
        If not all could be written.
    """
    if not hasattr(os, "pwrite"):
        mapped[:] = values
    elif os.pwrite(file.fileno(), np.ascontiguousarray(values).data, place) != values.nbytes:
        raise OSError(f"Expected to write {values.nbytes} bytes, wrote fewer.")


def forget_pages(memory: mmap.mmap) -> None:
    """Let the system write a full file and take its pages from this process, until they are asked for again."""
    memory.flush()
    if hasattr(mmap, "MADV_DONTNEED"):
        memory.madvise(mmap.MADV_DONTNEED)


def new_file(size: int) -> tuple[BinaryIO, mmap.mmap]:
    """A temporary file of `size` bytes, and the same as memory.

    Raises
    ------
    OSError
        If the disk has no place for it.
    """
    file: BinaryIO = tempfile.TemporaryFile(prefix="napari-simpleclick-")  # noqa: SIM115  closed with the last map
    try:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, size)
        else:
            file.write(bytes(size))
            file.flush()
        return file, mmap.mmap(file.fileno(), size)
    except OSError:
        file.close()
        raise
