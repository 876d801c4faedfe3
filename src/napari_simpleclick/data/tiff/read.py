"""Read TIFF stacks: plain, ImageJ and OME, with their axes, their colors and the size of their pixels."""

from math import prod
from pathlib import Path

import numpy as np
import tifffile

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.file_names import bare_name
from napari_simpleclick.data.file_part import FilePart
from napari_simpleclick.data.memory import require_memory
from napari_simpleclick.data.tiff.axes import known_axes
from napari_simpleclick.data.tiff.colors import interpreted
from napari_simpleclick.data.tiff.opening import damaged, opened
from napari_simpleclick.data.tiff.parts import require_parts
from napari_simpleclick.data.tiff.pixel_size import completed, pixel_size
from napari_simpleclick.data.tiff.series import chosen, level_of, require_whole
from napari_simpleclick.data.tiff.whole import whole_planes
from napari_simpleclick.data.volume import Volume

ORIENTATION = 274
"""The tag that says where the first row and the first column of a picture belong."""


def read_tiff(path: Path, *, labels: bool = False, part: FilePart | None = None) -> Volume:
    """Read the largest image of a TIFF at its finest level; uncompressed stacks are mapped, not loaded.

    Parameters
    ----------
    path
        The file.
    labels
        Whether pixels are numbers of objects: of a palette the numbers are read instead of its colors.
    part
        Another image or level, or what is whole of a damaged file.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    VolumeError
        If the file is damaged, cut off, no TIFF, or holds something that cannot be shown; says which.
    """
    whole = part is not None and part.whole
    with opened(path) as (file, lost):
        parted = require_parts(file)
        image, others = chosen(file, part.image if part else None)
        series, coarse = level_of(image, part.level if part else 1, file.filename)
        require_numbers(path, series.dtype)
        told = pixel_size(file, image)
        if whole:
            data, letters, gaps = whole_planes(file, series)
        else:
            gaps = require_whole(file, series, lost)
            data, letters = pixels(file, series, path), series.axes
        samples = interpreted(data, letters, series.keyframe, numbers=labels or bool(file.imagej_metadata))
        if lost.pixels and not whole:
            raise damaged(path, lost.pixels[0])
        turned = notice_of_turn(path.name, series.keyframe.tags.get(ORIENTATION))
    axes = known_axes(samples.axes)
    told = completed(told, axes or samples.axes, path.name)
    words = tuple(
        f"{path.name}: a part of its description cannot be read, so that axes or the size of pixels may be missing "
        f"({each})."
        for each in lost.words[:1]
    )
    return Volume(
        samples.data,
        tuple(told.size.get(axis, 1.0) * coarse.get(axis, 1.0) for axis in axes or samples.axes),
        told.unit,
        rgb=samples.rgb,
        name=bare_name(path),
        axes=axes,
        notices=(*others, *parted, *told.notices, *gaps, *samples.notices, *words, *turned),
    )


def notice_of_turn(name: str, tag: tifffile.TiffTag | None) -> tuple[str, ...]:
    """A notice if a file says that it is to be turned or mirrored, which is not carried out, as in napari."""
    if tag is None or tag.value in (0, 1):
        return ()
    return (
        f"{name} says that its picture is turned (orientation {int(tag.value)}); it is shown as stored, as in napari.",
    )


def pixels(file: tifffile.TiffFile, series: tifffile.TiffPageSeries, path: Path) -> np.ndarray:
    """Pixels as stored; a memory map if they lie in the file as they are."""
    if series.dataoffset is None or not np.dtype(f"{file.byteorder}u2").isnative:
        cure = "Save it without compression, which is read slice by slice, or crop it."
        require_memory(prod(series.shape) * np.dtype(series.dtype).itemsize, path.name, cure)
        return np.asarray(series.asarray())
    # The file's name may come from its metadata: of several files, the pixels lie in another one.
    return np.memmap(
        series.keyframe.parent.filehandle.path, series.dtype, mode="r", offset=series.dataoffset, shape=series.shape
    )


def require_numbers(path: Path, dtype: np.dtype | None) -> None:
    """Raise if pixels are no real numbers.

    Raises
    ------
    VolumeError
        If they are complex, structured, text, or of a type that tifffile does not know.
    """
    if dtype is None or np.dtype(dtype).kind not in "buif":
        raise VolumeError(
            f"{path} holds {dtype or 'pixels of an unknown type'}; expected real numbers, one per pixel "
            "and channel. Save its magnitude, or convert it to grey values."
        )
