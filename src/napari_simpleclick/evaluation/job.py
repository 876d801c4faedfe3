"""What is evaluated on what: small values that can be sent to another process, which opens them there."""

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from napari_simpleclick.data.datasets.base import Dataset, DatasetError
from napari_simpleclick.data.datasets.files import PictureFiles
from napari_simpleclick.data.datasets.folder import own_pictures
from napari_simpleclick.data.datasets.folders import Domains
from napari_simpleclick.data.datasets.largest import Largest
from napari_simpleclick.data.datasets.objects import labels_or_components, split
from napari_simpleclick.data.datasets.options import DatasetOptions
from napari_simpleclick.data.datasets.registry import open_dataset
from napari_simpleclick.data.datasets.slices import LabelledVolume, VolumeSlices, open_slices
from napari_simpleclick.data.datasets.thinned import Thinned
from napari_simpleclick.data.file_part import file_part
from napari_simpleclick.evaluation.predictors import PredictorChoice
from napari_simpleclick.evaluation.protocol import EvaluationProtocol


@dataclass(frozen=True, slots=True)
class DatasetChoice:
    """A data set by name and folder, or your own images and masks.

    Parameters
    ----------
    name
        Name of the data set; for your own data, their name in the report.
    folder
        Where it is.
    options
        Slices, labels, smallest object.
    images, labels
        Two folders of pictures and masks, or a volume and its labels; None for data sets by name.
    """

    name: str
    folder: Path = field(default_factory=Path)
    options: DatasetOptions = field(default_factory=DatasetOptions)
    images: Path | None = None
    labels: Path | None = None

    def open(self) -> Dataset:
        """Open the data set, or what the options leave of it; pictures are read when asked for.

        Raises
        ------
        DatasetError
            If it is not where or what it should be.
        ValueError
            If no picture would be left.
        """
        whole = self.whole()
        return whole.each(self.chosen) if isinstance(whole, Domains) else self.chosen(whole)

    def chosen(self, whole: Dataset) -> Dataset:
        """What the options leave of a data set, or of a domain.

        Raises
        ------
        DatasetError
            If the data set has objects that cannot be split.
        """
        options = self.options
        if options.components:
            if not isinstance(whole, PictureFiles | VolumeSlices):
                raise DatasetError(f"{self.name} has its own objects, which --components cannot split. Leave it out.")
            whole = replace(whole, objects=split(whole.objects))
        if options.every != 1 or options.pictures is not None:
            whole = Thinned(whole, options.every, options.pictures)
        return whole if options.largest is None else Largest(whole, options.largest)

    def whole(self) -> Dataset:
        """All pictures.

        Raises
        ------
        DatasetError
            If a file or folder is missing, or only images were named.
        """
        if self.images is None:
            return open_dataset(self.name, self.folder, self.options)
        if self.labels is None:
            raise DatasetError(f"Only images were given ({self.images}): name their masks or labels too.")
        for path in (self.images, self.labels):
            if not file_part(path).path.exists():
                raise DatasetError(f"No file or folder {path.absolute()}. Check the path.")
        if self.images.is_dir() and not self.images.name.endswith(".zarr"):
            return own_pictures(self.name, self.images, self.labels, self.options)
        case = LabelledVolume(self.images.name.split(".")[0], self.images, self.labels)
        return open_slices(self.name, [case], labels_or_components, self.options)


@dataclass(frozen=True, slots=True)
class EvaluationJob:
    """Everything that an evaluation depends on.

    Parameters
    ----------
    dataset, predictor, protocol
        Data, what clicks are answered by, and how it is clicked.
    batch
        Number of objects that are clicked in lock-step; only the times of the report depend on it.

    Raises
    ------
    ValueError
        If `batch` is below 1.
    """

    dataset: DatasetChoice
    predictor: PredictorChoice = field(default_factory=PredictorChoice)
    protocol: EvaluationProtocol = field(default_factory=EvaluationProtocol)
    batch: int = 1

    def __post_init__(self) -> None:
        if self.batch < 1:
            raise ValueError(f"--batch clicks at least 1 object at a time, got {self.batch}.")

    def provenance(self, dataset: Dataset) -> dict[str, Any]:
        """Model, versions and the rule of slices and objects, for the report."""
        options = {name: value for name, value in asdict(self.dataset.options).items() if value not in (None, ())}
        return {
            **self.predictor.provenance(),
            "data": options | {"selection": getattr(dataset, "selection", "all pictures")},
        }
