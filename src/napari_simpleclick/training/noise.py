"""Chance, and noise that is smooth."""

import cv2
import numpy as np

Rng = np.random.Generator


def smooth_noise(rng: Rng, size: int, scale: int) -> np.ndarray:
    """Gaussian noise with features of about `scale` pixels, mean 0, deviation near 1, (size, size) float32.

    Parameters
    ----------
    rng
        Source of chance.
    size
        Side of the result in pixels.
    scale
        Size of the features in pixels; less than 1 counts as 1.
    """
    coarse = rng.standard_normal((size // max(scale, 1) + 3,) * 2, dtype=np.float32)
    wide = cv2.resize(coarse, None, fx=max(scale, 1), fy=max(scale, 1), interpolation=cv2.INTER_CUBIC)
    top, left = rng.integers(0, max(wide.shape[0] - size, 0) + 1, 2)
    cut = wide[top : top + size, left : left + size]
    return np.asarray(cut / (cut.std() + 1e-3))
