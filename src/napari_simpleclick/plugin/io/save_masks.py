"""Save masks: the format by the ending of the name, the name and folder by the image."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari_simpleclick.plugin.io.described import described
from napari_simpleclick.plugin.io.writers import storable, tell_losses, write_labels

if TYPE_CHECKING:
    import numpy as np

KINDS = {"NIfTI": (".nii.gz", ".nii"), "TIFF": (".tif", ".tiff"), "OME-Zarr": (".zarr",), "PNG": (".png",)}
"""Endings of the formats, each with the usual one first."""


def formats(ndim: int) -> list[str]:
    """Formats that hold labels with `ndim` axes.

    Examples
    --------
    >>> formats(2), formats(4)
    (['NIfTI', 'TIFF', 'OME-Zarr', 'PNG'], ['NIfTI', 'TIFF', 'OME-Zarr'])
    """
    return [kind for kind in KINDS if ndim == 2 or kind != "PNG"]


def suggested_path(name: str, source: str | None) -> Path:
    """Where masks are saved if the user does not choose another place: beside the image, in its format.

    Parameters
    ----------
    name
        Name of the image layer.
    source
        File of the image; None if it came from elsewhere.

    Examples
    --------
    >>> suggested_path("flair", "/data/p1/flair.nii.gz").as_posix()
    '/data/p1/flair_masks.nii.gz'
    >>> suggested_path("cells", "/data/cells.jpg").as_posix()
    '/data/cells_masks.tif'
    """
    if source is None:
        return Path.home() / f"{name.replace('/', '_')}_masks.tif"
    file = Path(source)
    endings = [ending for kind in KINDS.values() for ending in kind if file.name.lower().endswith(ending)]
    ending = endings[0] if endings else ""
    kept = {".nii": ".nii.gz", ".tiff": ".tif"}.get(ending, ending) or ".tif"
    stem = file.name[: -len(ending)] if ending else file.stem
    return file.with_name(f"{stem.removesuffix('.ome')}_masks{kept}")


def save_masks(path: Path, labels: Any, meta: dict[str, Any]) -> Path:
    """Write a labels layer; a name without a known ending gets that of TIFF.

    Parameters
    ----------
    path
        The file; OME-Zarr is a folder.
    labels
        Whole numbers, or the levels of them.
    meta
        Properties of the layer as napari hands them to writers; tells scale, units, axes, and the grid of a NIfTI file.

    Returns
    -------
    The file that was written: NIfTI beside the wanted one where TIFF cannot hold the labels.

    Raises
    ------
    VolumeError
        If the layer does not fit the grid of its image, or the format cannot hold it; says which can.
    ImportError
        If OME-Zarr is asked for without zarr.
    OSError
        If it cannot be written; an older file stays whole.
    """
    path = with_ending(path)
    name = path.name.lower()
    if not name.endswith(KINDS["PNG"] + KINDS["OME-Zarr"]):
        return Path(write_labels(str(path), labels, meta)[0])
    pixels, told = storable(labels)
    pixels, volume = smallest(pixels), described(pixels, meta)
    if name.endswith(KINDS["PNG"]):
        write_png(path, pixels)
    else:
        from napari_simpleclick.data.ome_zarr.write import write_ome_zarr_labels

        write_ome_zarr_labels(path, pixels, volume)
    tell_losses(path, path, volume, told)
    return path


def with_ending(path: Path) -> Path:
    """The file to write: a name without a known ending gets that of TIFF.

    Examples
    --------
    >>> with_ending(Path("cells.v2")).name, with_ending(Path("cells.ZARR")).name
    ('cells.v2.tif', 'cells.ZARR')
    """
    known = tuple(ending for endings in KINDS.values() for ending in endings)
    return path if path.name.lower().endswith(known) else path.with_name(f"{path.name}.tif")


def smallest(labels: "np.ndarray") -> "np.ndarray":
    """Labels in the smallest unsigned integers that hold them."""
    import numpy as np

    return labels.astype(np.min_scalar_type(int(labels.max())))


def write_png(path: Path, labels: "np.ndarray") -> None:
    """A grey picture whose values are the numbers of the objects.

    Raises
    ------
    VolumeError
        If there are more than two axes, or numbers above 65535.
    OSError
        If it cannot be written; an older file stays whole.
    """
    from imageio.v3 import imwrite

    from napari_simpleclick.data.errors import VolumeError
    from napari_simpleclick.files import replace_when_complete

    if labels.ndim != 2 or labels.dtype.itemsize > 2:
        raise VolumeError(
            f"PNG holds one slice with numbers up to 65535; got {labels.shape} up to {labels.max()}. "
            "Save as .tif, .nii.gz or .zarr."
        )
    with replace_when_complete(path) as partial:  # as bytes: the library closes files when it likes
        partial.write_bytes(imwrite("<bytes>", labels, extension=".png"))
