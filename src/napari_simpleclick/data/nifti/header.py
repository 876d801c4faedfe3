"""Header of NIfTI files, checked against the bytes that are there before anything is taken."""

import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import IO

import nibabel
import numpy as np
from nibabel.spatialimages import HeaderDataError

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.file_part import WHOLE
from napari_simpleclick.data.memory import require_memory
from napari_simpleclick.data.other_kinds import AS_NIFTI, other_kind
from napari_simpleclick.data.unpacked import GZIP, Unpacked

PIXELS = b"in pixels"
"""Description of files of layers without a unit, which would be opened in millimetres otherwise."""

LABELS = 1002
"""Code of the intent that says that voxels are labels."""

MOST_GZIP = 1040
"""Most bytes that can come out of gzip for one compressed byte."""

MOST_EXTENSIONS = 1 << 24
"""Longer headers are read without their extensions, in bytes."""

COPY = "It is damaged or not copied completely; copy or convert it again."

CUT = f"{COPY} To open the slices that are whole, {WHOLE}."
"""Ends messages of files that were cut off."""

PAIR = (b"ni1", b"ni2")
"""How headers of pairs of files say that they are such."""

CIFTI = 30
"""Hundreds of the codes of intents of CIFTI, whose matrices are no pictures."""


@dataclass(frozen=True, slots=True, eq=False)
class NiftiFile:
    """An open NIfTI file.

    Parameters
    ----------
    path, size
        Where it is, and its bytes on disk.
    stream
        Its bytes, unpacked if gzip packed them, whatever the ending of the name says.
    """

    path: Path
    size: int
    stream: IO[bytes] | Unpacked

    @property
    def packed(self) -> bool:
        """Whether gzip packed it."""
        return isinstance(self.stream, Unpacked)


@contextmanager
def opened(path: Path) -> Iterator[NiftiFile]:
    """The bytes of a file, unpacked if they are packed."""
    with path.open("rb") as raw:
        packed = raw.read(2) == GZIP
        raw.seek(0)
        yield NiftiFile(path, path.stat().st_size, Unpacked(raw) if packed else raw)


def header_of(file: NiftiFile) -> nibabel.Nifti1Header:
    """The header with its extensions, checked by nibabel.

    Raises
    ------
    VolumeError
        If it is none, or states what a volume cannot have.
    """
    try:
        start = file.stream.read(nibabel.Nifti2Header.sizeof_hdr)
        kind = next((kind for kind in HEADERS if kind.may_contain_header(start)), None)
        if kind is None and (other := other_kind(start)):
            inside = "what gzip packed" if file.packed else "it"
            raise VolumeError(f"{file.path} cannot be read as NIfTI: {inside} is {other}")
        if kind is None:
            raise VolumeError(
                f"{file.path} cannot be read as NIfTI ({file.size} bytes): it begins with {start[:8]!r}. Expected a "
                ".nii or .nii.gz file of NIfTI 1 or 2; it is damaged, not copied completely, or of another kind."
            )
        header = kind(start[: kind.sizeof_hdr])
        return with_extensions(header, start, file)
    except HeaderDataError as error:
        raise VolumeError(
            f"{file.path}: its header is not as NIfTI wants it: {error}. Write it again with the program that made it."
        ) from error
    except (EOFError, OSError, zlib.error) as error:
        raise damaged(file.path, error) from error


HEADERS = (nibabel.Nifti2Header, nibabel.Nifti1Header)


def with_extensions(header: nibabel.Nifti1Header, start: bytes, file: NiftiFile) -> nibabel.Nifti1Header:
    """The header with its extensions, as far as they lie before the voxels and are whole."""
    length = offset_of(header) - len(start)
    if not 0 < length < MOST_EXTENSIONS:
        return header
    try:
        extended: nibabel.Nifti1Header = type(header).from_fileobj(io.BytesIO(start + file.stream.read(length)))
    except (ValueError, TypeError, IndexError, UserWarning):
        return header
    return extended


