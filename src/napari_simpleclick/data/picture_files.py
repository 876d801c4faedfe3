"""Open picture files with Pillow: only the formats that we name, as large as memory allows, and with our own errors."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from napari_simpleclick.data.errors import NotEnoughMemoryError, VolumeError
from napari_simpleclick.data.memory import free_memory
from napari_simpleclick.data.other_kinds import kind_of_file, missing

FORMATS = ("PNG", "JPEG", "BMP", "DIB", "GIF")
"""What a file may hold whatever its name is; others, such as EPS, would run programs."""

READ_KINDS = ("a PNG file", "a JPEG file", "a GIF file", "a BMP file")
"""What these formats are called where a file is of another one."""

MOST_GAIN = 8400
"""Pixels that one byte of PNG, GIF or BMP can become at most: 1040 bytes out of deflate, of 8 pixels each."""

MOST_GAIN_OF_JPEG = 512
"""A block of 8 x 8 pixels takes a bit of a JPEG at least, however empty it is."""

LIMIT_LOCK = threading.Lock()
"""Pillow has one limit of size for all threads."""


@contextmanager
def opened_picture(path: Path) -> Iterator[Image.Image]:
    """An open picture; reading it inside the `with` block fails with our own error only.

    Raises
    ------
    VolumeError
        If the file is missing, damaged, truncated, no picture, or promises more than its bytes or memory can hold.
    """
    try:
        with allowed_pixels(path), Image.open(path, formats=FORMATS) as image:
            if image.format == "PNG":
                require_checksums(path)
            yield image
    except VolumeError:
        raise
    except (MemoryError, Image.DecompressionBombError) as error:
        raise NotEnoughMemoryError(
            f"{path} promises more pixels than its bytes or the memory can hold ({error}). "
            "It is damaged; or crop it, or save it as tiled TIFF or OME-Zarr."
        ) from error
    except Exception as error:  # whatever a damaged file makes Pillow raise
        raise unreadable(path, error) from error


def require_checksums(path: Path) -> None:
    """Compare the checksums of a PNG with its bytes, which Pillow leaves out where pixels are read."""
    with Image.open(path, formats=("PNG",)) as image:
        image.verify()


@contextmanager
def allowed_pixels(path: Path) -> Iterator[None]:
    """Pillow's limit of size as the bytes of a file and memory allow; one picture at a time."""
    limit = free_memory() // 4
    if path.is_file():
        with path.open("rb") as file:
            jpeg = file.read(2) == b"\xff\xd8"
        limit = min(limit, (MOST_GAIN_OF_JPEG if jpeg else MOST_GAIN) * path.stat().st_size)
    with LIMIT_LOCK:
        before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, max(1, limit)
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS = before


def unreadable(path: Path, error: Exception) -> VolumeError:
    """The message for a picture that cannot be read."""
    if not path.is_file():
        return VolumeError(missing(path) if not path.exists() else f"{path} is a folder; expected a picture.")
    kind = kind_of_file(path)
    if kind and not kind.startswith(READ_KINDS):
        return VolumeError(f"{path} cannot be read as a picture: it is {kind}")
    return VolumeError(
        f"{path} cannot be read as a picture ({path.stat().st_size} bytes): {error}. "
        "It is damaged or not copied completely; copy or unpack it again."
    )
