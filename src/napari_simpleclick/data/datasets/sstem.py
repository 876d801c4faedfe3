"""ssTEM: mitochondria in sections of the Drosophila ventral nerve cord (Gerhard et al. 2013)."""

from dataclasses import dataclass, field
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import tifffile
from scipy.ndimage import label

from napari_simpleclick.data.datasets.base import DatasetError, Sample, pair_files, present_ids

EIGHT_CONNECTED = np.ones((3, 3), int)
"""The published evaluation takes 8-connected components."""


@dataclass(frozen=True)
class SsTem:
    """Sections of stack 1, each mitochondrion an object.

    Parameters
    ----------
    folder
        Holds `raw/*.tif` and `mitochondria/*.png`.

    Raises
    ------
    DatasetError
        If the folder does not have this layout, or a section and its mask differ in size.
    """

    folder: Path
    name: str = "ssTEM"
    pairs: list[tuple[Path, Path]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pairs", pair_files(self.folder / "raw", self.folder / "mitochondria"))

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, index: int) -> Sample:
        section, mask = self.pairs[index]
        grey, inside = tifffile.imread(section), iio.imread(mask)
        if grey.ndim != 2 or grey.dtype != np.uint8:
            raise DatasetError(f"{section}: expected a grey uint8 section, got {grey.shape} {grey.dtype}.")
        flat = inside if inside.ndim == 2 else inside[..., :3].max(axis=-1)
        labels, _ = label(flat > 0, structure=EIGHT_CONNECTED)
        return Sample(section.name, np.repeat(grey[..., None], 3, axis=-1), labels, present_ids(labels))
