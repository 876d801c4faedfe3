"""Journal: a session file that grows with the work and is written anew when it has become much longer than the work."""

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from napari_simpleclick.annotation.session_files.recorder import SessionRecorder
from napari_simpleclick.files import replace_when_complete

SMALLEST_BYTES_ADDED = 1 << 20
"""A file is not written anew before so much was added."""


class Journal:
    """Writes what a recorder tells; may be asked from several threads.

    Parameters
    ----------
    path
        Where to write.
    recorder
        Tells what was done.
    """

    def __init__(self, path: Path, recorder: SessionRecorder) -> None:
        self.path = path
        self.recorder = recorder
        self._file: BinaryIO | None = None
        self._whole = 0
        self._added = 0
        self._lock = threading.Lock()

    def save(self, about: Mapping[str, Any]) -> bool:
        """Write what was done since the last time; returns whether there was anything.

        Raises
        ------
        OSError
            If the file cannot be written; the next time the whole work is written.
        """
        with self._lock:
            if self._file is None and not self.recorder.annotator.sessions:
                return False
            if self._added > max(SMALLEST_BYTES_ADDED, self._whole):
                self._start_again()
            line = self.recorder.line(about)
            if line is None:
                return False
            try:
                self._write(line.encode())
            except OSError:
                self._start_again()
                raise
            return True

    def whole(self, about: Mapping[str, Any]) -> str:
        """The whole work as the only line of a file."""
        with self._lock:
            self._start_again()
            line = self.recorder.line(about) or ""
            self._start_again()
            return line

    def save_copy(self, path: Path, about: Mapping[str, Any]) -> None:
        """Write the whole work to another file.

        Raises
        ------
        OSError
            If it cannot be written; an older file stays whole.
        """
        text = self.whole(about)
        with replace_when_complete(path) as partial:
            partial.write_text(text)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._start_again()

    def _write(self, line: bytes) -> None:
        if self._file is None:
            with replace_when_complete(self.path) as partial:
                partial.write_bytes(line)
            self._file, self._whole, self._added = self.path.open("ab"), len(line), 0
        else:
            self._file.write(line)
            self._file.flush()
            self._added += len(line)
        os.fsync(self._file.fileno())

    def _start_again(self) -> None:
        """The next line is a whole session, and replaces the file at once."""
        self.recorder.forget()
        if self._file is not None:
            self._file.close()
        self._file, self._added = None, 0
