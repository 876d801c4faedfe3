"""What is whole of a TIFF that was cut off or is damaged: its first planes."""

from math import prod
from typing import Any

import numpy as np
import tifffile

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.memory import require_memory
from napari_simpleclick.data.tiff.series import MOST_GAIN

ANY_GAIN = 1 << 20
"""Bytes that one byte can become in a compression without an entry in `MOST_GAIN`."""


def whole_planes(file: tifffile.TiffFile, series: tifffile.TiffPageSeries) -> tuple[np.ndarray, str, tuple[str, ...]]:
    """The planes from the first to the last one before the damage, with the letters of their axes and a notice.

    A stack of one axis is a shorter stack. Of one of several axes, such as time and depth, as many entries of the first
    axis remain as are whole; where not even one is, its planes are a stack.

    Raises
    ------
    VolumeError
        If not even the first plane is whole.
    """
    plane = tuple(series.keyframe.shape)
    leading, axes = promised(file, series)
    require_memory(prod((*leading, *plane)) * np.dtype(series.dtype).itemsize, file.filename, "Crop it.")
    stored = series.dataoffset is not None
    planes = stored_planes(file, series, prod(leading)) if stored else decoded_planes(file, series)
    if not len(planes):
        raise VolumeError(f"{file.filename} cannot be read as TIFF: not even its first plane is whole. Copy it again.")
    per_entry = prod(leading[1:])
    if leading and len(planes) >= per_entry:
        shape = (len(planes) // per_entry, *leading[1:])
    elif len(planes) > 1:
        shape, axes = (len(planes),), f"Z{axes[-len(plane) :]}"
    else:
        shape, axes = (), axes[-len(plane) :]
    kept = prod(shape)
    of = f"of {prod(leading)} planes" if prod(leading) > kept else "its first planes"
    notice = f"{file.filename} is damaged: {of}, {kept} are whole and opened."
    return planes[:kept].reshape(*shape, *plane), axes, (notice,)


def promised(file: tifffile.TiffFile, series: tifffile.TiffPageSeries) -> tuple[tuple[int, ...], str]:
    """Sizes of the axes before those of a plane, and the letters of all axes, as the file says that they were.

    ImageJ and tifffile tell in the first page how many planes there are; the pages of the others may be cut off.
    """
    plane = series.keyframe.ndim
    told = file.imagej_metadata or {}
    sizes = [(letter, int(told.get(name, 1))) for letter, name in (("T", "frames"), ("Z", "slices"), ("C", "channels"))]
    sizes = [(letter, size) for letter, size in sizes if size > 1]
    if len(file.pages) < int(told.get("images", 1)) == prod(size for _, size in sizes):
        return tuple(size for _, size in sizes), "".join(letter for letter, _ in sizes) + series.axes[-plane:]
    shaped = tuple((file.shaped_metadata or ({"shape": ()},))[0]["shape"])
    if len(shaped) > plane == len(series.shape):
        return (prod(shaped[:-plane]),), "Z" + series.axes
    return series.shape[:-plane], series.axes


def stored_planes(file: tifffile.TiffFile, series: tifffile.TiffPageSeries, most: int) -> np.ndarray:
    """Planes that lie in the file one behind the other, as they are; `most` at most."""
    plane = tuple(series.keyframe.shape)
    dtype = np.dtype(series.dtype).newbyteorder(file.byteorder)
    count = min((file.filehandle.size - series.dataoffset) // (prod(plane) * dtype.itemsize), most)
    if count < 1:
        return np.empty((0, *plane), dtype)
    stored = np.memmap(file.filehandle.path, dtype, mode="r", offset=series.dataoffset, shape=(count, *plane))
    return np.asarray(stored, dtype.newbyteorder("="))


def decoded_planes(file: tifffile.TiffFile, series: tifffile.TiffPageSeries) -> np.ndarray:
    """Planes that have pages of their own, until one is missing or cannot be decoded.

    Where the damage hides that the pages are one image, all pages like the first one are its planes.
    """
    found: list[np.ndarray] = []
    for page in series.pages if len(series.pages) > 1 else file.pages:
        if page is None or page.shape != series.keyframe.shape or not is_there(page):
            break
        require_memory(page.nbytes * (len(found) + 2), file.filename, "Crop it.")
        try:
            found.append(page.asarray())
        except Exception:  # whatever damage makes a codec raise
            break
    return np.stack(found) if found else np.empty(0)


def is_there(page: Any) -> bool:
    """Whether all parts that a page promises lie inside the file, and can hold its pixels."""
    offsets, counts = page.dataoffsets, page.databytecounts
    if not len(offsets) == len(counts) == prod(page.chunked):
        return False
    ends = [offset + count for offset, count in zip(offsets, counts, strict=True) if offset > 0 < count]
    if len(ends) < len(offsets) or max(ends) > page.parent.filehandle.size:
        return False
    promised = page.size * page.bitspersample / 8
    return bool(promised <= MOST_GAIN.get(page.compression, ANY_GAIN) * sum(counts) + 4096)
