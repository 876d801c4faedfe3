"""Writing files so that nothing is ever half written."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replace_when_complete(path: Path) -> Iterator[Path]:
    """Give a place to write to, and move what was written to `path` when all went well.

    An older file stays whole if writing fails, on a full disk for example.

    Raises
    ------
    OSError
        If the folder cannot be written to, or the disk is full; names the file.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".writing-") as folder:
            partial = Path(folder) / path.name
            yield partial
            os.replace(partial, path)
    except OSError as error:
        raise OSError(
            error.errno, f"{path} was not written: {error.strerror or error}. Choose another folder."
        ) from error
