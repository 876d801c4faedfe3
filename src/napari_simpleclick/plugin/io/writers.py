"""Save layers as NIfTI on the very grid of their source, or as TIFF with the size of their pixels."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from napari_simpleclick.data.volume import Volume

DEFAULT_ENDING = ".nii.gz"
"""Of names without one: it holds everything that a layer can be."""


def write_labels(path: str, data: Any, meta: dict[str, Any]) -> list[str]:
    """npe2 writer of a labels layer: the smallest unsigned integers that hold the labels.

    Where the format cannot hold them, they are written as NIfTI beside it, and napari says so.

    Parameters
    ----------
    path
        Where the user wants the file; without an ending it becomes .nii.gz.
    data
        Integers, or levels of them, of which the finest is written; negative ones become 0.
    meta
        The layer's attributes as napari passes them: name, scale, translate, metadata, ...

    Returns
    -------
    list of str
        The file that was written, as napari wants it.

    Raises
    ------
    OSError
        If the file cannot be written; an older one stays whole.
    """
    from napari_simpleclick.data.saving import save_mask
    from napari_simpleclick.plugin.io.described import described

    (labels, told), wanted = storable(data), with_ending(path)
    volume = described(labels, meta)
    written = save_mask(wanted, labels, volume)
    tell_losses(written, wanted, volume, told)
    return [str(written)]


def storable(data: Any) -> "tuple[np.ndarray, tuple[str, ...]]":
    """The finest level of labels as files hold them, and a notice if negative ones became 0.

    Raises
    ------
    VolumeError
        If there is no pixel.
    """
    import numpy as np

    from napari_simpleclick.data.errors import VolumeError

    labels = np.asarray(finest(data))
    if labels.size == 0:
        raise VolumeError(f"The layer has the shape {labels.shape} and no pixel. There is nothing to save.")
    if labels.dtype.kind != "i" or labels.min() >= 0:
        return labels, ()
    return np.maximum(labels, 0), (f"Negative labels, such as {labels.min()}, are saved as 0, which is background.",)


def write_image(path: str, data: Any, meta: dict[str, Any]) -> list[str]:
    """npe2 writer of a grey image layer.

    Parameters
    ----------
    path, data, meta
        As for `write_labels`; `data` are real numbers.

    Returns
    -------
    list of str
        The file that was written, as napari wants it.

    Raises
    ------
    VolumeError
        If the layer has colours, or numbers that NIfTI cannot hold.
    OSError
        If the file cannot be written; an older one stays whole.
    """
    import numpy as np

    from napari_simpleclick.data.errors import VolumeError
    from napari_simpleclick.data.io import write_volume
    from napari_simpleclick.plugin.io.described import described

    if meta.get("rgb"):
        raise VolumeError("NIfTI holds grey images; this layer has colors. Split its channels, or save it as TIFF.")
    voxels, wanted = np.asarray(finest(data)), with_ending(path)
    volume = described(voxels, meta)
    write_volume(wanted, voxels, like=volume)
    tell_losses(wanted, wanted, volume)
    return [str(wanted)]


def with_ending(path: str) -> Path:
    """The file to write: a name without a known ending gets that of NIfTI.

    Examples
    --------
    >>> with_ending("stack masks").name, with_ending("a.v2.TIF").name
    ('stack masks.nii.gz', 'a.v2.TIF')
    """
    from napari_simpleclick.data.saving import ENDINGS

    return Path(path if path.lower().endswith(ENDINGS) else path + DEFAULT_ENDING)


def finest(data: Any) -> Any:
    """The array of a layer; the finest level of a multiscale one."""
    return data[0] if isinstance(data, list | tuple) or type(data).__name__ == "MultiScaleData" else data


def tell_losses(written: Path, wanted: Path, volume: "Volume", told: Iterable[str] = ()) -> None:
    """Say in napari what the file does not hold of the layer, or that it has another name than was asked for.

    Parameters
    ----------
    written, wanted
        The file that was written, and the one that was asked for.
    volume
        The layer as a volume, with what is known of its geometry.
    told
        More to say.
    """
    from napari.utils.notifications import show_warning

    notices = [*volume.notices, *told]
    if written != wanted:
        notices.append(f"{wanted.name} cannot hold these labels; they are saved as {written.name}.")
    if volume.affine is not None and not written.name.lower().endswith((".nii", ".nii.gz")):
        notices.append(f"{written.name} cannot hold that the layer is turned, mirrored or sheared. Save it as .nii.gz.")
    for notice in notices:
        show_warning(notice)
