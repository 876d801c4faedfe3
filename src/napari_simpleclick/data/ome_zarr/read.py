"""Read OME-Zarr: the finest level of a multiscale image with its axes, its coarser levels and its label images."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.file_names import bare_name
from napari_simpleclick.data.ome_zarr.choice import attributes, image_group, label_names
from napari_simpleclick.data.ome_zarr.chunks import ChunkedArray, checked, missing_chunks
from napari_simpleclick.data.ome_zarr.multiscale import placement
from napari_simpleclick.data.ome_zarr.opening import open_node, readable
from napari_simpleclick.data.volume import Volume

LABELS = "labels"
"""Folder of an image with its label images, which need not say that they are labels."""


def read_ome_zarr(path: Path) -> Volume:
    """Open the finest level of an OME-Zarr image, or a plain Zarr array; nothing is loaded.

    Raises
    ------
    ImportError
        If zarr is not installed.
    VolumeError
        If the folder is no Zarr, damaged, or holds no image; says which.
    """
    return read_levels(path)[0]


def read_levels(path: Path) -> tuple[Volume, list[ChunkedArray]]:
    """The finest level of an image as a volume, and the arrays of all levels that are there, the finest first."""
    node = open_node(path)
    with readable(path):
        if not hasattr(node, "keys"):
            array = checked(node, path)
            told = missing_chunks(array)
            return Volume(array, (1.0,) * array.ndim, name=bare_name(path), notices=told), [array]
        group, where, others = image_group(node, path)
        told_of_group = attributes(group)
        multiscale: Mapping[str, Any] = told_of_group["multiscales"][0]
        more = notice_of_more(path, told_of_group["multiscales"])
        levels, arrays, absent = levels_of(group, where, list(multiscale["datasets"]))
        data = arrays[0]
        place = placement(multiscale, levels[0], data.ndim)
        volume = Volume(
            data,
            spacing=place.spacing,
            origin=place.origin,
            unit=place.unit,
            name=bare_name(path),
            axes=place.axes,
            labels="image-label" in told_of_group or where.parent.name == LABELS,
            notices=(*others, *more, *place.notices, *absent, *missing_chunks(data)),
        )
        return volume, arrays


def notice_of_more(path: Path, multiscales: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """A notice if a group describes several images: only the first is opened."""
    if len(multiscales) < 2:
        return ()
    first, *others = [str(each.get("name") or each["datasets"][0]["path"]) for each in multiscales]
    return (f"{path.name} holds {len(multiscales)} images; {first} is opened. Not opened: {', '.join(others)}.",)


def levels_of(
    group: Any, path: Path, levels: list[Mapping[str, Any]]
) -> tuple[list[Mapping[str, Any]], list[ChunkedArray], tuple[str, ...]]:
    """The levels that are there with their arrays, the finest first, and a notice of those that are not.

    The order of the file does not count: some list the coarsest first.

    Raises
    ------
    VolumeError
        If the finest one is missing.
    """
    names = [str(level["path"]) for level in levels]
    there = [name for name in names if name in group]
    if names[0] not in there:
        rest = f" Level {there[0]} is there: open {path / there[0]} to see it without its place." if there else ""
        raise VolumeError(f"{path}: its finest level {names[0]} is missing. Copy it again.{rest}")
    arrays = [checked(group[name], path / name) for name in there]
    finest_first = sorted(range(len(arrays)), key=lambda at: -arrays[at].size)
    kept = [level for level in levels if str(level["path"]) in there]
    absent = [name for name in names if name not in there]
    told = (f"{path.name}: the levels {', '.join(absent)} are missing.",) if absent else ()
    return [kept[at] for at in finest_first], [arrays[at] for at in finest_first], told


def read_label_images(path: Path) -> list[Volume]:
    """The label images that belong to the image in a folder; empty without any.

    Raises
    ------
    VolumeError
        If one is damaged.
    """
    node = open_node(path)
    if not hasattr(node, "keys"):
        return []
    with readable(path):
        _, where, _ = image_group(node, path)
    return [read_ome_zarr(where / LABELS / name) for name in label_names(where)]
