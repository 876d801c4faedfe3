"""NIfTI volumes: read towards canonical axes, write masks back on the very grid of the source."""

import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import IO

import nibabel
import numpy as np
from nibabel.orientations import apply_orientation
from nibabel.spatialimages import HeaderDataError
from nibabel.volumeutils import apply_read_scaling, array_from_file

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.file_part import WHOLE
from napari_simpleclick.data.grid import (
    LPS_TO_RAS,
    NiftiGeometry,
    orientation_of,
    spacing_and_origin,
    to_disk,
    usable_affine,
)
from napari_simpleclick.data.memory import require_memory
from napari_simpleclick.data.unpacked import CHUNK, GZIP, Unpacked
from napari_simpleclick.data.volume import Volume
from napari_simpleclick.files import replace_when_complete

UNITS = {1: "m", 2: "mm", 3: "um"}
"""Units of space by their code in the header. Files without one are in millimetres, as medical programs take them."""

DISK_UNITS = {"m": (1.0, "meter"), "mm": (1.0, "mm"), "um": (1.0, "micron"), "nm": (1e-3, "micron")}
"""Factor and name with which a unit is written; NIfTI knows no nanometres."""

AXES = "XYZTCVW"
"""Letters of the axes in the order of the file."""

PIXELS = b"in pixels"
"""Description of files of layers without a unit, which would be opened in millimetres otherwise."""

LABELS = 1002
"""Code of the intent that says that voxels are labels."""

MOST_GZIP = 1040
"""More bytes than so many from one compressed byte cannot come out of gzip."""

MOST_EXTENSIONS = 1 << 24
"""Longer headers are read without their extensions, in bytes."""

FINEST_STEP = 0.05
"""Whole numbers that were stored as multiples of a step this small are whole numbers."""

COPY = "It is damaged or not copied completely; copy or convert it again."

CUT = f"{COPY} To open the slices that are whole, {WHOLE}."
"""Ends messages of files of which a part is missing."""

MOST_AXES = 7

CIFTI = 30
"""Hundreds of the codes of intents of CIFTI, whose matrices are no pictures."""

GEOMETRY_FIELDS = (
    "dim_info",
    "pixdim",
    "qform_code",
    "sform_code",
    "quatern_b",
    "quatern_c",
    "quatern_d",
    "qoffset_x",
    "qoffset_y",
    "qoffset_z",
    "srow_x",
    "srow_y",
    "srow_z",
    "xyzt_units",
    "toffset",
)
"""What masks take from the header of their image: no text, which may name a patient."""


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


def read_nifti(path: Path, *, whole: bool = False) -> Volume:
    """Read a volume as (..., z, y, x), its axes turned and flipped to the closest of L, P and S.

    Axes beyond the third with one entry, as of a single point in time, are left out.

    Parameters
    ----------
    path
        The file.
    whole
        Of a file that was cut off, read the slices that are whole, with a notice how many.

    Raises
    ------
    VolumeError
        If the file is damaged, truncated, no NIfTI, or holds no numbers.
    """
    if not whole:
        return volume_of(path, *load(path))
    header, stored, notice = load_whole(path)
    return replace(volume_of(path, header, stored), notices=(notice,))


def read_grid(path: Path) -> Volume:
    """The same volume without its voxels, which stay unread: all are 0 and take no memory.

    Raises
    ------
    VolumeError
        If the header is none, or promises more than the file holds.
    """
    with opened(path) as file:
        header = header_of(file)
        require_whole(file, header)
    return volume_of(path, header, np.broadcast_to(np.uint8(0), header.get_data_shape()))


def volume_of(path: Path, header: nibabel.Nifti1Header, stored: np.ndarray) -> Volume:
    """A volume from the header of its file and the voxels in the file's order."""
    shape = stored.shape
    orientation = orientation_of(usable_affine(header))
    geometry = NiftiGeometry(header, shape, orientation)
    rgb = stored.dtype.names is not None
    if rgb:
        stored = np.stack([stored[channel] for channel in "RGB"], axis=-1)
    data = apply_orientation(stored.reshape(geometry.spatial + stored.shape[min(3, len(shape)) :]), orientation)
    data = np.moveaxis(data.T, 0, -1) if rgb else data.T
    extra = tuple(axis for axis, size in enumerate(reversed(shape[3:])) if size == 1)
    spacing, origin = spacing_and_origin(geometry.to_world)
    leading = len(shape[3:]) - len(extra)
    letters = [letter for letter, size in zip(AXES[3:], shape[3:], strict=False) if size > 1]
    return Volume(
        data.squeeze(extra),
        spacing=(*(1.0,) * leading, *spacing),
        origin=(*(0.0,) * leading, *origin),
        unit=unit_of(header),
        rgb=rgb,
        name=bare_name(path),
        geometry=geometry,
        axes="".join(reversed(AXES[:3] + "".join(letters))),
        labels=int(header["intent_code"]) == LABELS,
    )


