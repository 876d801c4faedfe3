"""The largest objects of every picture of a data set."""

from dataclasses import dataclass, replace

import numpy as np

from napari_simpleclick.data.datasets.base import Dataset, Sample


@dataclass(frozen=True, slots=True, eq=False)
class Largest:
    """A data set with the largest objects of every picture; the others stay in its labels but are not clicked.

    Parameters
    ----------
    dataset
        All objects.
    count
        How many of a picture; of equally large ones those with the lower label.

    Raises
    ------
    ValueError
        If `count` is below 1.
    """

    dataset: Dataset
    count: int

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(f"--largest takes at least 1 object of a picture, got {self.count}.")

    @property
    def name(self) -> str:
        """Name of the whole data set."""
        return self.dataset.name

    @property
    def selection(self) -> str:
        """In words: which pictures and objects were taken, for reports."""
        whole = getattr(self.dataset, "selection", f"all {len(self)} pictures")
        return f"{whole}; on each the {self.count} largest objects"

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: int) -> Sample:
        sample = self.dataset[index]
        sizes = {object_id: np.count_nonzero(sample.mask(object_id)) for object_id in sample.object_ids}
        kept = sorted(sizes, key=lambda object_id: (-sizes[object_id], object_id))[: self.count]
        return replace(sample, object_ids=tuple(sorted(kept)))
