"""Objects through the slices of a stack: what overlaps from slice to slice, or hangs together in three dimensions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from scipy import ndimage

from napari_simpleclick.arrays import BinaryMask
from napari_simpleclick.data.datasets.base import Dataset, DatasetError, Sample
from napari_simpleclick.data.datasets.slices import VolumeSlices
from napari_simpleclick.inference.resample import Plane

SERIAL = ("ssTEM",)
"""Data sets of pictures that are one stack, section by section."""

ObjectThroughStack = Literal["linked", "components"]
"""What an object is: see `volume_objects`."""

Link = dict[int, int]
"""From a label on a slice to the label of the same object on the next."""


@dataclass(frozen=True, slots=True, eq=False)
class VolumeObject:
    """An object on neighbouring slices.

    Parameters
    ----------
    name
        Name of its first slice, and its label there.
    images
        (height, width, 3) uint8 picture of every slice.
    targets
        The object on every slice, (height, width) bool; none is empty.
    notices
        What the user should know of the files.
    """

    name: str
    images: tuple[Plane, ...]
    targets: tuple[BinaryMask, ...]
    notices: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.targets)


def volume_objects(
    dataset: Dataset, *, rule: ObjectThroughStack = "linked", min_slices: int = 1
) -> Iterator[VolumeObject]:
    """The objects of all stacks of a data set, in the order of their first slices; a stack is in memory at a time.

    Parameters
    ----------
    dataset
        Slices of volumes, or serial sections.
    rule
        "linked": objects of slices that are each other's largest overlap. "components": everything labelled that hangs
        together over faces, edges or corners, with the smallest size in voxels.
    min_slices
        Objects on fewer slices are left out.

    Raises
    ------
    DatasetError
        If the pictures of the data set are no slices of a stack.
    """
    for numbers in stacks(dataset):
        samples = [dataset[number] for number in numbers]
        if rule == "components":
            smallest = getattr(dataset, "min_size", 1)
            yield from (each for each in components(samples, min_size=smallest) if len(each) >= min_slices)
            continue
        for chain in chains([sample.object_ids for sample in samples], [link(*pair) for pair in pairwise(samples)]):
            if len(chain) >= min_slices:
                yield linked(samples, chain)


def stacks(dataset: Dataset) -> list[list[int]]:
    """Numbers of the pictures of every run of neighbouring slices.

    Raises
    ------
    DatasetError
        If the data set holds single pictures.
    """
    if dataset.name in SERIAL:
        return [list(range(len(dataset)))]
    if not isinstance(dataset, VolumeSlices):
        raise DatasetError(
            f"{dataset.name} holds single pictures, so there is nothing to carry from slice to slice. Use "
            "--volume-effort with volumes or ssTEM."
        )
    runs: list[list[int]] = []
    before = None
    for number, (case, place) in enumerate(dataset.slices):
        if before != (case, place - 1):
            runs.append([])
        runs[-1].append(number)
        before = case, place
    return runs


def components(samples: Sequence[Sample], *, min_size: int = 1) -> Iterator[VolumeObject]:
    """The 26-connected components of everything labelled on neighbouring slices of one size, the first slices first.

    Parameters
    ----------
    samples
        The slices.
    min_size
        Smallest component, in voxels.
    """
    labels, _ = ndimage.label(np.stack([sample.labels > 0 for sample in samples]), structure=np.ones((3, 3, 3), int))
    for number, place in enumerate(ndimage.find_objects(labels), start=1):
        part = labels[place[0]] == number
        if np.count_nonzero(part) >= min_size:
            on = samples[place[0]]
            yield VolumeObject(
                f"{on[0].name}, component {number}",
                tuple(each.image for each in on),
                tuple(mask for mask in part),
                on[0].notices,
            )


def link(first: Sample, second: Sample) -> Link:
    """Objects of neighbouring slices that are each other's largest overlap.

    Examples
    --------
    >>> image = np.zeros((1, 5, 3), np.uint8)
    >>> below = Sample("0", image, np.array([[1, 1, 1, 0, 2]]), (1, 2))
    >>> link(below, Sample("1", image, np.array([[0, 7, 7, 7, 0]]), (7,)))
    {1: 7}
    """
    there = np.isin(first.labels, first.object_ids) & np.isin(second.labels, second.object_ids)
    pairs, shared = np.unique([first.labels[there], second.labels[there]], axis=1, return_counts=True)
    forth: Link = {}
    back: Link = {}
    for place in np.argsort(-shared, kind="stable"):
        one, other = (int(number) for number in pairs[:, place])
        forth.setdefault(one, other)
        back.setdefault(other, one)
    return {one: other for one, other in forth.items() if back[other] == one}


def chains(ids: Sequence[Sequence[int]], links: Sequence[Link]) -> Iterator[list[tuple[int, int]]]:
    """Objects as lists of slice and label, in the order of their first slices.

    Examples
    --------
    >>> list(chains([[1, 2], [7]], [{1: 7}]))
    [[(0, 1), (1, 7)], [(0, 2)]]
    """
    for start, labels in enumerate(ids):
        begun = set(links[start - 1].values()) if start else set()
        for label in labels:
            if label in begun:
                continue
            chain = [(start, label)]
            while chain[-1][0] < len(links) and chain[-1][1] in links[chain[-1][0]]:
                at, known = chain[-1]
                chain.append((at + 1, links[at][known]))
            yield chain


def linked(samples: Sequence[Sample], chain: Sequence[tuple[int, int]]) -> VolumeObject:
    """The object of a chain."""
    first, label = chain[0]
    return VolumeObject(
        f"{samples[first].name}, object {label}",
        tuple(samples[at].image for at, _ in chain),
        tuple(samples[at].mask(number) for at, number in chain),
        samples[first].notices,
    )
