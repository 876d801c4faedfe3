"""Writing files: whole or not at all, on the disk before an older one goes, and never through somebody's link."""

import errno
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from napari_simpleclick.write_errors import WriteError, told_if_not_written

if TYPE_CHECKING:
    from filelock import BaseFileLock

WRITING = ".writing-"
"""Beginning of the names of folders in which files are written before they are moved to their place."""

LOCK = ".lock"
"""Ending of the names of locks, which begin with a dot."""

FORGOTTEN_AFTER = 24 * 3600
"""Seconds after which unfinished files of other machines are removed."""

PATIENCE = (0.0, 0.01, 0.1, 1.0)
"""Seconds before each attempt to remove a folder that other threads may still write into."""

PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
"""Rights of what only its owner may read."""


class BusyError(WriteError):
    """Another process is writing the same file."""


@contextmanager
def replace_when_complete(path: Path, *, private: bool = False, size: int | None = None) -> Iterator[Path]:
    """Give a place to write to, and move what was written to `path` when all went well.

    An older file stays whole if writing fails, on a full disk for example, and the new one is on the disk before the
    older one goes. Where `path` is a link, the link is replaced; what it points to stays.

    Parameters
    ----------
    path
        The file.
    private
        Whether only the user may read it.
    size
        Bytes that it takes, if that is known before.

    Raises
    ------
    WriteError
        If the folder cannot be written to, or the disk is full; says what is in the way.
    """
    with told_if_not_written(path, size=size):
        path.parent.mkdir(parents=True, exist_ok=True)
        with writing_folder(path.parent) as folder:
            partial = folder / path.name
            yield partial
            if private:
                partial.chmod(PRIVATE_FILE)
            move(partial, path)


