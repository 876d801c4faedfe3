"""Files that gzip packed, unpacked as they are read, with the checksum at their end."""

import zlib
from typing import IO

GZIP = b"\x1f\x8b"
"""The bytes with which they begin."""

CHUNK = 1 << 18

HEADER_AND_CHECKSUM = 31
"""zlib's word for gzip's format, whose checksum and length it compares."""


class Unpacked:
    """What gzip packed, read once from its beginning to its end.

    Unlike Python's `gzip` it takes what follows the last member for no part of the file, as the program gzip does, and
    does not fail while good bytes before that are read.

    Parameters
    ----------
    packed
        The file, at its beginning.
    """

    def __init__(self, packed: IO[bytes]) -> None:
        self.packed = packed
        self.decoder = zlib.decompressobj(HEADER_AND_CHECKSUM)
        self.pending = b""
        self.place = 0

    def some(self, most: int) -> bytes:
        """Some of the next bytes; none at the end.

        Raises
        ------
        EOFError
            If the file ends early.
        zlib.error
            If it is damaged, or its checksum is another one.
        """
        while True:
            if self.decoder.eof:
                following = (self.decoder.unused_data or self.packed.read(CHUNK)).lstrip(b"\0")
                if not following.startswith(GZIP):
                    return b""
                self.decoder, self.pending = zlib.decompressobj(HEADER_AND_CHECKSUM), following
            self.pending = self.pending or self.packed.read(CHUNK)
            if not self.pending:
                raise EOFError("it ends before the end of what was packed")
            found = self.decoder.decompress(self.pending, most)
            self.pending = self.decoder.unconsumed_tail
            if found:
                self.place += len(found)
                return found

    def readinto(self, buffer: bytearray) -> int:
        """Fill a buffer; the number of bytes, fewer only at the end."""
        view, filled = memoryview(buffer), 0
        while filled < len(view) and (found := self.some(len(view) - filled)):
            view[filled : filled + len(found)] = found
            filled += len(found)
        return filled

    def read(self, count: int) -> bytes:
        """The next bytes, fewer only at the end."""
        buffer = bytearray(count)
        return bytes(buffer[: self.readinto(buffer)])

    def seek(self, place: int) -> None:
        """Go on to a place; there is no way back.

        Raises
        ------
        ValueError
            If that lies behind.
        """
        if place < self.place:
            raise ValueError(f"Packed files are read forwards; wanted byte {place}, already at {self.place}.")
        while self.place < place and self.some(min(CHUNK, place - self.place)):
            pass

    def tell(self) -> int:
        """The place of the next byte."""
        return self.place

    def finish(self) -> None:
        """Read on to the end, where the checksum stands."""
        while self.some(CHUNK):
            pass
