"""The sample volumes inside the package, free to use: see samples/LICENSES.md."""

from pathlib import Path

import numpy as np

from napari_simpleclick.data.io import read_volume
from napari_simpleclick.data.volume import Volume

FOLDER = Path(__file__).parents[1] / "samples"

SAMPLES = {
    "em-like": ("em_like.tif", "em_like_labels.tif"),
    "ms-lesion": ("ms_lesion.nii.gz", "ms_lesion_labels.nii.gz"),
}
"""Name, and files of the picture and of its labels."""


def sample_volume(name: str) -> tuple[Volume, np.ndarray]:
    """A sample and the labels of its objects, of one shape.

    Raises
    ------
    ValueError
        If the name is not known.
    """
    if name not in SAMPLES:
        raise ValueError(f"Unknown sample {name!r}. Choose one of: {', '.join(SAMPLES)}.")
    image, labels = (FOLDER / file for file in SAMPLES[name])
    return read_volume(image), np.asarray(read_volume(labels).data)
