"""Brains in magnetic resonance: real anatomy, every contrast, drawn lesions and tumours.

The anatomy is the ICBM 2009a template of the Montreal Neurological Institute, whose licence allows any use, copy and
change (Fonov et al., NeuroImage 54, 2011); the package `nilearn` carries it. Contrasts are drawn at random over maps of
tissue, an idea of Billot et al., SynthSeg, Medical Image Analysis 86, 2023.
"""

import gzip
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np

from napari_simpleclick.training.annotator.annotator_variation import drawn_by_hand
from napari_simpleclick.training.crops import DISTANT, random_crop
from napari_simpleclick.training.examples import Example
from napari_simpleclick.training.noise import Rng, smooth_noise
from napari_simpleclick.training.procedural.rendering import finish
from napari_simpleclick.training.procedural.shapes import patch
from napari_simpleclick.training.procedural.synthesis import CLOSE

TEMPLATE = "mni_icbm152_{}_tal_nlin_sym_09a_converted.nii.gz"
SHAPE = (197, 233, 189)
"""Voxels of the template, of 1 mm."""

HEADER = 352
"""Bytes of a NIfTI-1 file before the voxels."""

SMALLEST_LESION = 12
"""In pixels of the slice as drawn."""

RATED = 0.6
"""Chance that the target is as a person draws it."""

CONTRASTS = {
    "flair": ((0.05, 0.2), (0.4, 0.6), (0.5, 0.75)),
    "t1": ((0.1, 0.25), (0.65, 0.9), (0.4, 0.65)),
    "t2": ((0.8, 1.0), (0.3, 0.45), (0.4, 0.6)),
    "any": ((0.0, 1.0), (0.0, 1.0), (0.0, 1.0)),
}
"""Ranges of the means of liquor, white matter and grey matter."""


@dataclass(frozen=True)
class Brains:
    """Slices through a brain in random contrasts with random lesions.

    Parameters
    ----------
    folder
        Folder of the template's files.
    """

    folder: Path

    @classmethod
    def installed(cls) -> "Brains":
        """The template of the installed package `nilearn`, which is not imported.

        Raises
        ------
        FileNotFoundError
            If the package or the template is missing.
        """
        spec = find_spec("nilearn")
        folder = Path(spec.submodule_search_locations[0], "datasets", "data") if spec else None  # type: ignore[index]
        if folder is None or not (folder / TEMPLATE.format("wm")).is_file():
            raise FileNotFoundError(
                "Brains need the anatomy that the package nilearn carries, which is not installed. "
                "Run: pip install nilearn"
            )
        return cls(folder)

    @cached_property
    def tissues(self) -> np.ndarray:
        """(3, 189, 233, 197) float32: white matter, grey matter and the whole, in [0, 1], axes z, y, x."""
        white, grey, picture = (self.read(name) for name in ("wm", "gm", "t1"))
        return np.stack([white, grey, np.maximum(white + grey, (picture > 0).astype(np.float32))]).astype(np.float32)

    def read(self, name: str) -> np.ndarray:
        """One map, (189, 233, 197) float32 in [0, 1]."""
        data = gzip.decompress((self.folder / TEMPLATE.format(name)).read_bytes())
        voxels = np.frombuffer(data, np.uint8, offset=HEADER)
        return voxels.reshape(SHAPE[::-1]).astype(np.float32) / 255

    def example(self, rng: Rng, size: int) -> Example:
        """A slice of `size` x `size` pixels with a lesion, sometimes a tissue, to be outlined.

        Raises
        ------
        RuntimeError
            If 50 slices have no lesion that is large enough.
        """
        for _ in range(50):
            white, grey, whole = self.slice(rng)
            liquor = np.clip(whole - white - grey, 0, 1)
            lesions = draw_lesions(rng, white, liquor, whole)
            picture = paint(rng, white, grey, liquor, lesions)
            target = choose_target(rng, lesions, (white, grey, liquor))
            if target is None:
                continue
            if rng.random() < RATED:
                target = drawn_by_hand(rng, target)
            far = 9 * (3 if rng.random() < DISTANT else 1)
            if rng.random() < CLOSE:
                return Example(*random_crop(rng, picture, target, size, furthest=far))
            return Example(*whole_plane(picture, target, size))
        raise RuntimeError("No lesion in 50 slices. Check the template's files.")

    def slice(self, rng: Rng) -> np.ndarray:
        """A turned, stretched and warped slice, (3, side, side) float32."""
        axis = int(rng.choice(3, p=(0.6, 0.2, 0.2)))
        length = self.tissues.shape[1 + axis]
        maps = self.tissues.take(int(rng.uniform(0.15, 0.85) * length), axis=1 + axis)
        height, width = maps.shape[1:]
        side = int(rng.integers(150, 320))
        turn, scale = rng.normal(0, 0.15), side / rng.uniform(185, 260)
        stretch = np.diag(np.exp(rng.normal(0, 0.07, 2)))
        linear = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ stretch / scale
        if rng.random() < 0.5:
            linear[1] = -linear[1]
        rows, cols = np.mgrid[:side, :side].astype(np.float32) - side / 2
        bend = side * rng.uniform(0, 0.02)
        coarse = side // int(rng.integers(3, 8))
        x = linear[0, 0] * cols + linear[0, 1] * rows + width / 2 + bend * smooth_noise(rng, side, coarse)
        y = linear[1, 0] * cols + linear[1, 1] * rows + height / 2 + bend * smooth_noise(rng, side, coarse)
        drawn = [cv2.remap(m, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR) for m in maps]
        return np.stack(drawn)


