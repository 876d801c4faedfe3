"""Every so many pictures of a data set, such as the tenth ones that training leaves out."""

from dataclasses import dataclass

from napari_simpleclick.data.datasets.base import Dataset, Sample


@dataclass(frozen=True, slots=True, eq=False)
class Thinned:
    """The first picture of a data set and every so many after it.

    Parameters
    ----------
    dataset
        All pictures.
    every
        10 takes the pictures 0, 10, 20 and so on.

    Raises
    ------
    ValueError
        If `every` is below 1.
    """

    dataset: Dataset
    every: int

    def __post_init__(self) -> None:
        if self.every < 1:
            raise ValueError(f"--every takes every so many pictures, so at least 1, got {self.every}.")

    @property
    def name(self) -> str:
        """Name of the whole data set."""
        return self.dataset.name

    @property
    def selection(self) -> str:
        """In words: which pictures were taken, for reports."""
        whole = getattr(self.dataset, "selection", "all pictures")
        return f"{whole}; of these {len(self)} of {len(self.dataset)}: the first and every {self.every} after it"

    def __len__(self) -> int:
        return -(-len(self.dataset) // self.every)

    def __getitem__(self, index: int) -> Sample:
        if not 0 <= index < len(self):
            raise IndexError(f"There are {len(self)} pictures, got number {index}.")
        return self.dataset[index * self.every]
