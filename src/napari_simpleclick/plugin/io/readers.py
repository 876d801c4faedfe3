"""Open NIfTI volumes in napari, placed in millimetres and ready to be written back on their grid."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from napari_simpleclick.data.file_names import LABEL_WORDS
from napari_simpleclick.data.volume import Volume
from napari_simpleclick.plugin.io.notices import tell
from napari_simpleclick.plugin.workspace.layer_place import SOURCE

LayerData = tuple[Any, dict[str, Any], str]
"""Array, settings and type of a layer."""


def get_reader(path: str | list[str]) -> "Callable[[Any], list[LayerData]] | None":
    """The reader for NIfTI files; None for anything else."""
    paths = [path] if isinstance(path, str) else path
    return read if all(str(name).lower().endswith((".nii", ".nii.gz")) for name in paths) else None


def read(path: str | list[str]) -> list[LayerData]:
    """One layer per file: labels if name and numbers say so, else an image.

    Raises
    ------
    VolumeError
        If a file is damaged or no NIfTI.
    """
    from napari_simpleclick.data.io import read_volume

    volumes = [read_volume(Path(name)) for name in ([path] if isinstance(path, str) else path)]
    layers = [labels_or_image(volume) for volume in volumes]
    tell(volumes)
    return layers


def labels_or_image(volume: Volume) -> LayerData:
    """A layer of labels where name or file and numbers say so, else an image; told where they do not agree."""
    if is_labels(volume):
        return labels_layer(volume)
    if not volume.rgb and (volume.labels or named_as_labels(volume.name)):
        tell([replace(volume, notices=(f"{volume.name} is called labels, but {not_labels(volume)}",))])
    return image_layer(volume)


def not_labels(volume: Volume) -> str:
    """Which number of a volume is no label."""
    import numpy as np

    data = np.asarray(volume.data)
    others = data[(data < 0) | ~(np.mod(data, 1) == 0)]
    return f"holds {others.flat[0] if others.size else 'numbers too large'}: it is shown as an image."


def is_labels(volume: Volume) -> bool:
    """Whether a volume holds labels, judged by what its file says of it, or its name, then by its numbers."""
    import numpy as np

    if volume.rgb or not (volume.labels or named_as_labels(volume.name)):
        return False
    data = np.asarray(volume.data)
    if data.dtype.kind in "bui":
        return bool(data.min(initial=0) >= 0)
    return bool(data.min(initial=0) >= 0 and data.max(initial=0) < 2**53 and np.equal(np.mod(data, 1), 0).all())


def named_as_labels(name: str) -> bool:
    """Whether one of the last two words in the name of a file, without its ending, says that it holds labels.

    Examples
    --------
    >>> named_as_labels("stack masks"), named_as_labels("cells.v2_masks-2"), named_as_labels("mask_of_zorro_1_t1")
    (True, True, False)
    """
    words = [word for word in re.split(r"[^a-z]+", name.lower()) if word]
    return not set(LABEL_WORDS).isdisjoint(words[-2:])


def image_layer(volume: Volume) -> LayerData:
    """A volume as napari's layer data; its darkest and brightest pixels are cut off unless it is 8-bit."""
    from napari_simpleclick.data.intensity import display_limits

    limits = {} if volume.rgb else {"contrast_limits": display_limits(volume.data) or (0, 255)}
    return volume.data, {**placement(volume), "rgb": volume.rgb, **limits}, "image"


def labels_layer(volume: Volume) -> LayerData:
    """A volume of labels as napari's layer data, in the smallest integers that hold them."""
    import numpy as np

    data = np.asarray(volume.data)
    return data.astype(np.min_scalar_type(int(data.max(initial=0)))), placement(volume), "labels"


def placement(volume: Volume) -> dict[str, Any]:
    """Name, place, size and axes of a volume as settings of a layer; axes that are not of space are in pixels."""
    leading = max(0, len(volume.shape) - 3)
    return {
        "name": volume.name,
        "scale": volume.spacing,
        "translate": volume.origin or (0.0,) * len(volume.shape),
        "units": ("pixel",) * leading + (volume.unit or "pixel",) * (len(volume.shape) - leading),
        "axis_labels": volume.axis_labels,
        "metadata": {SOURCE: volume},
    }
