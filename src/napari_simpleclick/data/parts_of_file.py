"""Which parts a file has to choose from: images and levels of a TIFF, and what is whole of it."""

from pathlib import Path

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.file_names import TIFF
from napari_simpleclick.data.file_part import FilePart
from napari_simpleclick.data.tiff.opening import opened
from napari_simpleclick.data.tiff.series import described, images_of


def parts_of_file(path: Path) -> dict[str, FilePart]:
    """Parts by what is shown of them; of a file that cannot be read only what is whole.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    """
    found: dict[str, FilePart] = {}
    if path.name.lower().endswith(TIFF):
        try:
            with opened(path) as (file, _):
                for number, image in enumerate(images_of(file), start=1):
                    for level, each in enumerate(image.levels, start=1):
                        name = f"image {number}, level {level}" if len(image.levels) > 1 else f"image {number}"
                        found[f"{name}: {described(each)}"] = FilePart(path, image=number, level=level)
        except VolumeError:
            found = {}
    return found | {"planes that are whole of a damaged file": FilePart(path, whole=True)}
