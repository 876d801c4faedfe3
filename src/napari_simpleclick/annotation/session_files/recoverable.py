"""Sessions that were saved by themselves: numbered files, each with one writer. None is removed unasked."""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from napari_simpleclick.annotation.session_files.format import ENDING, SessionFileError, read_session
from napari_simpleclick.files import in_use

KEPT_FILES = 10
"""Newest files of an image, and largest ones, that are never old."""

KEPT_SECONDS = 31 * 24 * 3600
"""Younger files are never old."""

NUMBER_DIGITS = 8


@dataclass(frozen=True, slots=True)
class RecoverableSession:
    """What a session file offers, without its masks.

    Parameters
    ----------
    path
        The file.
    number
        The larger, the later it was begun; clocks do not matter.
    objects, slices, clicks
        How many objects it has, on how many planes together, and how many clicks led to them.
    saved
        When it was saved last, in seconds since 1970, as the file system tells.
    size
        Bytes.
    in_use
        Whether a window that is open writes it.
    """

    path: Path
    number: int
    objects: int
    slices: int
    clicks: int
    saved: float
    size: int
    in_use: bool


LOOKED_INTO = 2
"""Newest files, and largest ones, that are read when an image is opened."""


def recovery_folder() -> Path:
    """Where work is saved by itself."""
    return user_data_path("napari-simpleclick", appauthor=False) / "recovery"


def session_files(folder: Path, image_hash: str) -> list[Path]:
    """Session files of an image, oldest first; links that lead nowhere are none."""
    files = [path for path in folder.glob(f"{image_hash}.*{ENDING}") if path.is_file()]
    return sorted(files, key=lambda path: (number_of(path), path.name))


def number_of(path: Path) -> int:
    """The number of a session file; 0 for those of an earlier version, whose names hold a time.

    Examples
    --------
    >>> number_of(Path("1234.00000012.simpleclick.json")), number_of(Path("1234.20260101-1-7.simpleclick.json"))
    (12, 0)
    """
    word = path.name.removesuffix(ENDING).rpartition(".")[2]
    return int(word) if len(word) == NUMBER_DIGITS and word.isdecimal() and word.isascii() else 0


def next_path(folder: Path, image_hash: str) -> Path:
    """A name for a new session file of an image, later than all others; whoever takes its lock first has it."""
    newest = max(map(number_of, session_files(folder, image_hash)), default=0)
    return numbered(folder, image_hash, newest + 1)


def following_path(path: Path) -> Path:
    """The session file of the same image with the next number."""
    image_hash = path.name.removesuffix(ENDING).rpartition(".")[0]
    return numbered(path.parent, image_hash, number_of(path) + 1)


def numbered(folder: Path, image_hash: str, number: int) -> Path:
    """The session file of an image with a number."""
    return folder / f"{image_hash}.{number:0{NUMBER_DIGITS}d}{ENDING}"


def session_to_offer(folder: Path, image_hashes: Sequence[str]) -> RecoverableSession | None:
    """The richest session of an image among the newest and the largest, which are read soon enough for a start."""
    paths = [path for image_hash in image_hashes for path in session_files(folder, image_hash)]
    largest = sorted(paths, key=lambda path: path.stat().st_size)[-LOOKED_INTO:]
    return richest(list(readable({*paths[-LOOKED_INTO:], *largest})))


def recoverable_sessions(folder: Path, image_hashes: Sequence[str]) -> list[RecoverableSession]:
    """Everything that can be brought back for an image, newest first; damaged files are left out.

    Parameters
    ----------
    folder
        Where sessions are saved by themselves.
    image_hashes
        Names of the image: its fingerprint, and those of earlier versions.
    """
    paths = [path for image_hash in image_hashes for path in session_files(folder, image_hash)]
    return list(readable(sorted(paths, key=lambda path: (number_of(path), path.name), reverse=True)))


def readable(paths: Iterable[Path]) -> Iterator[RecoverableSession]:
    """What the files among some offer that can be read."""
    for path in paths:
        with suppress(SessionFileError, OSError):
            yield described(path)


def described(path: Path) -> RecoverableSession:
    """What a session file offers.

    Raises
    ------
    SessionFileError
        If it is damaged.
    OSError
        If it cannot be read.
    """
    content, told = read_session(path), path.stat()
    clicks = sum("click" in content.steps[step] for last in content.newest.values() for step in content.follows(last))
    return RecoverableSession(
        path,
        number_of(path),
        objects=len({object_id for object_id, _ in content.newest}),
        slices=len(content.newest),
        clicks=clicks,
        saved=told.st_mtime,
        size=told.st_size,
        in_use=in_use(path),
    )


def richest(sessions: Sequence[RecoverableSession]) -> RecoverableSession | None:
    """The session to offer first: the one with most objects, then most slices and clicks, then the latest."""
    offered = [session for session in sessions if session.slices and not session.in_use]
    return max(offered, key=lambda each: (each.objects, each.slices, each.clicks, each.number), default=None)


def old_sessions(folder: Path) -> list[Path]:
    """Files that can go: of their image neither among the newest by number nor the largest, not young, not in use.

    Numbers and content come first: a clock that was wrong makes none of the newest and largest old.
    """
    hashes = {path.name.removesuffix(ENDING).rpartition(".")[0] for path in folder.glob(f"*.*{ENDING}")}
    return [path for image_hash in sorted(hashes) for path in old_of_image(session_files(folder, image_hash))]


def old_of_image(files: Sequence[Path]) -> list[Path]:
    """Those of an image's files that can go, oldest first."""
    told = {path: path.stat() for path in files}
    kept = {*files[-KEPT_FILES:], *sorted(files, key=lambda path: told[path].st_size)[-KEPT_FILES:]}
    latest = time.time() - KEPT_SECONDS
    return [path for path in files if path not in kept and told[path].st_mtime < latest and not in_use(path)]
