"""Options of data sets: which pictures and slices, which labels, how small an object may be."""

from dataclasses import dataclass
from typing import Literal

Direction = Literal["axial", "coronal", "sagittal"]

AXES: dict[Direction, int] = {"axial": 0, "coronal": 1, "sagittal": 2}
"""Axis of a volume (z, y, x) along which the slices of a direction are stacked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetOptions:
    """What is taken from a data set; only volumes and own data have a choice."""

    modality: str | None = None
    """Modality of volumes: flair, t1, t1ce or t2 for BraTS (default flair)."""
    axis: Direction | None = None
    """Direction of the slices of volumes; by default axial, for OAIZIB sagittal."""
    slice_rule: Literal["largest", "all"] = "largest"
    """Slices of volumes: of every volume the one with the largest labelled area, or all with a label."""
    label: tuple[int, ...] = ()
    """Labels that are used; by default all."""
    min_size: int = 1
    """Smallest object, in pixels."""
    components: bool = False
    """Every connected component on a picture or slice is an object of its own, whatever the data set calls one."""
    resample: bool = False
    """Labels of volumes on another grid are brought onto that of their image, instead of being refused."""
    every: int = 1
    """One picture or slice of every N, beginning with the first."""
    pictures: int | None = None
    """Number of pictures or slices, evenly spread; of every domain, where there are several. None for all."""
    largest: int | None = None
    """Number of objects of a picture or slice, the largest ones; None for all."""