@contextmanager
def replace_folder_when_complete(path: Path) -> Iterator[Path]:
    """Give a place for a folder, and move it to `path` when all went well; an older one stays whole until then.

    Raises
    ------
    WriteError
        If that is not possible; says what is in the way.
    """
    with told_if_not_written(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with writing_folder(path.parent) as folder:
            partial, older = folder / path.name, folder / "older"
            yield partial
            for file in partial.rglob("*"):
                if file.is_file():
                    sync(file)
            if path.exists():
                os.rename(path, older)  # a folder cannot replace one that is not empty
            try:
                os.rename(partial, path)
            except OSError:
                if older.exists():
                    os.rename(older, path)
                raise
            sync_folder(path.parent)


def require_place(path: Path) -> None:
    """Tell before a long computation that its file could not be written; tries it beside, and leaves nothing.

    Raises
    ------
    WriteError
        If it is a folder, or a file of this name cannot be made; says what is in the way.
    """
    with told_if_not_written(path):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        nearest = next(folder for folder in path.absolute().parents if folder.exists())
        with writing_folder(nearest) as folder:
            (folder / path.name).touch()


def write_text(path: Path, text: str, *, private: bool = False) -> None:
    """Write a text as a whole; see `replace_when_complete`.

    Parameters
    ----------
    path
        The file; an older one is replaced.
    text
        Written in UTF-8.
    private
        Whether nobody but the user may read it.
    """
    content = text.encode()
    with replace_when_complete(path, private=private, size=len(content)) as partial:
        partial.write_bytes(content)


@contextmanager
def writing_folder(parent: Path) -> Iterator[Path]:
    """A new folder beside the files that come from it, which only the user may enter; it goes with the context.

    Those that a killed process left are removed.
    """
    remove_leftovers(parent)
    folder = Path(tempfile.mkdtemp(dir=parent, prefix=f"{WRITING}{host()}-{os.getpid()}-"))
    try:
        yield folder
    finally:
        remove_soon(folder)


def remove_soon(folder: Path) -> None:
    """Remove a folder into which other threads, such as zarr's, may still write for a moment after one has failed.

    What cannot be removed stays for `remove_leftovers`: an error here would hide why nothing was written.
    """
    for seconds in PATIENCE:
        time.sleep(seconds)
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return


def move(written: Path, path: Path) -> None:
    """Move a file to its place on the same disk once its bytes are there; an older one is replaced at once."""
    sync(written)
    os.replace(written, path)
    sync_folder(path.parent)


def sync(path: Path) -> None:
    """Have the bytes of a file on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, where the system can be told to."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def make_private(folder: Path) -> Path:
    """Make a folder that only the user may enter, or make an existing one so.

    Raises
    ------
    OSError
        If it belongs to somebody else, or is a link.
    """
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    if hasattr(os, "getuid"):
        told = folder.lstat()
        if folder.is_symlink() or told.st_uid != os.getuid():
            raise OSError(f"{folder} belongs to somebody else, or is a link. Remove it; it is made again.")
        if told.st_mode & 0o077:
            folder.chmod(PRIVATE_FOLDER)
    return folder


def is_private(folder: Path) -> bool:
    """Whether nobody but the user can write into a folder; where rights are not known as on POSIX, it is believed."""
    if not hasattr(os, "getuid"):
        return True
    try:
        told = folder.lstat()
    except OSError:
        return False
    return not folder.is_symlink() and told.st_uid == os.getuid() and not told.st_mode & 0o022


def remove_leftovers(folder: Path) -> None:
    """Remove the unfinished files of processes of this machine that are gone."""
    with suppress(OSError):
        for name in os.listdir(folder):
            if name.startswith(WRITING) and is_left(folder / name):
                shutil.rmtree(folder / name, ignore_errors=True)


def is_left(folder: Path) -> bool:
    """Whether the process that made a folder of unfinished files is gone; where that is not known, after a day."""
    import psutil

    where, _, rest = folder.name.removeprefix(WRITING).partition("-")
    number = rest.partition("-")[0]
    if where == host() and number.isdigit():
        return not psutil.pid_exists(int(number))
    return time.time() - folder.stat().st_mtime > FORGOTTEN_AFTER


@lru_cache(maxsize=1)
def host() -> str:
    """A word for this machine, which tells its processes from those of others on a shared disk."""
    return sha256(socket.gethostname().encode()).hexdigest()[:8]


@contextmanager
def only_writer(path: Path) -> Iterator[None]:
    """Be the only process that writes a file, by a lock beside it that the system lets go of when a process ends.

    Raises
    ------
    BusyError
        If another process writes it.
    OSError
        If the folder cannot be written to.
    """
    lock = take_lock(path)
    if lock is None:
        raise BusyError(f"{path} is being written by another process. Wait for it, or choose another name.")
    try:
        yield
    finally:
        lock.release()


def take_lock(path: Path) -> "BaseFileLock | None":
    """The lock of a file, to be released; None if another process, or another part of this one, has it.

    Raises
    ------
    OSError
        If the folder cannot be written to.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(lock_of(path), timeout=0, mode=PRIVATE_FILE, thread_local=False)
    with told_if_not_written(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire()
        except Timeout:
            return None
    return lock


def lock_of(path: Path) -> Path:
    """The file that locks another one; it may stay when nobody holds the lock any more."""
    return path.with_name(f".{path.name}{LOCK}")


def in_use(path: Path) -> bool:
    """Whether a living process holds the lock of a file; where that cannot be asked, it may be."""
    if not os.path.lexists(lock_of(path)):  # nobody ever took it: none is made by looking
        return False
    try:
        lock = take_lock(path)
    except OSError:
        return True
    if lock is not None:
        lock.release()
    return lock is None


def table_cell(text: str) -> str:
    """A text as a cell of a table for spreadsheets, which take = + - and @ at its beginning for a formula.

    Examples
    --------
    >>> table_cell("=HYPERLINK(1)"), table_cell("a=b")
    ("'=HYPERLINK(1)", 'a=b')
    """
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text
