"""Why something could not be written, in words: what is in the way, whether the older file is whole, and the cure."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ELSEWHERE = "Choose another folder."

FULL = ("ENOSPC", "EDQUOT")

REASONS = {
    "ENOSPC": ("the disk is full", "Free space there, or choose another disk."),
    "EDQUOT": ("your share of the disk is used up", "Free space there, or choose another disk."),
    "EFBIG": ("files there cannot be that large", "Choose another disk."),
    "EROFS": ("the disk can only be read", ELSEWHERE),
    "EACCES": ("you may not write there", "Choose another folder, or get the right to write into this one."),
    "EPERM": ("you may not write there", "Choose another folder, or get the right to write into this one."),
    "EISDIR": ("it is a folder", "Choose another name."),
    "ENOTDIR": ("a part of its path is a file, not a folder", ELSEWHERE),
    "EEXIST": ("a part of its path is a file, not a folder", ELSEWHERE),
    "ENAMETOOLONG": ("its name is too long", "Choose a shorter name."),
    "EINVAL": ("its name has characters that names cannot have there", "Choose another name."),
    "EBUSY": ("another program uses it", "Close it there, or choose another name."),
    "ETXTBSY": ("another program uses it", "Close it there, or choose another name."),
    "EIO": ("the disk reports a fault", "Choose another disk, and save what is on this one."),
    "ENOENT": ("its folder is not there and cannot be made", ELSEWHERE),
}
"""What is in the way, and the cure, by the name of the error; systems lack some of the names."""

IN_USE = (32, 33)
"""Errors of Windows for a file that another program has open."""

HARDLY_ANY = 1 << 20
"""Bytes of a disk that is full as far as a library that does not say why it failed is concerned."""


class WriteError(OSError):
    """Something was not written; the text says what, why and what to do. `errno` is that of the system."""


@contextmanager
def told_if_not_written(path: Path, *, size: int | None = None, cure: str = "") -> Iterator[None]:
    """Turn what the system says when a file cannot be written into a `WriteError`.

    Parameters
    ----------
    path
        What is written.
    size
        Bytes that it takes, if that is known before.
    cure
        What to do when the obstacle is gone.

    Raises
    ------
    WriteError
        Says what is in the way.
    """
    room = free_room(path)
    try:
        yield
    except WriteError:
        raise
    except OSError as error:
        raise write_error(path, error, room=room, size=size, cure=cure) from error
    except RuntimeError as error:  # torch and OpenVINO keep to themselves what the system said
        if free_room(path, HARDLY_ANY) >= HARDLY_ANY:
            raise
        full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        raise write_error(path, full, room=room, size=size, cure=cure) from error


def write_error(path: Path, error: OSError, *, room: int = 0, size: int | None = None, cure: str = "") -> WriteError:
    """The error to raise; see `told_if_not_written`.

    Parameters
    ----------
    path, size, cure
        As there.
    error
        What the system said.
    room
        Bytes that were free before.

    Examples
    --------
    >>> print(write_error(Path("/data/a.tif"), OSError(errno.ENOSPC, ""), room=52_000, size=3_000_000))
    /data/a.tif was not written: the disk is full (52.0 kB were free, it takes 3.0 MB). Free space there, or choose \
another disk.
    """
    name, (reason, remedy) = told_reason(path, error)
    if name in FULL:
        wanted = "which is too little" if size is None else f"it takes {amount(size)}"
        reason += f" ({amount(room)} were free, {wanted})"
    whole = "The older one is whole. " if name != "EISDIR" and os.path.lexists(path) else ""
    told = WriteError(f"{path} was not written: {reason}. {whole}{remedy}{' ' + cure if cure else ''}")
    told.errno = error.errno
    return told


def told_reason(path: Path, error: OSError) -> tuple[str, tuple[str, str]]:
    """The name of an error, what it means for this path, and the cure."""
    name = errno.errorcode.get(error.errno or 0, "")
    denied = name in ("EACCES", "EPERM")
    if getattr(error, "winerror", None) in IN_USE:
        name = "EBUSY"
    elif denied and path.is_dir():  # as macOS and Windows refuse to put a file in the place of a folder
        name = "EISDIR"
    return name, REASONS.get(name, (error.strerror or str(error) or type(error).__name__, ELSEWHERE))


def free_room(path: Path, otherwise: int = 0) -> int:
    """Free bytes of the disk on which a file is, or would be; another number where nobody knows."""
    for folder in path.absolute().parents:
        try:
            return shutil.disk_usage(folder).free
        except OSError:
            continue
    return otherwise


def amount(size: int) -> str:
    """Bytes for people.

    Examples
    --------
    >>> amount(512), amount(52_000), amount(3_000_000_000)
    ('512 B', '52.0 kB', '3.0 GB')
    """
    for unit, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size} B"


def plain_words(error: Exception) -> str:
    """What an error says, without the number that the system gives it.

    Examples
    --------
    >>> plain_words(FileNotFoundError(2, "No such file or directory", "a.tif"))
    'a.tif: No such file or directory.'
    """
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror}."
    return str(error) or type(error).__name__
