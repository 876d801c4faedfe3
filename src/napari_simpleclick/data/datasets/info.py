"""What is known of a data set before it is opened: where it is offered, how its folder looks, what it should hold."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from napari_simpleclick.data.datasets.base import Dataset
from napari_simpleclick.data.datasets.options import DatasetOptions


@dataclass(frozen=True, slots=True)
class DatasetInfo:
    """A data set that can be opened by name.

    Parameters
    ----------
    name
        Name, as in the paper's tables.
    content
        What it shows, and what counts as an object.
    layout
        Files that are expected in the folder.
    source
        Where it is offered.
    license
        Terms of use, as far as the source states them.
    open
        Opens the data set in a folder.
    images, objects
        How many the published evaluation has; None where it is not fixed.
    """

    name: str
    content: str
    layout: str
    source: str
    license: str
    open: Callable[[Path, DatasetOptions], Dataset]
    images: int | None = None
    objects: int | None = None

    def count_warning(self, *, images: int | None = None, objects: int | None = None) -> str | None:
        """What to tell when a data set does not hold as much as it should; None if it does.

        Parameters
        ----------
        images, objects
            What was found; None if not counted.
        """
        expected = {"images": (images, self.images), "objects": (objects, self.objects)}
        wrong = [
            f"{found} instead of {wanted} {what}"
            for what, (found, wanted) in expected.items()
            if None not in (found, wanted) and found != wanted
        ]
        if not wrong:
            return None
        return (
            f"{self.name}: found {' and '.join(wrong)} of the published evaluation, so the numbers cannot be compared "
            f"with published ones. Complete data: {self.source}."
        )
