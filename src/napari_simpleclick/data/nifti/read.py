"""NIfTI volumes, read towards canonical axes."""

from dataclasses import replace
from pathlib import Path

import nibabel
import numpy as np
from nibabel.orientations import apply_orientation

from napari_simpleclick.data.file_names import bare_name
from napari_simpleclick.data.grid import NiftiGeometry, orientation_of, spacing_and_origin, usable_affine
from napari_simpleclick.data.nifti.header import LABELS, PIXELS, header_of, opened, require_whole
from napari_simpleclick.data.nifti.voxels import load, load_whole
from napari_simpleclick.data.volume import Volume

UNITS = {1: "m", 2: "mm", 3: "um"}
"""Units of space by their code in the header. Files without one are in millimetres, as medical programs take them."""

AXES = "XYZTCVW"
"""Letters of the axes in the order of the file."""


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


def unit_of(header: nibabel.Nifti1Header) -> str | None:
    """Unit of space; None, which is pixels, for our own files of layers that had none."""
    unit = UNITS.get(int(header["xyzt_units"]) & 7)
    return unit or (None if header["descrip"] == PIXELS else "mm")
