"""Open Zarr folders: what is one, and errors that say what is wrong with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from napari_simpleclick.data.errors import NotEnoughMemoryError, VolumeError
from napari_simpleclick.data.other_kinds import kind_of_file

MARKS = ("zarr.json", ".zgroup", ".zarray", ".zattrs")
"""Files that make a folder a Zarr group or array."""


def is_zarr(path: Path) -> bool:
    """Whether a path is a Zarr folder, by the ending of its name or by what lies in it, as inside of another Zarr."""
    return path.name.lower().endswith(".zarr") or any((path / name).is_file() for name in MARKS)


def open_node(path: Path) -> Any:
    """The group or array in a Zarr folder.

    Raises
    ------
    ImportError
        If zarr is not installed.
    VolumeError
        If the folder is no Zarr, or damaged.
    """
    try:
        import zarr
    except ImportError as error:
        raise ImportError('Zarr needs an extra: pip install "napari-simpleclick[zarr]".') from error
    if path.is_file():
        kind = kind_of_file(path) or "a file of another kind. Choose another one."
        raise VolumeError(f"{path} cannot be read as Zarr, which is a folder: it is {kind}")
    with readable(path):
        # What lies in the folder counts, not a summary of it (.zmetadata), which may be older.
        return zarr.open(path, mode="r", use_consolidated=False)


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn whatever damaged files make zarr, a codec or numpy raise into our own error.

    Raises
    ------
    VolumeError
        If anything inside the `with` block fails; says what and the cure.
    """
    try:
        yield
    except VolumeError:
        raise
    except MemoryError as error:
        raise NotEnoughMemoryError(f"A part of {path} does not fit into memory. Store it in smaller chunks.") from error
    except Exception as error:
        why = f"{type(error).__name__} {error}".strip()
        raise VolumeError(
            f"{path} cannot be read as Zarr: {why}. It is damaged or not copied completely; copy it again, with all "
            "files and folders inside."
        ) from error
