"""A part of a file, named behind its name: another image or level of a TIFF, or what is whole of a file cut off."""

import re
from dataclasses import dataclass
from pathlib import Path

from napari_simpleclick.data.errors import VolumeError

FORM = re.compile(r"(?P<file>.+)#(?:(?:image=(?P<image>\d+))?,?(?:level=(?P<level>\d+))?|(?P<whole>whole))")


HOW = "name {} in commands, or use File > IO Utilities > Open a part of a file in napari"
"""Ends messages that name a part of a file."""

WHOLE = HOW.format("it with #whole behind its ending")
"""The same for what is whole of a damaged file."""


@dataclass(frozen=True, slots=True)
class FilePart:
    """What of a file is opened.

    Parameters
    ----------
    path
        The file.
    image
        Number of the image in it, from 1; None for the largest one.
    level
        Number of the level of a pyramid, from 1, which is the finest.
    whole
        Of a file that was cut off, the planes that are whole.
    """

    path: Path
    image: int | None = None
    level: int = 1
    whole: bool = False

    @property
    def all_of_it(self) -> bool:
        """Whether no part was asked for."""
        return self == FilePart(self.path)

    @property
    def named(self) -> str:
        """The path with the part behind it, as `file_part` reads it.

        Examples
        --------
        >>> FilePart(Path("a.tif"), image=2, level=3).named
        'a.tif#image=2,level=3'
        """
        words = [f"image={self.image}"] * (self.image is not None) + [f"level={self.level}"] * (self.level != 1)
        return f"{self.path}#{'whole' if self.whole else ','.join(words)}".rstrip("#")


def file_part(path: Path) -> FilePart:
    """What a path means: a file, or a part of one; a file that has such a name is a file.

    Raises
    ------
    VolumeError
        If images or levels are counted from 0.

    Examples
    --------
    >>> file_part(Path("a.tif#image=2")).image, file_part(Path("a.nii.gz#whole")).whole
    (2, True)
    >>> file_part(Path("sample #3.tif")).path.name
    'sample #3.tif'
    """
    found = FORM.fullmatch(path.name)
    if found is None or path.exists():
        return FilePart(path)
    image, level = (int(found[name]) if found[name] else None for name in ("image", "level"))
    if 0 in (image, level):
        raise VolumeError(f"{path.name}: images and levels are counted from 1, got 0. Name {found['file']}#image=1.")
    return FilePart(path.with_name(found["file"]), image, level or 1, whole=bool(found["whole"]))
