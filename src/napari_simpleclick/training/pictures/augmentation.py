"""How pictures of one kind vary: photographs keep their upright colours, medical pictures and microscopy do not."""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from napari_simpleclick.training.examples import Example
from napari_simpleclick.training.noise import Rng, smooth_noise

Kind = Literal["any", "photo", "medical", "microscopy"]
"""What a source shows."""


@dataclass(frozen=True, slots=True)
class Variation:
    """Chances and strengths of the changes; strengths are standard deviations or largest values in parts of the range.

    Parameters
    ----------
    turned
        Chance of quarter turns.
    inverted, grey
        Chances of an inverted and of a colourless picture.
    gamma
        Deviation of the logarithm of gamma.
    gain, offset
        Largest relative change of contrast and of brightness.
    tint
        Largest shift of a colour channel.
    bias
        Chance of a bias field.
    noise, softened, compressed
        Chances of noise, of lost resolution, and of JPEG artefacts.
    """

    turned: float
    inverted: float
    grey: float
    gamma: float
    gain: tuple[float, float]
    offset: float
    tint: float
    bias: float = 0.0
    noise: float = 0.4
    softened: float = 0.0
    compressed: float = 0.0


VARIATIONS: dict[Kind, Variation] = {
    "any": Variation(turned=1, inverted=0.2, grey=0.2, gamma=0.35, gain=(0.7, 1.15), offset=0.08, tint=0.08),
    "photo": Variation(
        turned=0.08,
        inverted=0,
        grey=0.08,
        gamma=0.25,
        gain=(0.7, 1.2),
        offset=0.1,
        tint=0.06,
        noise=0.2,
        softened=0.2,
        compressed=0.3,
    ),
    "medical": Variation(
        turned=0.8,
        inverted=0.12,
        grey=0,
        gamma=0.4,
        gain=(0.6, 1.2),
        offset=0.1,
        tint=0.02,
        bias=0.3,
        softened=0.3,
        compressed=0.15,
    ),
    "microscopy": Variation(
        turned=1,
        inverted=0.2,
        grey=0.2,
        gamma=0.35,
        gain=(0.6, 1.2),
        offset=0.1,
        tint=0.1,
        bias=0.15,
        softened=0.3,
        compressed=0.15,
    ),
}


def vary(rng: Rng, example: Example, kind: Kind = "any") -> Example:
    """A picture and what is outlined in it as the same thing may look another time.

    Parameters
    ----------
    rng
        Source of chance.
    example
        The picture as it is.
    kind
        What the picture shows, which tells what may vary.
    """
    how = VARIATIONS[kind]
    turns = int(rng.integers(4)) if rng.random() < how.turned else 0
    step = -1 if rng.random() < 0.5 else 1

    def turned(maps: np.ndarray) -> np.ndarray:
        return np.ascontiguousarray(np.rot90(maps, turns)[:, ::step])

    picture = turned(example.image).astype(np.float32) / 255
    shown = np.ascontiguousarray(compressed(rng, as_bytes(recoloured(rng, picture, how)), how))
    labels = None if example.labels is None else turned(example.labels)
    return Example(shown, turned(example.target), labels)


def recoloured(rng: Rng, picture: np.ndarray, how: Variation) -> np.ndarray:
    """Intensities in [0, 1], (size, size, 3), after another exposure, detector and optics."""
    size = len(picture)
    if rng.random() < how.grey:
        picture = np.repeat(picture.mean(axis=-1, keepdims=True), 3, axis=-1)
    if rng.random() < how.inverted:
        picture = 1 - picture
    picture = np.clip(picture, 0, 1) ** np.exp(rng.normal(0, how.gamma))
    picture = picture * rng.uniform(*how.gain) + rng.uniform(-how.offset, how.offset)
    if rng.random() < 0.5:
        picture = picture + rng.uniform(-how.tint, how.tint, 3)
    if rng.random() < how.bias:
        field = np.clip(smooth_noise(rng, size, int(size / rng.uniform(1, 3))), -2, 2)
        picture = picture * np.exp(rng.uniform(0, 0.2) * field)[..., None]
    if rng.random() < how.softened:
        picture = lower_resolution(picture.astype(np.float32), rng.uniform(1, 3))
    if rng.random() < how.noise:
        picture = picture + rng.uniform(0, 0.06) * rng.standard_normal((size, size, 1), dtype=np.float32)
    return np.asarray(picture)


def lower_resolution(picture: np.ndarray, factor: float) -> np.ndarray:
    """A picture (size, size, 3) float32 as if it had been taken with `factor` times fewer pixels per side."""
    size = len(picture)
    side = max(24, round(size / factor))
    small = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (size, size), interpolation=cv2.INTER_LINEAR))


def as_bytes(picture: np.ndarray) -> np.ndarray:
    """Intensities in [0, 1] as uint8."""
    return np.asarray(np.round(np.clip(picture, 0, 1) * 255), np.uint8)


def compressed(rng: Rng, picture: np.ndarray, how: Variation) -> np.ndarray:
    """A picture (size, size, 3) uint8, by chance with JPEG artefacts."""
    if rng.random() >= how.compressed:
        return picture
    quality = int(rng.integers(25, 90))
    _, encoded = cv2.imencode(".jpg", np.ascontiguousarray(picture), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR))