def draw_lesions(rng: Rng, white: np.ndarray, liquor: np.ndarray, whole: np.ndarray) -> list[np.ndarray]:
    """Lesions of the white matter, often beside the ventricles; or a tumour with its shells, outermost first.

    Returns
    -------
    list of (side, side) bool
    """
    side = len(white)
    if rng.random() < 0.25:
        return draw_tumour(rng, whole, side)
    inside = (white > 0.5).astype(np.uint8)
    if inside.sum() < 60:
        return []
    distance = cv2.distanceTransform((liquor < 0.6).astype(np.uint8), cv2.DIST_L2, 3)
    near = np.exp(-distance / (side * 0.03))
    chances = (inside * (0.05 + near)).ravel()
    drawn = np.zeros((side, side), bool)
    for place in rng.choice(side * side, int(rng.integers(1, 16)), p=chances / chances.sum()):
        radius = side * 0.012 * 7 ** rng.random() ** 1.5
        drawn |= patch(rng, side, np.array([place % side, place // side], float), radius)
    if rng.random() < 0.5:  # confluent caps and bands along the ventricles, tapering to nothing
        width = side * rng.uniform(0.004, 0.02) * (1 + smooth_noise(rng, side, side // int(rng.integers(6, 20))))
        drawn |= (distance < width) & (white > 0.3)
    drawn &= (white + 0.5 * smooth_noise(rng, side, 4) > rng.uniform(-0.2, 0.5)) & (whole > 0.6)
    count, pieces = cv2.connectedComponents(drawn.astype(np.uint8), connectivity=4)
    return [piece for index in range(1, count) if (piece := pieces == index).sum() >= SMALLEST_LESION]


def draw_tumour(rng: Rng, brain: np.ndarray, side: int) -> list[np.ndarray]:
    """Oedema, tumour in it and necrosis in that, or only the outer of these, each (side, side) bool."""
    places = np.flatnonzero(brain > 0.6)
    if not places.size:
        return []
    place, radius = int(rng.choice(places)), side * rng.uniform(0.05, 0.16)
    shells: list[np.ndarray] = []
    for _ in range(int(rng.integers(1, 4))):
        centre = np.array([place % side, place // side]) + rng.normal(0, 0.15 * radius, 2)
        shell = patch(rng, side, centre, radius) & (brain > 0.6) & (shells[-1] if shells else True)
        if shell.sum() < SMALLEST_LESION:
            break
        shells.append(shell)
        radius *= rng.uniform(0.4, 0.75)
    return shells


def paint(rng: Rng, white: np.ndarray, grey: np.ndarray, liquor: np.ndarray, lesions: list[np.ndarray]) -> np.ndarray:
    """Intensities of a scan, (side, side, 3) uint8."""
    side = len(white)
    name = str(rng.choice(list(CONTRASTS), p=(0.5, 0.15, 0.2, 0.15)))
    means = [rng.uniform(*limits) for limits in CONTRASTS[name]]
    maps = (liquor, white, grey)
    texture = 1 + rng.uniform(0, 0.08) * smooth_noise(rng, side, int(rng.integers(2, 12)))
    picture = sum(mean * tissue for mean, tissue in zip(means, maps, strict=True)) * texture
    for lesion in lesions:
        bright = name != "t1" and rng.random() < 0.95
        base = means[1] + (1 if bright else -1) * rng.uniform(0.12, 0.5)
        uneven = 1 + rng.uniform(0, 0.12) * smooth_noise(rng, side, int(rng.integers(2, 10)))
        soft = cv2.GaussianBlur(lesion.astype(np.float32), (0, 0), rng.uniform(0.3, 1.3))
        picture = picture * (1 - soft) + soft * base * uneven
    picture = picture * np.exp(rng.uniform(0, 0.15) * np.clip(smooth_noise(rng, side, side // 2), -2, 2))
    if (blur := rng.uniform(0, 1.2)) > 0.3:
        picture = cv2.GaussianBlur(picture, (0, 0), blur)
    noise = rng.uniform(0, 0.05) * rng.standard_normal((2, side, side), dtype=np.float32)
    inside = (white + grey + liquor > 0.2) if rng.random() < 0.8 else 1.0  # most scans hold the brain alone
    return finish(rng, (np.hypot(picture + noise[0], noise[1]) * inside)[..., None])


def choose_target(rng: Rng, lesions: list[np.ndarray], tissues: tuple[np.ndarray, ...]) -> np.ndarray | None:
    """A lesion; in one of eight slices a piece of tissue, such as a ventricle."""
    if rng.random() < 0.125:
        tissue = tissues[int(rng.integers(len(tissues)))] > 0.5
        for lesion in lesions:
            tissue &= ~lesion
        _, pieces = cv2.connectedComponents(tissue.astype(np.uint8), connectivity=4)
        areas = np.bincount(pieces.ravel())[1:]
        large = np.flatnonzero(areas >= 100)
        return pieces == 1 + int(rng.choice(large)) if large.size else None
    return lesions[int(rng.integers(len(lesions)))] if lesions else None


def whole_plane(picture: np.ndarray, target: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """The whole slice as a first click on it sees it, `size` pixels wide."""
    mask = cv2.resize(target.astype(np.float32), (size, size), interpolation=cv2.INTER_LINEAR)
    return cv2.resize(picture, (size, size), interpolation=cv2.INTER_LINEAR), mask > 0.5
