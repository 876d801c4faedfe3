"""The array of a file as the window showed it, whichever reader opened it there: ours, or napari's own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import imageio.v3 as iio
import numpy as np

from napari_simpleclick.data.folder import natural_key
from napari_simpleclick.data.io import read_volume
from napari_simpleclick.data.pictures import is_picture
from napari_simpleclick.data.volume import Volume


def read_as_shown(path: Path, fits: Callable[[Any], bool], *, rgb: bool) -> Volume:
    """Read a file as we do or, where that is not the array that the window showed, as napari's own reader does.

    That one keeps alpha, shows planar colors as slices, a GIF of one frame as a stack, and palettes as numbers.

    Parameters
    ----------
    path
        File or folder.
    fits
        Whether an array is what was shown.
    rgb
        Whether it was shown in colors.

    Returns
    -------
    The first reading that fits, or ours if none does.

    Raises
    ------
    VolumeError
        If the file cannot be read.
    """
    ours = read_volume(path)
    if fits(ours.data):
        return ours
    try:
        theirs = napari_array(path)
    except Exception:  # a file that only we can read
        return ours
    if not fits(theirs):
        return ours
    spatial = theirs.shape[:-1] if rgb else theirs.shape
    spacing = ours.spacing if len(ours.spacing) == len(spatial) else (1.0,) * len(spatial)
    return Volume(theirs, spacing, ours.unit, rgb=rgb, name=ours.name, axes="", notices=ours.notices)


def napari_array(path: Path) -> np.ndarray:
    """What napari's own reader makes of a picture, or of the pictures of a folder."""
    if not path.is_dir():
        return iio.imread(path)
    files = sorted((each for each in path.iterdir() if is_picture(each)), key=lambda each: natural_key(each.name))
    return np.stack([iio.imread(each) for each in files])
