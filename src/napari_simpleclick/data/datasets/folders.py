"""Many domains at once: a folder of folders, each with pictures and masks of one kind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from napari_simpleclick.data.datasets.base import Dataset, DatasetError, Sample
from napari_simpleclick.data.datasets.files import contents
from napari_simpleclick.data.datasets.folder import IMAGES, MASKS, open_folder
from napari_simpleclick.data.datasets.info import DatasetInfo
from napari_simpleclick.data.datasets.options import DatasetOptions


@dataclass(frozen=True, slots=True, eq=False)
class Domains:
    """Data sets one after the other; their samples say which one they are from.

    Parameters
    ----------
    name
        Name of the whole.
    parts
        The domains, each with a name of its own.
    """

    name: str
    parts: Sequence[Dataset]

    def each(self, choose: Callable[[Dataset], Dataset]) -> "Domains":
        """The same domains with a choice made in each, such as some of its pictures."""
        return replace(self, parts=[choose(part) for part in self.parts])

    @property
    def selection(self) -> str:
        """In words: which pictures of which domains, for reports."""
        told = (f"{part.name} ({getattr(part, 'selection', f'all {len(part)} pictures')})" for part in self.parts)
        return f"{len(self.parts)} domains: {', '.join(told)}"

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    def __getitem__(self, index: int) -> Sample:
        """A picture by its number, named after the data set that it is from.

        Raises
        ------
        IndexError
            If there are not that many.
        """
        place = index
        for part in self.parts:
            if 0 <= place < len(part):
                sample = part[place]
                return replace(sample, name=f"{part.name}/{sample.name}", domain=part.name)
            place -= len(part)
        raise IndexError(f"There are {len(self)} pictures, got number {index}.")


def open_folders(folder: Path, options: DatasetOptions) -> Domains:
    """Every folder in a folder that has pictures and masks is a domain; a folder that has them itself is the only one.

    Raises
    ------
    DatasetError
        If there is no domain, or pictures and masks of one do not pair up.
    """
    found = [folder] if is_domain(folder) else [path for path in sorted(folder.iterdir()) if is_domain(path)]
    if not found:
        raise DatasetError(
            f"Expected folders in {folder}, each with pictures ({', '.join(IMAGES)}) and masks ({', '.join(MASKS)}), "
            f"found: {contents(folder)}. Point --data-dir at the folder that holds the domains."
        )
    return Domains(folder.resolve().name, [open_folder(path.resolve(), options) for path in found])


def is_domain(folder: Path) -> bool:
    """Whether a folder has a folder of pictures and one of masks."""
    return all(any((folder / name).is_dir() for name in names) for names in (IMAGES, MASKS))


INFO = DatasetInfo(
    name="folders",
    content="many domains, a folder each; objects as for folder; a row per domain, and the mean of domains",
    layout=f"DOMAIN/{IMAGES[0]}/* and DOMAIN/{MASKS[0]}/* (or img and gt) with the same names",
    source="your own",
    license="your own",
    open=open_folders,
)
