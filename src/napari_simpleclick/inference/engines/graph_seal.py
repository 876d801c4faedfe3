"""Seal of a folder of graphs: what was written there, by hash, so that nothing else is loaded in its place."""

import json
from collections.abc import Iterable
from contextlib import suppress
from hashlib import file_digest
from pathlib import Path

from napari_simpleclick.files import is_private, make_private, write_text

SEAL = "seal.json"


def seal(folder: Path, names: Iterable[str]) -> None:
    """Note the hashes of files that were written just now.

    Raises
    ------
    OSError
        If the folder cannot be written to, or belongs to somebody else.
    """
    make_private(folder)
    files = read_seal(folder) | {name: file_hash(folder / name) for name in names}
    write_text(folder / SEAL, json.dumps({"of": name_of(folder), "files": files}), private=True)


def is_sealed(folder: Path, names: Iterable[str]) -> bool:
    """Whether files are those that were written into this very folder, and nobody else can write there."""
    files = read_seal(folder)
    with suppress(OSError):
        return is_private(folder) and all(files.get(name) == file_hash(folder / name) for name in names)
    return False


def read_seal(folder: Path) -> dict[str, str]:
    """Hashes of files by name; none if there is no seal, or it belongs to another folder."""
    try:
        told = json.loads((folder / SEAL).read_text(encoding="utf-8"))
        files: dict[str, str] = dict(told["files"]) if told["of"] == name_of(folder) else {}
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return {}
    return files


def name_of(folder: Path) -> str:
    """The folder as its seal names it, with the hash of the weights that the graphs were made of.

    Examples
    --------
    >>> name_of(Path("cache/0123abcd/half")), name_of(Path("cache/0123abcd"))
    ('0123abcd/half', '0123abcd')
    """
    return f"{folder.parent.name}/{folder.name}" if folder.name in ("half", "full") else folder.name


def file_hash(path: Path) -> str:
    """sha256 of a file; a link is not followed.

    Raises
    ------
    OSError
        If there is no such file, or it is a link.
    """
    if path.is_symlink():
        raise OSError(f"{path} is a link.")
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
