"""Settings of `napari-simpleclick-eval`: which data, which predictor, how it is clicked."""

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from napari_simpleclick.evaluation.predictors import EVALUATED, PredictorChoice
from napari_simpleclick.evaluation.protocol import MOST_CLICKS, EvaluationProtocol
from napari_simpleclick.inference.predictor_settings import PredictorSettings
from napari_simpleclick.ranges import POSITIVE_SHARE, PROCESSES, Range

if TYPE_CHECKING:
    from napari_simpleclick.evaluation.job import DatasetChoice, EvaluationJob


@dataclass(frozen=True)
class DataSettings:
    """Which pictures and objects."""

    dataset: Annotated[tuple[str, ...], tyro.conf.arg(aliases=["-d"])] = ("samples",)
    """Names of data sets; "list" prints what is known, "samples" is bundled."""
    data_dir: Annotated[tuple[Path, ...], tyro.conf.arg(aliases=["--data"])] = (Path(),)
    """Folder of the unpacked data set; for several one folder each, or one that holds a folder of each name."""
    images: Path | None = None
    """Your own folder of pictures, with --masks."""
    masks: Path | None = None
    """Folder of masks or label maps with the same names as the pictures."""
    volume: Path | None = None
    """Your own volume (NIfTI, TIFF, OME-Zarr), with --labels."""
    labels: Path | None = None
    """Labels of the volume."""
    modality: str | None = None
    """Modality of volumes: flair, t1, t1ce or t2 for BraTS (default flair)."""
    axis: Literal["axial", "coronal", "sagittal"] | None = None
    """Direction of the slices of volumes; by default axial, for OAIZIB sagittal."""
    slice_rule: Literal["largest", "all"] = "largest"
    """Slices of volumes: the one with the largest labelled area of each, or all with a label."""
    label: Annotated[tuple[int, ...], Range(1, math.inf)] = ()
    """Labels of volumes that are used; by default all."""
    min_size: Annotated[int, Range(1)] = 1
    """Smallest object, in pixels."""
    components: bool = False
    """Every connected component on a picture or slice is an object of its own, whatever the data set calls one."""
    resample: bool = False
    """Bring labels of volumes on another grid onto that of their image, instead of refusing them."""
    every: Annotated[int, Range(1)] = 1
    """One picture or slice of every N, beginning with the first: 10 is the validation part of training folders."""
    pictures: Annotated[int | None, Range(1)] = None
    """Number of pictures or slices, evenly spread from the first on; of folders, the number of each domain."""
    largest: Annotated[int | None, Range(1)] = None
    """Number of objects of a picture or slice, the largest ones."""


@dataclass(frozen=True)
class ClickSettings:
    """How objects are clicked, and what is reported."""

    user: Literal["centre", "human"] = "centre"
    """Who clicks: the centre of the largest error, as published evaluations do, or somewhere in it, as people do: by
    chance, more likely in the middle than at the border; the same in every run."""
    draws: Annotated[int, Range(1, MOST_CLICKS)] = 1
    """With --user human: every object is clicked so often from the start; means and their spread are reported."""
    first: Literal["click", "box", "lasso", "scribble"] = "click"
    """What tells the object to begin with, and counts as the first click: anything but a click is drawn as people draw
    it, by chance, the same in every run."""
    clicks: Annotated[int, Range(1, MOST_CLICKS)] = 20
    """Clicks per object."""
    stop_at: Annotated[float | None, POSITIVE_SHARE] = None
    """Stop clicking an object at this IoU (the paper's NoC runs: 0.90); by default all clicks are made."""
    noc: Annotated[tuple[float, ...], POSITIVE_SHARE] = (0.85, 0.90)
    """IoUs for which NoC and failures are reported."""
    miou: Annotated[tuple[int, ...], Range(1, MOST_CLICKS)] = (1, 3, 5, 10, 20)
    """Numbers of clicks for which the mean IoU is reported."""
    batch: Annotated[int | None, Range(1)] = None
    """Number of objects that are clicked in lock-step, with one call of the network for each round; by default 16 on
    CUDA, 1 elsewhere, where it gains nothing. The results are the same."""


@dataclass(frozen=True)
class EffortSettings:
    """Whole objects through their slices, instead of single slices."""

    volume_effort: bool = False
    """Click whole objects: the worst slice until it is good; propagation and interpolation fill the others."""
    target_iou: Annotated[float, POSITIVE_SHARE] = 0.8
    """IoU that is wanted."""
    goal: Literal["slices", "volume"] = "slices"
    """What has to reach it: every slice, or the object as a whole in three dimensions."""
    whole_objects: Literal["linked", "components"] = "linked"
    """What a whole object is: objects of slices linked where they are each other's largest overlap, or everything
    labelled that hangs together in three dimensions, such as a lesion."""
    min_slices: Annotated[int, Range(1)] = 2
    """Objects on fewer slices are left out."""
    max_objects: Annotated[int | None, Range(1)] = None
    """Number of objects, the first ones."""


