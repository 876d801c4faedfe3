"""COCO+LVIS in its published preparation (Sofiiuk et al. 2021): photographs with layers of instance masks."""

import pickle
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import imageio.v3 as iio
import numpy as np

from napari_simpleclick.data.datasets.base import DatasetError
from napari_simpleclick.data.intensity import to_rgb
from napari_simpleclick.training.pictures.readers import Picture, Reader

LAYOUT = "train/hannotation.pickle, train/images/*.jpg, train/masks/*.pickle"

ALLOWED = {
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy.core.multiarray", "scalar"),
    ("numpy._core.multiarray", "scalar"),
    ("collections", "OrderedDict"),
    ("_codecs", "encode"),
}
"""What the published files name; anything else would run code."""


class PlainUnpickler(pickle.Unpickler):
    """Reads arrays, numbers and containers, and refuses everything that could run code."""

    def find_class(self, module: str, name: str) -> Any:
        """Classes of arrays only.

        Raises
        ------
        UnpicklingError
            If it is another class or function.
        """
        if (module, name) not in ALLOWED:
            raise pickle.UnpicklingError(f"names {module}.{name}, which could run code")
        return super().find_class(module, name)


def coco_lvis_pictures(folder: Path) -> list[Reader]:
    """The photographs of the training part; labels come in layers, parts of an object above the whole.

    Raises
    ------
    DatasetError
        If the folder does not have the published layout, or a file asks for code.
    """
    part = folder / "train"
    index = part / "hannotation.pickle"
    if not index.is_file():
        raise DatasetError(f"No {index}. Expected COCO+LVIS as {LAYOUT}.")
    annotations: dict[str, dict[str, Any]] = read_plain(index)
    return [
        partial(read_layers, part / "images" / f"{name}.jpg", part / "masks" / f"{name}.pickle", entry)
        for name, entry in annotations.items()
    ]


def read_layers(image: Path, masks: Path, entry: dict[str, Any]) -> Picture:
    """A photograph and its labels (height, width, layers); masks of stuff are left out."""
    encoded, mapping = read_plain(masks)
    decoded = [np.asarray(cv2.imdecode(layer, cv2.IMREAD_UNCHANGED)) for layer in encoded]
    layers = np.stack(decoded, axis=-1).astype(np.int32)
    for layer, label in mapping[entry["num_instance_masks"] :]:
        layers[..., layer][layers[..., layer] == label] = 0
    pixels = iio.imread(image)
    return to_rgb(pixels, rgb=pixels.ndim == 3), layers


def read_plain(path: Path) -> Any:
    """Content of a pickle that holds arrays and containers only.

    Raises
    ------
    DatasetError
        If it holds anything else, or cannot be read.
    """
    try:
        with path.open("rb") as file:
            return PlainUnpickler(file).load()
    except (pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError, OSError) as error:
        raise DatasetError(f"{path} is not a file of the published COCO+LVIS: {error}.") from error
