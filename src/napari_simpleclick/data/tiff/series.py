"""Which image of a TIFF file is opened, and whether all of it is there."""

from math import prod
from pathlib import Path
from typing import Any

import tifffile

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.file_part import HOW
from napari_simpleclick.data.tiff.opening import Losses, damaged
from napari_simpleclick.data.volume import Hint

MOST_GAIN = {
    tifffile.COMPRESSION.NONE: 1.01,
    tifffile.COMPRESSION.PACKBITS: 65,
    tifffile.COMPRESSION.LZW: 1500,
    tifffile.COMPRESSION.ADOBE_DEFLATE: 1040,
    tifffile.COMPRESSION.DEFLATE: 1040,
}
"""Bytes that one compressed byte can become at most."""

MOST_NAMED = 4
"""Most other images, or missing files, that are named."""


def chosen(file: tifffile.TiffFile, number: int | None) -> tuple[tifffile.TiffPageSeries, tuple[str, ...]]:
    """An image by its number, or the one with the most pixels (the first of equals); then a notice names the others.

    Raises
    ------
    VolumeError
        If the file holds no image of two axes, or none of that number.
    """
    images = images_of(file)
    if number is not None:
        if number > len(images):
            raise VolumeError(f"{file.filename} has no image {number}: it holds {len(images)}. Name one of these.")
        return images[number - 1], ()
    largest = max(images, key=lambda each: prod(each.shape))
    several = len(largest.levels) > 1
    if len(images) == 1 and not several:
        return largest, ()
    names = [f"{place}: {described(each)}" for place, each in enumerate(images, start=1) if each is not largest]
    others = ", ".join(names[:MOST_NAMED]) + (" ..." if len(names) > MOST_NAMED else "")
    what = f"{len(images)} images; the largest is opened, " if len(images) > 1 else f"{len(largest.levels)} levels of "
    left = f"Not opened: {others}. " if others else "The finest is opened. "
    another = f"{file.filename}#{'image=' + names[0].split(':')[0] if names else 'level=2'}"
    notice = f"{file.filename} holds {what}{described(largest)}. {left}To open another, {HOW.format(another)}."
    return largest, (notice if len(images) > 1 else Hint(notice),)


def images_of(file: tifffile.TiffFile) -> list[tifffile.TiffPageSeries]:
    """All images of two axes or more.

    Raises
    ------
    VolumeError
        If there is none.
    """
    images = [each for each in file.series if len(each.shape) > 1 and prod(each.shape) > 0]
    if not images:
        raise VolumeError(f"{file.filename} holds no image. Was it copied completely?")
    return images


def level_of(
    image: tifffile.TiffPageSeries, number: int, name: str
) -> tuple[tifffile.TiffPageSeries, dict[str, float]]:
    """A level of an image, from 1, which is the finest, and how many of the finest pixels one of its pixels spans.

    Parameters
    ----------
    image
        The finest level, which knows the others.
    number
        1 for the finest.
    name
        What messages call the image.

    Raises
    ------
    VolumeError
        If there is none of that number.
    """
    if number > len(image.levels):
        raise VolumeError(f"{name} has no level {number}: the image has {len(image.levels)}. Name one of these.")
    level = image.levels[number - 1]
    sizes = zip(image.axes, image.shape, level.shape, strict=False) if image.axes == level.axes else ()
    return level, {axis: finest / coarse for axis, finest, coarse in sizes if axis in "ZYX"}


def described(series: tifffile.TiffPageSeries) -> str:
    """Name and shape of an image.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> described(SimpleNamespace(name="label", shape=(32, 64)))
    'label (32 x 64)'
    """
    return f"{series.name or 'image'} ({' x '.join(map(str, series.shape))})"


def require_whole(file: tifffile.TiffFile, series: tifffile.TiffPageSeries, lost: Losses) -> tuple[str, ...]:
    """Compare what the file promises with the bytes that are there; a notice for tiles that were never written.

    Parameters
    ----------
    file, series
        The open file, and the image in it.
    lost
        What tifffile could not read.

    Raises
    ------
    VolumeError
        If pages, parts of pages or other files of the image are missing.
    """
    path = Path(file.filehandle.path)
    planes = [page for page in series.pages if page is not None]
    if len(planes) < len(series.pages):
        raise damaged(path, f"it promises {len(series.pages)} planes and holds {len(planes)}")
    promised = int((file.imagej_metadata or {}).get("images", 1))
    if lost.pixels or (lost.words and promised > len(file.pages)):
        raise damaged(path, (lost.pixels or lost.words)[0])
    if series.dataoffset is not None:
        require_bytes(series.keyframe, series.dataoffset + series.nbytes)
        return ()
    return unwritten_tiles(path, planes, series)


def require_bytes(page: Any, needed: int) -> None:
    """Raise if the file of a page is shorter than it has to be.

    Raises
    ------
    VolumeError
        If it ends before `needed` bytes.
    """
    stream = page.parent.filehandle
    if needed > stream.size:
        raise damaged(Path(stream.path), f"it is cut off, {needed} bytes were expected")


def unwritten_tiles(path: Path, planes: list[Any], series: tifffile.TiffPageSeries) -> tuple[str, ...]:
    """Check the place and the size of all strips or tiles; a notice if some were never written.

    Raises
    ------
    VolumeError
        If the file ends before one of them, or holds fewer bytes than its compression could have made the pixels of.
    """
    written = total = held = 0
    for page in planes:
        for offset, count in zip(page.dataoffsets, page.databytecounts, strict=False):
            total += 1
            if offset > 0 and count > 0:
                written, held = written + 1, held + count
                require_bytes(page, offset + count)
    keyframe = series.keyframe
    gain = MOST_GAIN.get(keyframe.compression)
    promised = sum(page.size for page in planes) * keyframe.bitspersample / 8
    if not written or (gain and total == written and promised > gain * held + 4096):
        raise damaged(path, f"it promises {promised:.0f} bytes of pixels and holds {held}")
    if written < total:
        return (f"{path.name}: {total - written} of {total} tiles were never written; they are shown as 0.",)
    return ()
