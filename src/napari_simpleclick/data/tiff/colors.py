"""What the samples of a TIFF mean: grey, colors of a palette, inverted, RGB, CMYK, YCbCr, bands."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import tifffile
from tifffile import EXTRASAMPLE, PHOTOMETRIC

from napari_simpleclick.data.errors import VolumeError

ALPHA = (EXTRASAMPLE.ASSOCALPHA, EXTRASAMPLE.UNASSALPHA)

REFUSED = {"CIELAB", "ICCLAB", "ITULAB", "LOGL", "LOGLUV"}
"""Spaces of color that screens do not show."""


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Pixels with their axes.

    Parameters
    ----------
    data
        Array with one letter of `axes` for each axis; with `rgb` one more, of 3 or 4 colors, at the end.
    axes
        Letters of tifffile, "S" for samples of a pixel.
    rgb
        Whether the last axis is color.
    notices
        What was left out.
    """

    data: np.ndarray
    axes: str
    rgb: bool = False
    notices: tuple[str, ...] = ()


def interpreted(data: np.ndarray, axes: str, page: Any, *, numbers: bool) -> Samples:
    """Pixels as they are meant: light is large, colors are RGB and last, other samples are channels.

    Parameters
    ----------
    data, axes
        Array and letters of its axes, as tifffile gives them.
    page
        The page of tifffile that tells photometric interpretation, extra samples and palette.
    numbers
        Take numbers of a palette and inverted greys as they are stored: for labels, and for ImageJ, whose palettes only
        color intensities.

    Raises
    ------
    VolumeError
        If the colors are of a kind that is not known.
    """
    kind = page.photometric
    if getattr(kind, "name", "") in REFUSED:
        raise VolumeError(f"{page.parent.filename} holds {kind.name} colors; expected grey or RGB. Convert it to RGB.")
    if "S" not in axes:
        return Samples(*one_sample(data, axes, page, numbers=numbers))
    place = axes.index("S")
    samples = Samples(np.moveaxis(data, place, -1), axes[:place] + axes[place + 1 :])
    if kind == PHOTOMETRIC.SEPARATED and samples.data.shape[-1] >= 4:
        return replace(samples, data=rgb_of_cmyk(samples.data), rgb=True)
    if kind == PHOTOMETRIC.YCBCR and page.compression not in JPEGS and samples.data.shape[-1] == 3:
        return replace(samples, data=rgb_of_ycbcr(samples.data), rgb=True)
    return colors_or_channels(samples, page)


JPEGS = (tifffile.COMPRESSION.JPEG, tifffile.COMPRESSION.OJPEG, tifffile.COMPRESSION.JPEG_2000_LOSSY)
"""Compressions that tifffile decodes to RGB."""


def one_sample(data: np.ndarray, axes: str, page: Any, *, numbers: bool) -> tuple[np.ndarray, str, bool]:
    """Pixels of one sample: grey, inverted grey, or numbers in a palette."""
    if numbers:
        return data, axes, False
    if page.photometric == PHOTOMETRIC.MINISWHITE and data.dtype.kind in "bu":
        return inverted(data, page.bitspersample), axes, False
    if page.photometric == PHOTOMETRIC.PALETTE and data.dtype.kind in "bu" and page.colormap is not None:
        palette = palette_bytes(page.colormap)
        if not is_ramp(palette):
            return palette.T[np.minimum(data, palette.shape[1] - 1, dtype=np.intp, casting="unsafe")], axes, True
    return data, axes, False


def inverted(data: np.ndarray, bits: int) -> np.ndarray:
    """Greys whose 0 is white, turned so that 0 is black."""
    if data.dtype.kind == "b":
        return ~data
    white = data.dtype.type((1 << min(bits, 8 * data.dtype.itemsize)) - 1)
    light: np.ndarray = np.subtract(white, data, dtype=data.dtype)
    return light


def palette_bytes(colormap: np.ndarray) -> np.ndarray:
    """A palette as (3, colors) uint8; TIFF stores 16 bits, old writers 8."""
    scale = 1 if int(colormap.max(initial=0)) < 256 else 257
    return (np.asarray(colormap) // scale).astype(np.uint8)


def is_ramp(palette: np.ndarray) -> bool:
    """Whether a palette only colors intensities: no channel ever falls, so that larger numbers are lighter.

    Examples
    --------
    >>> green = np.zeros((3, 256), np.uint8)
    >>> green[1] = np.arange(256)
    >>> is_ramp(green), is_ramp(green[:, ::-1]), is_ramp(green * 0)
    (True, False, False)
    """
    return bool((np.diff(palette.astype(int), axis=1) >= 0).all() and palette.max(initial=0) > palette.min(initial=0))


def colors_or_channels(samples: Samples, page: Any) -> Samples:
    """RGB where the file says so, or holds three samples; grey without its alpha; else each sample a channel."""
    count = samples.data.shape[-1]
    extra = tuple(page.extrasamples or ())
    alpha = bool(extra) and extra[-1] in ALPHA
    colored = page.photometric in (PHOTOMETRIC.RGB, PHOTOMETRIC.YCBCR)
    if count == 3 or (count == 4 and alpha):
        return replace(samples, rgb=True)
    if colored and count > 3:
        notice = f"{page.parent.filename}: {count - 3} samples beside red, green and blue are left out."
        return replace(samples, data=samples.data[..., :3], rgb=True, notices=(notice,))
    if count == 2 and alpha:
        return replace(samples, data=samples.data[..., 0])
    rows = samples.axes.index("Y") if "Y" in samples.axes else max(0, len(samples.axes) - 2)
    axes = samples.axes[:rows] + "C" + samples.axes[rows:]
    # A file with channels of its own keeps that name for them.
    named = axes if samples.axes.count("C") == 0 else samples.axes[:rows] + "Q" + samples.axes[rows:]
    return replace(samples, data=np.moveaxis(samples.data, -1, rows), axes=named)


def rgb_of_cmyk(inks: np.ndarray) -> np.ndarray:
    """RGB of cyan, magenta, yellow and black inks, (..., 4 or more) unsigned integers."""
    white = np.iinfo(inks.dtype).max if inks.dtype.kind == "u" else 1
    paper = white - inks[..., :4].astype(np.float32)
    return (paper[..., :3] * (paper[..., 3:4] / white)).round().astype(inks.dtype)


def rgb_of_ycbcr(pixels: np.ndarray) -> np.ndarray:
    """RGB of luma and two differences of color, 0-255 (ITU-R BT.601, as in JPEG)."""
    luma, blue, red = np.moveaxis(pixels.astype(np.float32), -1, 0)
    blue, red = blue - 128, red - 128
    rgb = np.stack([luma + 1.402 * red, luma - 0.344136 * blue - 0.714136 * red, luma + 1.772 * blue], axis=-1)
    return rgb.round().clip(0, 255).astype(np.uint8)
