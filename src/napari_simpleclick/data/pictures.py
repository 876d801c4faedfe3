"""Pictures in files: PNG, JPEG, BMP, GIF and single planes of TIFF."""

from dataclasses import replace
from math import prod
from pathlib import Path

import imagecodecs
import numpy as np
from PIL import Image

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.file_names import PICTURES, TIFF, bare_name
from napari_simpleclick.data.intensity import default_limits, to_rgb
from napari_simpleclick.data.memory import require_memory
from napari_simpleclick.data.other_kinds import missing
from napari_simpleclick.data.picture_files import opened_picture, unreadable
from napari_simpleclick.data.tiff.read import read_tiff
from napari_simpleclick.data.volume import Volume

NUMBERS = ("1", "L", "P", "I", "F", "I;16", "I;16B", "I;16L", "I;16N")
"""Modes of Pillow with one number per pixel."""

DEEP_COLORS = (2, 4, 6)
"""Types of PNG that Pillow cuts to 8 bits: RGB, grey with alpha, RGBA."""

ORIENTATION = 0x0112
"""The tag of a photo that says how the camera was held."""


def is_picture(path: Path) -> bool:
    """Whether a file is a picture by its name; hidden files, which some systems leave behind, are not.

    Examples
    --------
    >>> is_picture(Path("a.PNG")), is_picture(Path(".DS_Store")), is_picture(Path("._a.png"))
    (True, False, False)
    """
    return path.name.lower().endswith(TIFF + PICTURES) and not path.name.startswith(".")


def read_picture(path: Path) -> np.ndarray:
    """A picture as stored: (height, width) or (height, width, 3); an alpha channel is left out.

    Raises
    ------
    VolumeError
        As `one_picture`.
    """
    return np.asarray(one_picture(path).data)


def one_picture(path: Path) -> Volume:
    """A picture as stored: rows and columns, with or without colors; an alpha channel is left out.

    Raises
    ------
    VolumeError
        If the file is missing, damaged, truncated, no picture, or holds several.
    """
    volume = read_picture_volume(path)
    if len(volume.shape) != 2:
        raise VolumeError(
            f"{path}: expected one grey or color picture, got {' x '.join(map(str, volume.shape))} pixels"
            f"{' with axes ' + volume.axes if volume.axes else ''}. Save its planes as files of their own."
        )
    return volume


def read_picture_volume(path: Path) -> Volume:
    """A picture as a volume of rows and columns, or of frames too if it is moving; colors without alpha.

    The turn that a camera notes is not carried out, as in napari, so that clicks and masks fit what is stored.

    Raises
    ------
    VolumeError
        If the file is missing, damaged, truncated or no picture.
    """
    if path.name.lower().endswith(TIFF):
        if not path.exists():
            raise VolumeError(missing(path))
        volume = read_tiff(path)
        data = volume.data[..., :3] if volume.rgb else volume.data
        return replace(volume, data=data)
    if deep := read_deep_png(path):
        return deep
    with opened_picture(path) as image:
        count = getattr(image, "n_frames", 1) if image.format in ("GIF", "PNG") else 1
        require_memory(count * prod(image.size) * 4, path.name, "Crop it, or save it as tiled TIFF or OME-Zarr.")
        frames = []
        for index in range(count):
            if count > 1:
                image.seek(index)
            frames.append(pixels_of(image))
        turned = image.getexif().get(ORIENTATION, 1) not in (0, 1)
        colored = any(frame.ndim == 3 for frame in frames)
        frames = [np.stack([frame] * 3, axis=-1) if colored and frame.ndim == 2 else frame for frame in frames]
        data = np.stack(frames) if count > 1 else frames[0]
    notice = (
        f"{path.name} was taken with a turned camera; it is shown as stored, as in napari. Masks of programs that turn "
        "it do not fit."
    )
    axes = "TYX" if count > 1 else "YX"
    return Volume(
        data, (1.0,) * len(axes), rgb=colored, name=bare_name(path), axes=axes, notices=(notice,) if turned else ()
    )


def pixels_of(image: Image.Image) -> np.ndarray:
    """Pixels of a frame: (height, width) grey in its own type, or (height, width, 3) uint8."""
    if image.mode in NUMBERS and image.mode != "P":
        pixels = np.asarray(image)
        return pixels.astype(pixels.dtype.newbyteorder("="), copy=False)
    if "transparency" in image.info:  # Pillow warns where it is lost, and keeps the colors
        image = image.convert("RGBA")
    return np.asarray(image.convert("L" if image.mode in ("LA", "La") else "RGB"))


def read_deep_png(path: Path) -> Volume | None:
    """A PNG with colors or alpha in 16 bits, where Pillow keeps only 8; None for any other file.

    Raises
    ------
    VolumeError
        If it is damaged or does not fit into memory.
    """
    if not path.is_file():
        return None
    with path.open("rb") as file:
        head = file.read(26)
    if len(head) < 26 or not head.startswith(b"\x89PNG") or head[24:25] != b"\x10" or head[25] not in DEEP_COLORS:
        return None
    width, height = (int.from_bytes(head[place : place + 4], "big") for place in (16, 20))
    require_memory(width * height * 8, path.name, "Crop it.")
    # Pillow finds wrong checksums and missing parts, which the other reader takes.
    with opened_picture(path) as image:
        image.load()
    try:
        pixels = imagecodecs.png_decode(path.read_bytes())
    except Exception as error:  # of a library in C
        raise unreadable(path, error) from error
    grey = pixels.ndim == 2 or pixels.shape[-1] < 3
    data = (pixels if pixels.ndim == 2 else pixels[..., 0]) if grey else pixels[..., :3]
    return Volume(data, (1.0, 1.0), rgb=not grey, name=bare_name(path), axes="YX")


def read_rgb(path: Path) -> np.ndarray:
    """A picture as the network sees it, (height, width, 3) uint8; other than 8-bit pixels between percentiles."""
    return rgb_of(one_picture(path))


def rgb_of(picture: Volume) -> np.ndarray:
    """A picture as the network sees it, (height, width, 3) uint8."""
    pixels = np.asarray(picture.data)
    return to_rgb(pixels, default_limits(pixels, rgb=picture.rgb), rgb=picture.rgb)


def read_marks(path: Path) -> np.ndarray:
    """The numbers of a mask, (height, width): indices of a palette, or the brightest channel of a color picture.

    Raises
    ------
    VolumeError
        If the file is missing, damaged, truncated or no picture.
    """
    if path.name.lower().endswith(TIFF):
        if not path.exists():
            raise VolumeError(missing(path))
        volume = read_tiff(path, labels=True)
        if len(volume.shape) != 2:
            raise VolumeError(f"{path}: expected one plane of labels, got the shape {volume.shape}.")
        marks = np.asarray(volume.data[..., :3] if volume.rgb else volume.data)
    else:
        with opened_picture(path) as file:
            marks = np.asarray(file) if file.mode in NUMBERS else pixels_of(file)
    return marks if marks.ndim == 2 else marks.max(axis=-1)