@dataclass(frozen=True)
class EvalCommand:
    """Click every object of data sets as SimpleClick's evaluation does, and report mIoU, NoC and seconds per click.

    Two reports are compared with `napari-simpleclick-eval compare A.json B.json`.
    """

    data: tyro.conf.OmitArgPrefixes[DataSettings] = DataSettings()
    network: tyro.conf.OmitArgPrefixes[PredictorSettings] = EVALUATED
    clicking: tyro.conf.OmitArgPrefixes[ClickSettings] = ClickSettings()
    effort: tyro.conf.OmitArgPrefixes[EffortSettings] = EffortSettings()
    predictor: str | None = None
    """Instead of SimpleClick: disks, flood-fill, random-walker, a name that a package registered, or module:factory."""
    output: Annotated[Path | None, tyro.conf.arg(aliases=["-o"])] = None
    """JSON file for all curves and clicks; beside it are written a table of clicks (.csv), one of domains where there
    are several (.domains.csv), and a page with pictures (.html)."""
    resume: bool = False
    """Go on with the interrupted run that wrote the same --output."""
    workers: Annotated[int, PROCESSES] = 0
    """Number of processes on this machine that share the objects, and its cores."""
    scheduler: str | None = None
    """Share the objects among the workers of a dask scheduler, such as tcp://node7:8786."""


def jobs(command: EvalCommand) -> "list[EvaluationJob]":
    """One job for each data set."""
    from napari_simpleclick.evaluation.job import EvaluationJob

    choice = PredictorChoice(factory=command.predictor, settings=sharing_cores(command.network, command.workers))
    clicking = command.clicking
    protocol = EvaluationProtocol(
        clicking.clicks,
        clicking.stop_at,
        clicking.noc,
        clicking.miou,
        user=clicking.user,
        first=clicking.first,
        draws=clicking.draws,
    )
    batch = default_batch(choice) if clicking.batch is None else clicking.batch
    return [EvaluationJob(dataset, choice, protocol, batch) for dataset in dataset_choices(command.data)]


def sharing_cores(network: PredictorSettings, workers: int) -> PredictorSettings:
    """The settings with threads for each of the processes on this machine, unless they name a number."""
    if not workers or network.threads is not None:
        return network
    from napari_simpleclick.evaluation.cluster import threads_per_worker

    return replace(network, threads=threads_per_worker(workers))


def default_batch(choice: PredictorChoice) -> int:
    """Objects that are clicked in lock-step unless a number is asked for."""
    if choice.factory is not None:
        return 1
    from napari_simpleclick.inference.engines.device import choose_device

    return 16 if choose_device(choice.settings.device).type == "cuda" else 1


def dataset_choices(data: DataSettings) -> "list[DatasetChoice]":
    """Data sets by name, or your own.

    Raises
    ------
    ValueError
        If folders, masks or labels are missing; says which.
    """
    from napari_simpleclick.data.datasets.options import DatasetOptions
    from napari_simpleclick.evaluation.job import DatasetChoice

    options = DatasetOptions(
        modality=data.modality,
        axis=data.axis,
        slice_rule=data.slice_rule,
        label=data.label,
        min_size=data.min_size,
        components=data.components,
        resample=data.resample,
        every=data.every,
        pictures=data.pictures,
        largest=data.largest,
    )
    own = [(first, second) for first, second in ((data.images, data.masks), (data.volume, data.labels))]
    own = [pair for pair in own if pair != (None, None)]
    for first, second in own:
        if first is None or second is None:
            raise ValueError(
                f"--images needs --masks and --volume needs --labels; only {first or second} was given. Name both."
            )
    if own:
        return [DatasetChoice(first.name, Path(), options, first, second) for first, second in own if first]
    names, folders = data.dataset, data.data_dir
    if len(folders) == 1 and len(names) > 1:
        folders = tuple(folders[0] if name.lower() == "samples" else folders[0] / name for name in names)
    if len(folders) != len(names):
        raise ValueError(
            f"Expected one --data-dir for each of {', '.join(names)}, or one that holds a folder of each name, got "
            f"{len(folders)}."
        )
    return [DatasetChoice(name, folder, options) for name, folder in zip(names, folders, strict=True)]
