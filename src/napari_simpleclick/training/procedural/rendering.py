"""From regions to a picture: intensities and textures, membranes, optics, detector, display."""

import cv2
import numpy as np

from napari_simpleclick.training.noise import Rng, smooth_noise
from napari_simpleclick.training.procedural.photographs import photograph_texture
from napari_simpleclick.training.procedural.shapes import Scene
from napari_simpleclick.training.procedural.styles import Style


def render(rng: Rng, scene: Scene, style: Style) -> np.ndarray:
    """Give every region its intensity and texture, then borders, optics and noise; (size, size, 3) uint8.

    Parameters
    ----------
    rng
        Source of chance.
    scene
        The regions.
    style
        How such pictures look.
    """
    size = scene.labels.shape[0]
    coloured = rng.random() < style.colour
    picture = paint_regions(rng, scene, style, channels=3 if coloured else 1)
    picture = draw_membranes(rng, scene, style, picture)
    bias = np.clip(smooth_noise(rng, size, int(size / rng.uniform(1, 3))), -2, 2)
    picture = picture * np.exp(rng.uniform(*style.bias) / 2 * bias)[..., None]
    picture = acquire(rng, picture, style)
    return finish(rng, picture)


def paint_regions(rng: Rng, scene: Scene, style: Style, *, channels: int) -> np.ndarray:
    """Mean and texture of every region, (size, size, channels) float32 around 0.5."""
    size, count = scene.labels.shape[0], len(scene.parents)
    spread = rng.uniform(*style.contrast)
    palette = 0.5 + spread * rng.standard_normal((int(rng.integers(2, 7)), channels))
    means = palette[rng.integers(0, len(palette), count)] + 0.15 * spread * rng.standard_normal((count, channels))
    textures = np.stack([texture(rng, size, style) for _ in range(3)])
    kind = rng.integers(0, len(textures), count)
    # Faint regions get faint textures: most objects should be hard to outline, few impossible to see.
    faint = 0.3 + 0.7 * spread / style.contrast[1]
    strength = faint * rng.uniform(*style.texture) * rng.uniform(0.2, 1.5, count)
    if rng.random() < style.alike:
        offset = rng.choice((-1.0, 1.0)) * rng.uniform(0.7, 2.0) * spread * rng.uniform(0.3, 1.0, channels)
        shared = 0.5 + offset
        means[scene.objects] = shared + 0.1 * spread * rng.standard_normal((len(scene.objects), channels))
        kind[scene.objects] = 0
        strength[scene.objects] = faint * rng.uniform(*style.texture)
    chosen = np.take_along_axis(textures, kind[scene.labels][None], axis=0)[0]
    tint = 1 if channels == 1 else rng.uniform(0.5, 1.5, channels)
    return np.asarray(means[scene.labels] + (strength[scene.labels] * chosen)[..., None] * tint, np.float32)


def texture(rng: Rng, size: int, style: Style) -> np.ndarray:
    """A field of deviation near 1: stripes, a photograph, smooth noise of two scales, or speckle, (size, size)."""
    if rng.random() < style.stripes:
        rows, cols = np.mgrid[:size, :size].astype(np.float32)
        turn, period = rng.uniform(0, np.pi), rng.uniform(3.5, 14) * size / 160
        phase = (np.cos(turn) * rows + np.sin(turn) * cols) / max(period, 2.5)
        phase += rng.uniform(0.1, 0.8) * smooth_noise(rng, size, int(size / rng.uniform(4, 12)))
        return np.asarray(np.sin(2 * np.pi * phase), np.float32)
    if rng.random() < style.photograph:
        return photograph_texture(rng, size)
    fine = smooth_noise(rng, size, int(rng.integers(1, 6)))
    coarse = smooth_noise(rng, size, int(rng.integers(4, 24)))
    if rng.random() < 0.25:
        return (fine > rng.uniform(0.5, 1.8)).astype(np.float32) * 3
    return np.asarray(fine + rng.uniform(0, 1) * coarse)


def draw_membranes(rng: Rng, scene: Scene, style: Style, picture: np.ndarray) -> np.ndarray:
    """Lines along borders: dark or bright, of varying width, all of them or those of the objects only."""
    if rng.random() >= style.membrane:
        return picture
    labels = scene.labels.astype(np.float32)
    border = cv2.morphologyEx(labels, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    if scene.objects and rng.random() < 0.25:
        border &= cv2.dilate(np.isin(scene.labels, scene.objects).astype(np.uint8), np.ones((3, 3))) > 0
    line = border.astype(np.float32)
    width = int(rng.integers(1, 4))
    if width > 1:
        line = cv2.dilate(line, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width)))
    line = cv2.GaussianBlur(line, (0, 0), rng.uniform(0.4, 1.2))
    line *= np.clip(1 + rng.uniform(0, 0.5) * smooth_noise(rng, line.shape[0], int(rng.integers(8, 40))), 0, 1.5)
    sign = -1 if rng.random() < style.dark_membrane else 1
    return np.asarray(picture + sign * rng.uniform(0.1, 0.45) * line[..., None])


def acquire(rng: Rng, picture: np.ndarray, style: Style) -> np.ndarray:
    """Optics and detector, often at a lower resolution than shown, as when a small region is enlarged."""
    size, channels = picture.shape[0], picture.shape[2]
    if rng.random() < 0.7:
        side = max(24, round(size / rng.uniform(1, 3)))
        picture = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA).reshape(side, side, channels)
    sigma = rng.uniform(*style.blur)
    if sigma > 0.25:
        picture = cv2.GaussianBlur(picture, (0, 0), sigma).reshape(picture.shape)
    picture = picture + detector_noise(rng, picture, rng.uniform(*style.noise))
    if picture.shape[0] != size:
        picture = cv2.resize(picture, (size, size), interpolation=cv2.INTER_LINEAR).reshape(size, size, channels)
    return np.asarray(picture)


def detector_noise(rng: Rng, picture: np.ndarray, strength: float) -> np.ndarray:
    """White, correlated, signal-dependent or multiplicative noise of the picture's shape.

    Parameters
    ----------
    rng
        Source of chance.
    picture
        (size, size, channels) float32 near 0.5.
    strength
        Standard deviation of white noise, in the picture's unit.
    """
    white = rng.standard_normal(picture.shape, dtype=np.float32) * strength
    kind = rng.random()
    if kind < 0.4:
        return white
    if kind < 0.6:
        return np.asarray(cv2.GaussianBlur(white, (0, 0), rng.uniform(0.5, 1.5)).reshape(picture.shape) * 2)
    if kind < 0.8:
        return np.asarray(white * np.sqrt(np.clip(picture, 0.02, 2)) * 1.4)
    return np.asarray(white * picture * 2)


def finish(rng: Rng, picture: np.ndarray) -> np.ndarray:
    """Window, gamma, sometimes inverted, as uint8 RGB; some pictures do not fill the range of intensities."""
    low, high = np.percentile(picture[::3, ::3], (rng.uniform(0, 3), rng.uniform(97, 100)))
    picture = np.clip((picture - low) / (high - low + 1e-3), 0, 1) ** np.exp(rng.normal(0, 0.35))
    if rng.random() < 0.15:
        picture = 1 - picture
    black, white = rng.uniform(0, 0.25) * (rng.random() < 0.4), 1 - rng.uniform(0, 0.4) * (rng.random() < 0.4)
    shown = np.round((black + picture * (white - black)) * 255).astype(np.uint8)
    return np.repeat(shown, 3, axis=-1) if shown.shape[2] == 1 else shown