def offset_of(header: nibabel.Nifti1Header) -> int:
    """Where the voxels begin, in bytes; behind the header where it says 0, as that of a pair of files does."""
    offset = float(header["vox_offset"])
    return int(offset or header.single_vox_offset) if np.isfinite(offset) and offset >= 0 else -1


def require_whole(file: NiftiFile, header: nibabel.Nifti1Header) -> None:
    """Compare what the header promises with the bytes that are there and with the memory, before anything is taken.

    Raises
    ------
    VolumeError
        If the file cannot hold what its header promises, or its voxels are no numbers.
    NotEnoughMemoryError
        If the voxels do not fit.
    """
    require_numbers(file, header)
    shape, dtype = header.get_data_shape(), header.get_data_dtype()
    promised = offset_of(header) + prod(shape) * dtype.itemsize
    if promised > (file.size * MOST_GZIP if file.packed else file.size):
        if header["magic"].item().startswith(PAIR):
            raise VolumeError(
                f"{file.path} is the header of a pair of files and holds no voxels, which are in an .img beside it. "
                f"{AS_NIFTI}"
            )
        raise VolumeError(
            f"{file.path} cannot be read as NIfTI ({file.size} bytes): its header promises {shape} voxels of {dtype}, "
            f"{promised} bytes. {CUT}"
        )
    if scale_of(header, file.path) or file.packed:
        require_memory(
            prod(shape) * (max(4, dtype.itemsize) if scale_of(header, file.path) else dtype.itemsize),
            file.path.name,
            "Crop it, uncompress it to .nii if its values are not scaled (then it is read slice by slice), or convert "
            "it to OME-Zarr.",
        )


def require_numbers(file: NiftiFile, header: nibabel.Nifti1Header) -> None:
    """Raise if a header does not describe numbers along some axes.

    Raises
    ------
    VolumeError
        If it does not.
    """
    shape, dtype = tuple(int(size) for size in header["dim"][1 : 1 + int(header["dim"][0])]), header.get_data_dtype()
    if int(header["intent_code"]) // 100 == CIFTI:
        raise VolumeError(f"{file.path} holds CIFTI data of surfaces or connections; expected a volume of voxels.")
    if not shape or min(shape) < 1:
        raise VolumeError(
            f"{file.path}: expected 1 voxel or more along every axis, its header states {shape}. Axes that a file does "
            "not have are 1 in the field dim; write it again."
        )
    if dtype.names is None and dtype.kind not in "buif":
        raise VolumeError(f"{file.path} holds {dtype}; expected numbers, one per voxel. Convert it to grey values.")
    if offset_of(header) < 0:
        raise VolumeError(f"{file.path}: its header places the voxels at byte {header['vox_offset']}. Write it again.")


def scale_of(header: nibabel.Nifti1Header, path: Path) -> tuple[float, float] | None:
    """Slope and intercept of the values; None where they are stored as they are.

    Raises
    ------
    VolumeError
        If there is a slope without an intercept.
    """
    try:
        slope, intercept = header.get_slope_inter()
    except HeaderDataError as error:
        raise VolumeError(
            f"{path}: its header has the slope {header['scl_slope']}, but the intercept {header['scl_inter']}. Set "
            "scl_inter to a number, to 0 if nothing is known."
        ) from error
    scale = (1.0 if slope is None else slope, 0.0 if intercept is None else intercept)
    return None if scale == (1.0, 0.0) or header.get_data_dtype().names else scale


def damaged(path: Path, error: Exception) -> VolumeError:
    """The message for a file that ends early, or was changed inside, where nothing of it can be trusted."""
    cure = COPY if isinstance(error, zlib.error) else CUT
    return VolumeError(f"{path} cannot be read as NIfTI ({path.stat().st_size} bytes): {error}. {cure}")
