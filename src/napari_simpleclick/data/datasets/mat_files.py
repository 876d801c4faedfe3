"""MATLAB files, read in a child process: damaged ones crash scipy's reader, and with it whatever process it runs in."""

import atexit
import io
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Lock, Timer
from typing import BinaryIO, cast

import numpy as np

SECONDS = 60.0
"""A file that takes longer is given up."""

MEMORY = 4 << 30
"""Bytes of address space that the child may take, where the system can be told."""


class MatFileError(ValueError):
    """A MATLAB file cannot be read."""


class MatReader:
    """A child process that reads arrays; it is started with the first file, and anew after a crash."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._lock = Lock()

    def read(self, path: Path, *names: str) -> np.ndarray:
        """The array under some nested names.

        Raises
        ------
        MatFileError
            If the file is damaged, takes too much time or memory, or holds no such array.
        """
        with self._lock:
            if self._owner != os.getpid():  # a fork does not share the child of its parent
                self._child, self._owner = None, os.getpid()
            child = self._child = self._child or self._start()
            stdin, stdout = cast(BinaryIO, child.stdin), cast(BinaryIO, child.stdout)
            limit = Timer(SECONDS, child.kill)
            limit.start()
            try:
                stdin.write(json.dumps([str(path.absolute()), *names]).encode() + b"\n")
                stdin.flush()
                size, error = json.loads(stdout.readline() or b"[0, null]")
                content = stdout.read(size)
            except OSError:
                size, error, content = 0, None, b""
            finally:
                limit.cancel()
            if error is None and (not size or len(content) < size):
                self.stop()
                raise MatFileError(f"{path} crashed its reader, or took it more than {SECONDS:g} seconds")
        if error is not None:
            raise MatFileError(f"{path}: {error}")
        array: np.ndarray = np.load(io.BytesIO(content), allow_pickle=False)
        return array

    def stop(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None

    def _start(self) -> "subprocess.Popen[bytes]":
        atexit.register(self.stop)
        return subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Read what is asked for, line by line; an answer is [bytes that follow, error] and an array as numpy saves it."""
    from scipy.io import loadmat

    for line in requests:
        path, *names = json.loads(line)
        content, error = b"", None
        try:
            found = loadmat(path, simplify_cells=True)
            for name in names:
                found = found[name]
            content = saved(np.asarray(found))
        except Exception as caught:  # whatever the reader does with bytes that somebody made up
            error = f"{type(caught).__name__}: {caught}"
        answers.write(json.dumps([len(content), error]).encode() + b"\n" + content)
        answers.flush()


def saved(array: np.ndarray) -> bytes:
    """An array as numpy saves it.

    Raises
    ------
    ValueError
        If it holds no numbers.
    """
    if array.dtype.kind not in "buif":
        raise ValueError(f"expected numbers, got {array.dtype}")
    memory = io.BytesIO()
    np.save(memory, array, allow_pickle=False)
    return memory.getvalue()


def limit_memory() -> None:
    """Let the system refuse memory beyond the limit, where it can."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    limit_memory()
    serve(sys.stdin.buffer, sys.stdout.buffer)
