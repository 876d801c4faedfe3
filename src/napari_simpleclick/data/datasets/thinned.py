"""Some pictures of a data set, evenly spread, such as the tenth ones that training leaves out."""

from dataclasses import dataclass

from napari_simpleclick.data.datasets.base import Dataset, Sample


@dataclass(frozen=True, slots=True, eq=False)
class Thinned:
    """The first picture of a data set and every n-th after it, at most a number of them.

    Parameters
    ----------
    dataset
        All pictures.
    every
        10 takes the pictures 0, 10, 20 and so on.
    pictures
        How many of these are left, evenly spread (see `evenly`); None leaves all.

    Raises
    ------
    ValueError
        If `every` or `pictures` is below 1.
    """

    dataset: Dataset
    every: int = 1
    pictures: int | None = None

    def __post_init__(self) -> None:
        if self.every < 1:
            raise ValueError(f"--every takes one picture of every N, so at least 1, got {self.every}.")
        if self.pictures is not None and self.pictures < 1:
            raise ValueError(f"--pictures takes at least 1 picture, got {self.pictures}.")

    @property
    def name(self) -> str:
        """Name of the whole data set."""
        return self.dataset.name

    @property
    def selection(self) -> str:
        """In words: which pictures were taken, for reports."""
        whole = getattr(self.dataset, "selection", "all pictures")
        how = f"the first and every {self.every} after it" if self.every > 1 else "evenly spread"
        return f"{whole}; of these {len(self)} of {len(self.dataset)}: {how}"

    @property
    def numbers(self) -> list[int]:
        """Numbers of the pictures in the whole data set."""
        numbers = range(0, len(self.dataset), self.every)
        return [numbers[place] for place in evenly(len(numbers), self.pictures)]

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, index: int) -> Sample:
        """A picture by its number among those that are kept.

        Raises
        ------
        IndexError
            If there are not that many.
        """
        if not 0 <= index < len(self):
            raise IndexError(f"There are {len(self)} pictures, got number {index}.")
        return self.dataset[self.numbers[index]]


def evenly(count: int, wanted: int | None) -> list[int]:
    """Places in a list that are evenly spread from the first on: place i of n in a list of N is i · N // n.

    Examples
    --------
    >>> evenly(12, 3), evenly(8, 3), evenly(2, 3), evenly(3, None)
    ([0, 4, 8], [0, 2, 5], [0, 1], [0, 1, 2])
    """
    wanted = count if wanted is None else min(wanted, count)
    return [place * count // wanted for place in range(wanted)]
