"""Open TIFF files, and keep what tifffile only writes to its log: that pages, parts or metadata cannot be used."""

import logging
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import tifffile

from napari_simpleclick.data.errors import NotEnoughMemoryError, VolumeError
from napari_simpleclick.data.file_part import WHOLE
from napari_simpleclick.data.other_kinds import kind_of_file

LOST_PIXELS = (
    "invalid page offset",
    "invalid offset to",
    "corrupted tag list",
    "missing data",
    "missing files",
    "missing required tags",
    "incorrect Strip",
    "series is missing",
    "series expected",
    "cannot handle discontiguous",
    "<asarray> failed",
    "incompletely written",
    "is missing",
)
"""Parts of tifffile's messages after which it goes on with fewer pixels than the file promises."""

LOST_WORDS = ("TiffTag", "series raised", "series metadata", "series failed to reshape", "axes do not match", "raised")
"""Parts of tifffile's messages after which it goes on without some of what describes the pixels."""

DESCRIPTION = 270
"""The tag in which ImageJ, OME and others tell axes and sizes."""


@dataclass(frozen=True, slots=True)
class Losses:
    """What tifffile could not read.

    Parameters
    ----------
    pixels
        Messages after which pixels are missing.
    words
        Messages after which axes, sizes or names are missing.
    """

    pixels: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


@contextmanager
def opened(path: Path) -> Iterator[tuple[tifffile.TiffFile, Losses]]:
    """An open TIFF file, and what tifffile says was lost, which fills while the file is read.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    VolumeError
        If reading it fails in any way, also inside the `with` block.
    """
    try:
        with listening() as lost, tifffile.TiffFile(path) as file:
            require_end(file)
            if broken := broken_description(file.pages.first.tags.get(DESCRIPTION)):
                lost.words.append(broken)
            yield file, lost
    except (VolumeError, FileNotFoundError):
        raise
    except MemoryError as error:
        raise NotEnoughMemoryError(f"{path} does not fit into memory. Crop it, or convert it to OME-Zarr.") from error
    except Exception as error:  # whatever a damaged file makes tifffile or a codec raise
        raise unreadable(path, error) from error


@contextmanager
def listening() -> Iterator[Losses]:
    """Messages of tifffile in this thread, which are not written to the terminal."""
    lost, thread = Losses(), threading.get_ident()

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            message = record.getMessage()
            if record.thread == thread:
                for words, found in ((LOST_PIXELS, lost.pixels), (LOST_WORDS, lost.words)):
                    if any(each in message for each in words):
                        found.append(message.split("> ", 1)[-1])
                        break

    logger, listener = logging.getLogger("tifffile"), Listener(logging.WARNING)
    passed_on = logger.propagate
    logger.addHandler(listener)
    logger.propagate = False
    try:
        yield lost
    finally:
        logger.removeHandler(listener)
        logger.propagate = passed_on


def require_end(file: tifffile.TiffFile) -> None:
    """Raise if the chain of pages leads back into itself, which tifffile follows for hours.

    Raises
    ------
    VolumeError
        If the chain leads back, or there is no page at all.
    """
    tiff, stream = file.tiff, file.filehandle
    if tiff.is_ndpi:  # has 64-bit offsets in 32-bit places
        return
    try:
        place: int = file.pages.first.offset
    except IndexError:
        raise VolumeError(
            f"{stream.path} holds no image ({stream.size} bytes): the list of its pages is missing. It was not copied "
            "completely; copy or export it again."
        ) from None
    seen: set[int] = set()
    while 0 < place < stream.size:
        if place in seen:
            raise damaged(Path(stream.path), f"its list of pages leads back into itself after {len(seen)} pages")
        seen.add(place)
        stream.seek(place)
        head = stream.read(tiff.tagnosize)
        if len(head) < tiff.tagnosize:
            return
        stream.seek(place + tiff.tagnosize + struct.unpack(tiff.tagnoformat, head)[0] * tiff.tagsize)
        link = stream.read(tiff.offsetsize)
        place = struct.unpack(tiff.offsetformat, link)[0] if len(link) == tiff.offsetsize else 0


def broken_description(tag: tifffile.TiffTag | None) -> str:
    """What is wrong with a description that tifffile passes over: blank, as after a copy with holes, or cut off."""
    if tag is None or tag.count < 2 or not isinstance(tag.value, str):
        return ""
    text = tag.value.strip()
    if not tag.value:
        return "it is blank"
    return "it begins as OME's and ends early" if "<OME" in text[:1000] and not text.endswith("OME>") else ""


def unreadable(path: Path, error: Exception) -> VolumeError:
    """The message for a file that cannot be read: damaged only where that is the reason."""
    text = str(error)
    if path.is_dir():
        return VolumeError(f"{path} is a folder; expected a TIFF file. Rename it.")
    kind = kind_of_file(path)
    if kind and not kind.startswith("a TIFF file"):
        return VolumeError(f"{path} cannot be read as TIFF: it is {kind}")
    if "imagecodecs" in text or isinstance(error, ImportError):
        return VolumeError(
            f"{path} is compressed in a way that needs the package imagecodecs ({text}). "
            "Install it (pip install imagecodecs), or save the file without compression."
        )
    if isinstance(error, NotImplementedError) or "not supported" in text or "cannot decode" in text:
        return VolumeError(
            f"{path} is a kind of TIFF that cannot be read here: {text}. "
            "Open it in the program that wrote it, such as Fiji, and save it as uncompressed grey or RGB TIFF."
        )
    return damaged(path, text if " " in text else f"{type(error).__name__} {text}".strip())


def damaged(path: Path, why: str) -> VolumeError:
    """The message for a file that is damaged."""
    return VolumeError(
        f"{path} cannot be read as TIFF ({path.stat().st_size} bytes): {why}. "
        f"It is damaged or not copied completely; copy or export it again. To open the planes that are whole, {WHOLE}."
    )