def bare_name(path: Path) -> str:
    """Name of a file without the endings of NIfTI.

    Examples
    --------
    >>> bare_name(Path("p1.v2_mask.NII.GZ"))
    'p1.v2_mask'
    """
    name = path.name
    for ending in (".gz", ".nii"):
        name = name[: -len(ending)] if name.lower().endswith(ending) else name
    return name


def unit_of(header: nibabel.Nifti1Header) -> str | None:
    """Unit of space; None, which is pixels, for our own files of layers that had none."""
    unit = UNITS.get(int(header["xyzt_units"]) & 7)
    return unit or (None if header["descrip"] == PIXELS else "mm")


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

    Of a series of which not even the first volume is whole, its slices are taken.

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
    """The bytes of a file, unpacked, up to where it was cut off, but not more than so many.

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
    """Where the voxels begin, in bytes."""
    offset = float(header["vox_offset"])
    return int(offset) if np.isfinite(offset) and offset >= 0 else -1


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
        raise VolumeError(f"{file.path}: expected 1 voxel or more along every axis, its header states {shape}.")
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


def damaged(path: Path, error: Exception) -> VolumeError:
    """The message for a file that ends early, or was changed inside, where nothing of it can be trusted."""
    cure = COPY if isinstance(error, zlib.error) else CUT
    return VolumeError(f"{path} cannot be read as NIfTI ({path.stat().st_size} bytes): {error}. {cure}")


def write_nifti(path: Path, voxels: np.ndarray, like: Volume | None, *, labels: bool = False) -> None:
    """Write an array (..., z, y, x) on the grid of `like`; an older file stays whole until the new one is complete.

    With a NIfTI geometry the shape, affine, qform, sform and codes are those of the source, bit by bit.

    Parameters
    ----------
    path
        Ends in .nii or .nii.gz.
    voxels
        Numbers.
    like
        Where they lie; None for voxels of size 1.
    labels
        Whether the header says that they are labels.

    Raises
    ------
    VolumeError
        If there are more axes than NIfTI holds, or the voxels do not fit the grid of the source.
    OSError
        If the file cannot be written.
    """
    voxels = storable(voxels)
    image = on_source_grid(voxels, like.geometry) if like and like.geometry else on_plain_grid(voxels, like)
    if labels:
        image.header["intent_code"] = LABELS
    with replace_when_complete(path) as partial:
        nibabel.save(image, partial)


def storable(voxels: np.ndarray) -> np.ndarray:
    """The same numbers in a type that NIfTI holds.

    Raises
    ------
    VolumeError
        If there are too many axes, or the values are no numbers.
    """
    if voxels.ndim > MOST_AXES:
        raise VolumeError(f"NIfTI holds {MOST_AXES} axes at most, got an array of shape {voxels.shape}. Save a part.")
    if voxels.dtype.kind not in "buif":
        raise VolumeError(f"Expected numbers to write as NIfTI, got {voxels.dtype}. Convert them to grey values.")
    smaller = {"bool": np.uint8, "float16": np.float32, "longdouble": np.float64, "float128": np.float64}
    return voxels.astype(smaller.get(voxels.dtype.name, voxels.dtype), copy=False)


def on_source_grid(voxels: np.ndarray, geometry: NiftiGeometry) -> nibabel.Nifti1Image:
    """An image on the grid of the source; scaling, display range and texts are not taken over."""
    stored = to_disk(voxels, geometry)
    source = geometry.header
    header = source.copy() if geometry.keep_text else type(source)(endianness=source.endianness)
    header.set_data_dtype(stored.dtype)
    header.set_data_shape(stored.shape)  # sets voxel sizes beyond the shape's axes to 1, so it comes before them
    for field in GEOMETRY_FIELDS:
        header[field] = source[field]
    header.set_slope_inter(1, 0)
    header["cal_min"] = header["cal_max"] = header["vox_offset"] = 0
    header["intent_code"] = 0
    image_type = nibabel.Nifti2Image if isinstance(header, nibabel.Nifti2Header) else nibabel.Nifti1Image
    # Without an affine nibabel leaves qform and sform of the header as they are, even where they are useless.
    return image_type(stored, None, header)


def on_plain_grid(voxels: np.ndarray, like: Volume | None) -> nibabel.Nifti1Image:
    """An image placed as `like` says, with all that its affine turns and shears."""
    voxels = voxels.reshape((1,) * (3 - voxels.ndim) + voxels.shape)
    factor, unit = DISK_UNITS.get((like.unit if like else None) or "", (1.0, "unknown"))
    affine = (like.to_world if like else np.eye(4)).copy()
    affine[:3] *= factor
    backwards = np.eye(4)[[2, 1, 0, 3]]
    image = nibabel.Nifti1Image(voxels.T, LPS_TO_RAS @ backwards @ affine @ backwards, dtype=voxels.dtype)
    image.header.set_xyzt_units(unit)
    image.header["descrip"] = PIXELS if unit == "unknown" else b""
    return image
