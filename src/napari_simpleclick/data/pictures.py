"""Pictures in files, one per plane: PNG, JPEG, BMP, GIF and TIFF."""

from pathlib import Path

import imageio.v3 as iio
import numpy as np
from PIL import Image, UnidentifiedImageError
from tifffile import TiffFileError

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.intensity import default_limits, to_rgb

TIFF = (".tif", ".tiff")
PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif")


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
        If the file is damaged, truncated or no picture.
    """
    try:
        pixels = iio.imread(path)
    except (OSError, ValueError, SyntaxError, TiffFileError) as error:
        raise unreadable(path, error) from error
    if pixels.ndim == 2:
        return pixels
    if pixels.ndim != 3 or pixels.shape[-1] > 4:
        raise VolumeError(f"{path}: expected one grey or color picture, got an array of shape {pixels.shape}.")
    return pixels[..., 0] if pixels.shape[-1] < 3 else pixels[..., :3]


def read_rgb(path: Path) -> np.ndarray:
    """A picture as the network sees it, (height, width, 3) uint8; other than 8-bit pixels between percentiles."""
    pixels = read_picture(path)
    rgb = pixels.ndim == 3
    return to_rgb(pixels, default_limits(pixels, rgb=rgb), rgb=rgb)


def read_marks(path: Path) -> np.ndarray:
    """The numbers of a mask, (height, width): indices of a palette, or the brightest channel of a color picture.

    Raises
    ------
    VolumeError
        If the file is damaged, truncated or no picture.
    """
    if path.name.lower().endswith(TIFF):
        marks = read_picture(path)
    else:
        try:
            with Image.open(path) as file:
                plain = file.mode in ("1", "L", "P", "I", "F") or file.mode.startswith("I;16")
                marks = np.asarray(file if plain else file.convert("L" if file.mode == "LA" else "RGB"))
        except (OSError, ValueError, SyntaxError, UnidentifiedImageError) as error:
            raise unreadable(path, error) from error
    return marks if marks.ndim == 2 else marks.max(axis=-1)


def unreadable(path: Path, error: Exception) -> VolumeError:
    """The message for a picture that cannot be read."""
    if isinstance(error, FileNotFoundError):
        return VolumeError(f"No file {path}.")
    return VolumeError(
        f"{path} cannot be read as a picture ({path.stat().st_size} bytes): {error}. "
        "It is damaged or not copied completely; copy or unpack it again."
    )
