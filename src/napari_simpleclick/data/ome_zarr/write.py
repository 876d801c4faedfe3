"""Write labels as an OME-Zarr image of version 0.5, one level with axes, units, scale and translation."""

from pathlib import Path

import numpy as np

from napari_simpleclick.data.volume import Volume
from napari_simpleclick.files import replace_folder_when_complete

LONG_UNITS = {"nm": "nanometer", "um": "micrometer", "mm": "millimeter", "m": "meter"}
"""Names of our units in OME-Zarr."""

AXES = "tczyx"
"""Names of the last axes of an array without names."""

CHUNK = 256
"""Side of a chunk in pixels; one slice deep."""


def write_ome_zarr_labels(path: Path, labels: np.ndarray, like: Volume | None) -> None:
    """Write labels as a folder that ends in `.zarr`; an older one stays whole if that fails.

    Parameters
    ----------
    path
        The folder.
    labels
        Unsigned integers.
    like
        The volume that they outline; gives axes, units, scale and translation.

    Raises
    ------
    ImportError
        If zarr is not installed.
    OSError
        If the folder cannot be written.
    """
    try:
        import zarr
    except ImportError as error:
        raise ImportError('OME-Zarr needs an extra: pip install "napari-simpleclick[zarr]".') from error
    chunks = tuple(min(side, CHUNK) if axis >= labels.ndim - 2 else 1 for axis, side in enumerate(labels.shape))
    with replace_folder_when_complete(path) as partial:
        group = zarr.open_group(partial, mode="w", zarr_format=3)
        group.create_array(
            "0",
            data=np.ascontiguousarray(labels),
            chunks=chunks,
            dimension_names=list(names(labels, like)),
            config={"write_empty_chunks": True},  # chunks that are not there look like a copy that was not completed
        )
        group.attrs["ome"] = description(path.name.split(".")[0], labels, like)


def names(labels: np.ndarray, like: Volume | None) -> str:
    """Names of the axes, one letter each.

    Examples
    --------
    >>> names(np.zeros((2, 3, 4)), None)
    'zyx'
    """
    known = like.axes.lower() if like is not None else ""
    return known if len(known) == labels.ndim and set(known) <= set(AXES) else AXES[-labels.ndim :]


def description(name: str, labels: np.ndarray, like: Volume | None) -> dict[str, object]:
    """The attribute `ome` of the group."""
    unit = LONG_UNITS.get(like.unit or "") if like is not None else None
    axes = []
    for letter in names(labels, like):
        kind = {"t": "time", "c": "channel"}.get(letter, "space")
        axes.append({"name": letter, "type": kind, **({"unit": unit} if unit and kind == "space" else {})})
    scale = list(like.spacing) if like is not None else [1.0] * labels.ndim
    origin = list((like.origin if like is not None else None) or [0.0] * labels.ndim)
    steps = [{"type": "scale", "scale": scale}, {"type": "translation", "translation": origin}]
    level = {"path": "0", "coordinateTransformations": steps}
    return {
        "version": "0.5",
        "multiscales": [{"name": name, "axes": axes, "datasets": [level]}],
        "image-label": {"colors": []},
    }
