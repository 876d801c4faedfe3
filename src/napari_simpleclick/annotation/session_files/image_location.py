"""Where the image of a session is: a file never decides what is opened, it only names an image beside itself."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from napari_simpleclick.files import write_text

PLACES_FILE = "places.json"
"""Where images were used last, by hash; in the folder of the work that is saved by itself."""

MOST_PLACES = 1000
"""Most images that are remembered."""


@dataclass(frozen=True, slots=True)
class ImageLocation:
    """A file that a session names.

    Parameters
    ----------
    path
        The file; nobody has looked yet whether it is there.
    known
        Whether it may be opened without a question: it lies beside the session, or was used last by this user.
    """

    path: Path
    known: bool


def noted_path(image: str | Path | None, session: Path | None) -> str | None:
    """An image's path as a session file notes it.

    Parameters
    ----------
    image
        The image's file; None if it came from none.
    session
        The session file, to whose folder the path is relative; None notes the name only, for files in our own folder.
    """
    if image is None:
        return None
    if session is not None:
        with suppress(ValueError):  # another drive of Windows
            return Path(os.path.relpath(image, session.absolute().parent)).as_posix()
    return Path(image).name


def locate(noted: Mapping[str, Any], session: Path, places: Mapping[str, str]) -> ImageLocation | None:
    """The image that a session names; None if it names none, or something that is no image.

    Parameters
    ----------
    noted
        What the file notes: path and hash.
    session
        The session file.
    places
        Where images were used last, by hash.
    """
    told, used = noted.get("path"), places.get(str(noted.get("hash")))
    if used is not None and is_image(used) and not is_network(used) and Path(used).exists():
        return ImageLocation(Path(used), True)
    if not isinstance(told, str) or not is_image(told):
        return None
    if is_network(told) or is_absolute(told):
        return ImageLocation(Path(told), False)
    return ImageLocation(session.absolute().parent / told, lies_beside(told, session))


def lies_beside(told: str, session: Path) -> bool:
    """Whether a path leads to the folder of a session or one below it, through no link that leads elsewhere."""
    folder = session.absolute().parent.resolve()
    return ".." not in PureWindowsPath(told).parts and (folder / told).resolve().is_relative_to(folder)


def is_network(path: str) -> bool:
    """Whether a path leads to another machine: merely looking there tells it who asks.

    Examples
    --------
    >>> is_network("//server/share/a.tif"), is_network("https://a.org/a.tif"), is_network("C:/a.tif")
    (True, True, False)
    """
    return path.replace("\\", "/").startswith("//") or "://" in path


def is_absolute(path: str) -> bool:
    """Whether a path is absolute on any system.

    Examples
    --------
    >>> is_absolute("C:a.tif"), is_absolute("/a.tif"), is_absolute("b/a.tif")
    (True, True, False)
    """
    windows = PureWindowsPath(path)
    return bool(windows.drive or windows.root) or PurePosixPath(path).is_absolute()


def is_image(path: str) -> bool:
    """Whether a path can be that of an image, by the ending of its name; a folder's name may have none.

    Examples
    --------
    >>> [is_image(name) for name in ("a.nii.gz", "case 7", "a.py", "a.PNG.exe", "a.tif:stream")]
    [True, True, False, False, False]
    """
    from napari_simpleclick.data.file_names import NIFTI, PICTURES, TIFF, ZARR

    name = path.replace("\\", "/").rstrip("/").rpartition("/")[2].lower()
    if "\0" in path or ":" in name or name in ("", ".", ".."):
        return False
    return name.endswith(NIFTI + ZARR + TIFF + PICTURES) or "." not in name


def read_places(folder: Path) -> dict[str, str]:
    """Where images were used last, by hash; nothing if nobody noted it, or the file is damaged."""
    try:
        told = json.loads((folder / PLACES_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return {key: path for key, path in told.items() if isinstance(path, str)} if isinstance(told, dict) else {}


def remember_place(folder: Path, image_hash: str, path: str | Path | None) -> None:
    """Note where an image was used last; without effect where nothing can be written.

    Parameters
    ----------
    folder
        Where `PLACES_FILE` is kept, beside the recovery files.
    image_hash
        Fingerprint of the pixels, by which the image is found again.
    path
        Its file; nothing is noted if None.
    """
    places = read_places(folder)
    if path is None or places.get(image_hash) == str(Path(path).absolute()):
        return
    places.pop(image_hash, None)
    places[image_hash] = str(Path(path).absolute())
    with suppress(OSError):
        write_text(folder / PLACES_FILE, json.dumps(dict(list(places.items())[-MOST_PLACES:])), private=True)
