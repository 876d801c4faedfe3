"""Voxels of NIfTI files, scaled as the header says; of a file that was cut off, the slices that are whole."""

import zlib
from math import prod
from pathlib import Path

import nibabel
import numpy as np
from nibabel.volumeutils import apply_read_scaling, array_from_file

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.memory import require_memory
from napari_simpleclick.data.nifti.header import (
    COPY,
    NiftiFile,
    damaged,
    header_of,
    offset_of,
    opened,
    require_numbers,
    require_whole,
    scale_of,
)
from napari_simpleclick.data.unpacked import CHUNK, Unpacked

FINEST_STEP = 0.05
"""Whole numbers that were stored as multiples of a step this small are whole numbers."""


def load(path: Path) -> tuple[nibabel.Nifti1Header, np.ndarray]:
    """The header and the voxels in the file's order, scaled as the header says.

    Raises
    ------
    VolumeError
        If the file is damaged, cut off, or not of this kind; says what was found.
    """
    with opened(path) as file:
        header = header_of(file)
        require_whole(file, header)
    with opened(path) as file:  # once more from the beginning: voxels may lie where extensions were looked for
        try:
            stored = voxels_of(file, header)
        except (EOFError, OSError, zlib.error, ValueError, OverflowError) as error:
            raise damaged(path, error) from error
    if not stored.dtype.isnative:
        stored = stored.astype(stored.dtype.newbyteorder("="))
    return header, stored


def load_whole(path: Path) -> tuple[nibabel.Nifti1Header, np.ndarray, str]:
    """The header and the voxels of the whole entries of the last axis, with a notice how many there are.

    If not even the first volume of a series is whole, its slices are taken.

    Raises
    ------
    VolumeError
        If no slice is whole, or bytes inside are damaged: which voxels are right cannot be told then.
    """
    with opened(path) as file:
        header = header_of(file)
        require_numbers(file, header)
    promised = tuple(int(size) for size in header.get_data_shape())
    there = bytes_there(path, offset_of(header) + prod(promised) * header.get_data_dtype().itemsize)
    shape, count = promised, 0
    while not count and len(shape) > 2:
        *inner, most = shape
        count = min(most, (len(there) - offset_of(header)) // (prod(inner) * header.get_data_dtype().itemsize))
        shape = (*inner, count) if count > 0 else tuple(inner)
    if count < 1:
        raise VolumeError(f"{path} cannot be read as NIfTI: not even its first slice is whole. {COPY}")
    header.set_data_shape(shape)
    stored = scaled(np.frombuffer(there, header.get_data_dtype(), prod(shape), offset_of(header)), header, path)
    stored = stored.reshape(shape, order="F")
    if not stored.dtype.isnative:
        stored = stored.astype(stored.dtype.newbyteorder("="))
    notice = f"{path.name} is cut off: of {promised} voxels, {shape} are whole and opened."
    return header, stored, notice


def bytes_there(path: Path, most: int) -> bytes:
    """The bytes of a file, unpacked, up to where it was cut off, but at most `most`.

    Raises
    ------
    VolumeError
        If they are damaged before that, or their checksum is another one.
    """
    found = bytearray()
    with opened(path) as file:
        if not isinstance(file.stream, Unpacked):
            return file.stream.read(min(most, file.size))
        require_memory(most, path.name, "Use a machine with more memory.")
        try:
            while part := file.stream.some(CHUNK):
                found += part[: most - len(found)]
        except EOFError:
            pass
        except zlib.error as error:
            raise VolumeError(
                f"{path} cannot be read as NIfTI: {error}. It is damaged inside, not only cut off, so that nobody can "
                "tell which voxels are right; copy or convert it again."
            ) from error
    return bytes(found)


def voxels_of(file: NiftiFile, header: nibabel.Nifti1Header) -> np.ndarray:
    """The voxels, scaled; a map of the file where it is neither packed nor scaled.

    What is packed is read to its end, where gzip's checksum stands.
    """
    stored: np.ndarray = array_from_file(
        header.get_data_shape(), header.get_data_dtype(), file.stream, offset_of(header), mmap=not file.packed
    )
    stored = scaled(stored, header, file.path)
    if isinstance(file.stream, Unpacked):
        file.stream.finish()
    return stored


def scaled(stored: np.ndarray, header: nibabel.Nifti1Header, path: Path) -> np.ndarray:
    """Voxels as the slope and the intercept of the header mean them, in a type that everybody can use."""
    scale = scale_of(header, path)
    if scale:
        with np.errstate(over="ignore", invalid="ignore"):
            stored = apply_read_scaling(stored, *map(np.asanyarray, scale)).astype(np.float32)
    if stored.dtype.kind == "f" and stored.dtype.itemsize > 8:
        return stored.astype(np.float64)
    whole = whole_numbers(stored, scale[0]) if scale else None
    return stored if whole is None else whole


def whole_numbers(voxels: np.ndarray, slope: float) -> np.ndarray | None:
    """Labels that were stored as multiples of a small step, as integers; None if the voxels are anything else.

    Examples
    --------
    >>> whole_numbers(np.array([0, 1.00001, 2.0], np.float32), 3e-5)
    array([0, 1, 2], dtype=uint8)
    >>> whole_numbers(np.array([0, 0.5], np.float32), 3e-5) is None
    True
    """
    step = abs(slope)
    if not 0 < step < FINEST_STEP:
        return None
    for plane in voxels.T if voxels.ndim > 2 else (voxels,):  # stops at the first slice of an image
        near = np.rint(plane)
        if not (np.abs(plane - near) <= 0.51 * step + 1e-6 * np.abs(near)).all() or not (near >= 0).all():
            return None
    top = float(voxels.max(initial=0))
    return np.rint(voxels).astype(np.min_scalar_type(round(top))) if top < 2**24 else None
