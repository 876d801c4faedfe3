"""Images in several TIFF files, of OME or Micro-Manager: which files belong to one, and whether they lie beside it."""

from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

import tifffile

from napari_simpleclick.data.errors import VolumeError

MOST_NAMED = 4
"""Most missing files that are named."""


def require_parts(file: tifffile.TiffFile) -> tuple[str, ...]:
    """Check the other files that a file names, before tifffile opens them; a notice if this is a mere part.

    Raises
    ------
    VolumeError
        If one is missing, or lies outside the folder of the file: a file must not decide what else is opened.
    """
    if file.is_ndtiff:
        require_beside(file, names_in_index(file))
    if not file.ome_metadata:
        return ()
    try:
        told = ElementTree.fromstring(file.ome_metadata)
    except ElementTree.ParseError:
        return ()
    require_beside(file, names_of_others(told, file.filename))
    master = next((each.get("MetadataFile", "") for each in told.iter() if each.tag.endswith("BinaryOnly")), "")
    if master:
        return (
            f"{file.filename} is a part of an image that {master} describes; only the planes in this file are opened.",
        )
    return ()


def require_beside(file: tifffile.TiffFile, names: list[str]) -> None:
    """Check that the other files of an image are there, in the folder of the file.

    Raises
    ------
    VolumeError
        If one is missing, or lies outside.
    """
    name, folder = file.filename, Path(file.filehandle.dirname)
    others = [other.replace("\\", "/") for other in names]
    if outside := [other for other in others if not inside(other)]:
        raise VolumeError(f"{name} names a part of its image elsewhere, {outside[0]}. Put all parts into one folder.")
    if absent := [other for other in others if not (folder / other).exists()]:
        raise VolumeError(
            f"{name} is one of {len(others) + 1} files of an image; missing: {', '.join(absent[:MOST_NAMED])}"
            f"{' ...' if len(absent) > MOST_NAMED else ''}. Put them beside it, under these names."
        )


def names_in_index(file: tifffile.TiffFile) -> list[str]:
    """Names of files in Micro-Manager's NDTiff.index beside a file, without the file itself.

    Raises
    ------
    ValueError
        If the index is damaged.
    """
    index = Path(file.filehandle.dirname) / "NDTiff.index"
    return sorted({entry[1] for entry in tifffile.read_ndtiff_index(index)} - {file.filename})


def names_of_others(told: ElementTree.Element, name: str) -> list[str]:
    """Names of files in OME's metadata, without the file itself, which may have been renamed since.

    Examples
    --------
    >>> xml = '<OME UUID="1"><UUID FileName="a.tif">1</UUID><UUID FileName="b.tif">2</UUID></OME>'
    >>> names_of_others(ElementTree.fromstring(xml), "renamed.tif")
    ['b.tif']
    """
    own = told.get("UUID")
    parts = {each.get("FileName", ""): each.text for each in told.iter() if each.tag.rsplit("}", 1)[-1] == "UUID"}
    return [other for other, uuid in parts.items() if other and uuid != own and other.lower() != name.lower()]


def inside(name: str) -> bool:
    """Whether a name stays inside the folder.

    Examples
    --------
    >>> [inside(name) for name in ("b.tif", "z/b.tif", "../b.tif", "/etc/b.tif", "C:/b.tif", "//host/b.tif")]
    [True, True, False, False, False, False]
    """
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and ":" not in name
