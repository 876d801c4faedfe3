"""Which image of a Zarr group is opened: itself, one of a converted file, or the only label image."""

from collections.abc import Mapping
from pathlib import Path, PureWindowsPath
from typing import Any

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.ome_zarr.opening import is_zarr, open_node, readable

MOST_NAMED = 6
"""Most images that are named."""


def attributes(node: Any) -> Mapping[str, Any]:
    """What OME tells of a group, in version 0.5 under a key of its own."""
    told = dict(node.attrs)
    inner = told.get("ome", told)
    return inner if isinstance(inner, Mapping) else {}


def image_group(node: Any, path: Path) -> tuple[Any, Path, tuple[str, ...]]:
    """The group that holds the image, where it is, and a notice if there are others.

    Raises
    ------
    VolumeError
        If there is none, or several and none comes first, such as the fields of a plate; names them.
    """
    told = attributes(node)
    if "multiscales" in told:
        return node, path, ()
    converted = "bioformats2raw.layout" in told
    names = converted_images(node) if converted else list(told.get("labels", ()))
    inside = [str(name) for name in names if leads_inside(str(name)) and (path / str(name)).is_dir()]
    if inside and (converted or len(inside) == 1):
        chosen = path / inside[0]
        others = ", ".join(inside[1 : MOST_NAMED + 1])
        notice = f"{path.name} holds {len(inside)} images; {chosen} is opened. Not opened: {others}."
        return open_node(chosen), chosen, (notice,) if len(inside) > 1 else ()
    held = inside or wells(told) or sorted(str(key) for key in node)
    cure = f"Choose the image inside it, such as {path / held[0]}." if held else "Was it copied completely?"
    raise VolumeError(
        f"{path}: expected an OME-Zarr image, got a group of {', '.join(held[:MOST_NAMED]) or 'nothing'}"
        f"{' ...' if len(held) > MOST_NAMED else ''}. {cure}"
    )


def converted_images(node: Any) -> list[str]:
    """Names of the images that bioformats2raw made of one file: as listed, else the numbered groups."""
    listed = attributes(node["OME"]).get("series") if "OME" in node else None
    return list(listed) if listed else sorted((key for key in node if key.isdigit()), key=int)


def wells(told: Mapping[str, Any]) -> list[str]:
    """Paths of the fields of a plate, or of one well."""
    if "plate" in told:
        return [f"{well['path']}/0" for well in told["plate"].get("wells", ())]
    return [str(each["path"]) for each in told.get("well", {}).get("images", ())]


def label_names(path: Path) -> list[str]:
    """Names of the label images that belong to an image."""
    folder = path / "labels"
    if not is_zarr(folder):
        return []
    with readable(folder):
        names = attributes(open_node(folder)).get("labels") or sorted(open_node(folder))
    return [str(name) for name in names if leads_inside(str(name)) and is_zarr(folder / str(name))]


def leads_inside(name: str) -> bool:
    r"""Whether a name leads into the folder that holds it on every system: a file does not decide what else is opened.

    Examples
    --------
    >>> [leads_inside(name) for name in ("0", "A/1", "..", "a/../../b", "/b", "C:b", "//host/b", "..\\b")]
    [True, True, False, False, False, False, False, False]
    """
    path = PureWindowsPath(name)
    return bool(path.parts) and not path.drive and not path.root and ".." not in path.parts
