"""Open what a training learns from: procedural pictures, folders, volumes, data sets, or a file that names them."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console

from napari_simpleclick.cli.errors import say
from napari_simpleclick.cli.train_choices import TrainCommand

if TYPE_CHECKING:
    from napari_simpleclick.training.pictures.readers import Reader
    from napari_simpleclick.training.sources import Mixture
    from napari_simpleclick.training.validation import ValidationObject


def open_sources(command: TrainCommand, console: Console) -> "tuple[Mixture, list[ValidationObject]]":
    """Where samples come from, and the objects to validate on.

    Raises
    ------
    ValueError
        If the shares of brains and sections exceed 1, or the options of volumes do not fit together.
    """
    from napari_simpleclick.training.pictures.labelled import LabelledPictures
    from napari_simpleclick.training.pictures.readers import split
    from napari_simpleclick.training.procedural.brains import Brains
    from napari_simpleclick.training.procedural.sections import Sections
    from napari_simpleclick.training.procedural.synthesis import Synthesis
    from napari_simpleclick.training.sources import Mixture, Source
    from napari_simpleclick.training.validation import picture_objects, synthetic_objects

    if command.mixture:
        return open_mixture(command, command.mixture)
    groups = [split(readers) for readers in open_pictures(command, console)]
    procedural = command.synthetic
    if procedural is None:
        procedural = 0.2 if command.volume else 0.8 if groups else 1.0
    pictures = (LabelledPictures(learn, command.redrawn) for learn, _ in groups)
    sources: list[Source] = [Synthesis(), Sections(), *pictures]
    parts = 1 - command.brains - command.sections, command.sections
    if min(parts) < 0:
        raise ValueError(
            f"--brains and --sections are parts of the procedural samples, got {command.brains} and "
            f"{command.sections}. Their sum must not exceed 1."
        )
    weights = [*(procedural * part for part in parts), *((1 - procedural) / len(groups) for _ in groups)]
    if command.brains:
        sources.append(Brains.installed())
        weights.append(procedural * command.brains)
    objects = synthetic_objects(command.validation_objects) if procedural >= 0.5 else []
    for _, kept in groups:
        objects += picture_objects(kept, command.validation_objects)
    return Mixture(sources, weights), objects


def open_mixture(command: TrainCommand, path: Path) -> "tuple[Mixture, list[ValidationObject]]":
    """The sources that a file names, and objects of the pictures kept for validation."""
    from napari_simpleclick.training.pictures.mixture_file import MixtureFile
    from napari_simpleclick.training.pictures.readers import folder_pictures, split
    from napari_simpleclick.training.procedural.brains import Brains
    from napari_simpleclick.training.procedural.sections import Sections
    from napari_simpleclick.training.procedural.synthesis import Synthesis
    from napari_simpleclick.training.sources import Mixture, Source
    from napari_simpleclick.training.validation import picture_objects

    mixture = MixtureFile.read(path)
    sources: list[Source] = []
    weights: list[float] = []
    for make, weight in (
        (Synthesis, mixture.synthetic.mixed),
        (Sections, mixture.synthetic.sections),
        (Brains.installed, mixture.synthetic.brains),
    ):
        if weight:
            sources.append(make())
            weights.append(weight)
    objects: list[ValidationObject] = []
    for each in mixture.sources:
        learn, kept = split(folder_pictures(command.data_root / each.folder))
        sources.append(each.pictures(learn))
        weights.append(each.weight)
        objects += picture_objects(kept, max(1, command.validation_objects // len(mixture.sources)))
    return Mixture(sources, weights), objects


def open_pictures(command: TrainCommand, console: Console) -> "Iterator[list[Reader]]":
    """The labelled pictures of every folder, volume and data set.

    Raises
    ------
    ValueError
        If there are more volumes than labels, or fewer.
    """
    from napari_simpleclick.data.datasets.slices import LabelledVolume, read_pair
    from napari_simpleclick.training.pictures.readers import dataset_pictures, folder_pictures, volume_pictures

    if len(command.volume) != len(command.labels):
        raise ValueError(
            f"Every --volume needs its --labels: got {len(command.volume)} volumes and {len(command.labels)} masks."
        )
    for folder in command.images:
        yield folder_pictures(folder)
    for paths in zip(command.volume, command.labels, strict=True):
        volume, labels = read_pair(LabelledVolume(paths[0].name, *paths))
        for notice in volume.notices:
            say(console, "Notice:", "yellow", notice)
        yield volume_pictures(volume, np.asarray(labels.data), axis=command.axis)
    for folder in command.coco_lvis:
        from napari_simpleclick.training.pictures.coco_lvis import coco_lvis_pictures

        yield coco_lvis_pictures(folder)
    for name, folder in command.dataset:
        from napari_simpleclick.data.datasets.registry import open_dataset

        yield dataset_pictures(open_dataset(name, folder))
