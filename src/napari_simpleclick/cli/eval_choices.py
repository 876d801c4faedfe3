"""Settings of `napari-simpleclick-eval`: which data, which predictor, how it is clicked."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from napari_simpleclick.evaluation.protocol import MOST_CLICKS
from napari_simpleclick.ranges import POSITIVE_SHARE, SIDE, Range

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
    """Only the first picture or slice, and every so many after it: 10 is the validation part of training folders."""
    pictures: Annotated[int | None, Range(1)] = None
    """Only so many pictures or slices, evenly spread from the first on; of folders so many of each domain."""
    largest: Annotated[int | None, Range(1)] = None
    """Only so many objects of a picture or slice, the largest ones."""


@dataclass(frozen=True)
class PredictorSettings:
    """What answers the clicks."""

    model: str | None = None
    """Name of a model, or path to a .safetensors or .pth file; by default the one that the plugin uses."""
    predictor: str | None = None
    """Instead of SimpleClick: disks, flood-fill, random-walker, a name that a package registered, or module:factory."""
    flip: bool = True
    """Average each prediction with that of the mirrored crop, as published scores do."""
    size: Annotated[int, SIDE] = 448
    """Side of the network's input in pixels (672 for DAVIS in the paper)."""
    regions: Literal["trained", "published"] = "trained"
    """How large objects are shown: as the network was trained for, or as published; the same for published networks."""
    device: str = "auto"
    """auto, cuda, mps or cpu."""
    engine: Literal["auto", "torch", "openvino"] = "auto"
    """What computes the network; auto is the fastest whose answers agree with torch in float32 on a fixed input."""
    precision: Literal["auto", "f32", "bf16", "f16", "int8"] = "auto"
    """Arithmetic of the network; with torch and f32 a run equals that of the published code."""
    threads: Annotated[int | None, Range(1)] = None
    """Threads of the network in each process; by default all cores, shared among the --workers."""
    batch: Annotated[int | None, Range(1)] = None
    """So many objects are clicked in lock-step, with one call of the network for each round; by default 16 on CUDA,
    1 elsewhere, where it gains nothing. The results are the same."""


@dataclass(frozen=True)
class ClickSettings:
    """How objects are clicked, and what is reported."""

    user: Literal["centre", "human"] = "centre"
    """Who clicks: the centre of the largest error, as published evaluations do, or somewhere in it, as people do: by
    chance, more likely in the middle than at the border; the same in every run."""
    draws: Annotated[int, Range(1, MOST_CLICKS)] = 1
    """With --user human: every object is clicked so often from the start; means and their spread are reported."""
    clicks: Annotated[int, Range(1, MOST_CLICKS)] = 20
    """Clicks per object."""
    stop_at: Annotated[float | None, POSITIVE_SHARE] = None
    """Stop clicking an object at this IoU (the paper's NoC runs: 0.90); by default all clicks are made."""
    noc: Annotated[tuple[float, ...], POSITIVE_SHARE] = (0.85, 0.90)
    """IoUs for which NoC and failures are reported."""
    miou: Annotated[tuple[int, ...], Range(1, MOST_CLICKS)] = (1, 3, 5, 10, 20)
    """Numbers of clicks for which the mean IoU is reported."""


def jobs(data: DataSettings, predictor: PredictorSettings, clicking: ClickSettings) -> "list[EvaluationJob]":
    """One job for each data set."""
    from napari_simpleclick.evaluation.job import EvaluationJob
    from napari_simpleclick.evaluation.predictors import PredictorChoice
    from napari_simpleclick.evaluation.protocol import EvaluationProtocol

    choice = PredictorChoice(
        factory=predictor.predictor,
        model=predictor.model,
        flip=predictor.flip,
        size=predictor.size,
        regions=predictor.regions,
        device=predictor.device,
        engine=predictor.engine,
        precision=predictor.precision,
        threads=predictor.threads,
    )
    protocol = EvaluationProtocol(
        clicking.clicks, clicking.stop_at, clicking.noc, clicking.miou, user=clicking.user, draws=clicking.draws
    )
    batch = default_batch(predictor) if predictor.batch is None else predictor.batch
    return [EvaluationJob(dataset, choice, protocol, batch) for dataset in dataset_choices(data)]


def default_batch(predictor: PredictorSettings) -> int:
    """Objects that are clicked in lock-step unless a number is asked for."""
    if predictor.predictor is not None:
        return 1
    from napari_simpleclick.inference.engines.device import choose_device

    return 16 if choose_device(predictor.device).type == "cuda" else 1


def dataset_choices(data: DataSettings) -> "list[DatasetChoice]":
    """Data sets by name, or your own."""
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
