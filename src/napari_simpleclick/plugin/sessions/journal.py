"""Journal: a session file that grows with the work and is written anew when it has become much longer than the work."""

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from napari_simpleclick.annotation.session_files.recorder import SessionRecorder
from napari_simpleclick.annotation.session_files.recoverable import following_path
from napari_simpleclick.files import make_private, replace_when_complete, take_lock, write_text
from napari_simpleclick.write_errors import told_if_not_written

if TYPE_CHECKING:
    from filelock import BaseFileLock

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
        self._held: BaseFileLock | None = None
        self._own = False

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
            if self._file is not None and not self._is_there(self._file):
                self._start_again()
            if self._added > max(SMALLEST_BYTES_ADDED, self._whole):
                self._start_again()
            line = self.recorder.line(about)
            if line is None:
                return False
            try:
                with told_if_not_written(self.path):
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
        write_text(path, text, private=True)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._start_again()
            if self._held is not None:
                self._held.release()
                self._held = None

    def _write(self, line: bytes) -> None:
        if self._file is None:
            self._claim()
            with replace_when_complete(self.path, private=True) as partial:
                partial.write_bytes(line)
            self._file, self._whole, self._added = self.path.open("ab"), len(line), 0
        else:
            self._file.write(line)
            self._file.flush()
            self._added += len(line)
        os.fsync(self._file.fileno())

    def _claim(self) -> None:
        """Be the only writer of the file; the next number if another window was faster."""
        make_private(self.path.parent)
        while self._held is None:
            try:
                lock = take_lock(self.path)
            except OSError:  # a disk without locks
                return
            if lock is not None and (self._own or not self.path.exists()):
                self._held, self._own = lock, True
            else:
                if lock is not None:
                    lock.release()
                self.path, self._own = following_path(self.path), False

    def _is_there(self, file: BinaryIO) -> bool:
        """Whether the file is still found under its name: somebody may have removed or replaced it."""
        try:
            return os.path.samestat(os.fstat(file.fileno()), self.path.stat())
        except OSError:
            return False

    def _start_again(self) -> None:
        """The next line is a whole session, and replaces the file at once."""
        self.recorder.forget()
        if self._file is not None:
            self._file.close()
        self._file, self._added = None, 0
