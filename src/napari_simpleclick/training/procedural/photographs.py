"""Textures from real photographs: those that scikit-image carries and that are in the public domain."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import skimage.data

from napari_simpleclick.training.noise import Rng

PHOTOGRAPHS = (
    "brick.png",
    "grass.png",
    "gravel.png",
    "camera.png",
    "chelsea.png",
    "coffee.png",
    "retina.jpg",
    "rocket.jpg",
    "astronaut.png",
    "hubble_deep_field.jpg",
    "moon.png",
)
"""CC0 1.0, or works of NASA, by the documentation of `skimage.data`."""


@cache
def photograph(name: str) -> np.ndarray:
    """One of `PHOTOGRAPHS` in grey, (height, width) float32 in [0, 1].

    Raises
    ------
    FileNotFoundError
        If scikit-image is too old to carry it.
    """
    picture = cv2.imread(str(Path(skimage.data.__file__).parent / name), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise FileNotFoundError(f"scikit-image carries no {name}. Install scikit-image 0.25 or newer.")
    return np.asarray(picture, np.float32) / 255


def photograph_texture(rng: Rng, size: int) -> np.ndarray:
    """A piece of a photograph at a random scale and turn as a field of mean 0 and deviation near 1, (size, size)."""
    picture = photograph(PHOTOGRAPHS[int(rng.integers(len(PHOTOGRAPHS)))])
    side = int(rng.integers(64, min(picture.shape) + 1))
    top, left = (int(rng.integers(0, length - side + 1)) for length in picture.shape)
    piece = np.rot90(picture[top : top + side, left : left + side], int(rng.integers(4)))
    field = cv2.resize(piece, (size, size), interpolation=cv2.INTER_LINEAR if side < size else cv2.INTER_AREA)
    window = 1 + int(size * np.exp(rng.uniform(np.log(0.1), 0)))
    field = field - cv2.blur(field, (window, window))
    return np.asarray(np.clip(field / (field.std() + 0.02), -3, 3), np.float32)
