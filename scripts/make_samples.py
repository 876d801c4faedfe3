"""Make the sample volumes inside the package: a crop of a real MR volume, and an EM-like stack drawn by chance.

    python scripts/make_samples.py PATH_TO_ms_lesions

The MR volume is patient 19 of Lesjak et al. 2017 (CC BY); see samples/LICENSES.md. The stack is drawn from a seed.
"""

import sys
from pathlib import Path

import nibabel
import numpy as np
import tifffile
from scipy.ndimage import gaussian_filter, label, zoom
from scipy.spatial import cKDTree

SAMPLES = Path(__file__).parents[1] / "src" / "napari_simpleclick" / "samples"
SHAPE = (10, 256, 256)


def crop_lesions(folder: Path) -> None:
    """A box around the largest lesions, 8-bit, with the source's geometry."""
    flair = nibabel.load(folder / "patient19" / "patient19_flair.nii.gz")
    lesions = nibabel.load(folder / "patient19" / "patient19_seg.nii.gz")
    mask = np.asarray(lesions.dataobj) > 0
    centre_z = int(np.argmax(mask.sum(axis=(0, 1))))
    box = (slice(27, 155), slice(35, 185), slice(centre_z - 12, centre_z + 12))
    grey = np.asarray(flair.dataobj)[box]
    low, high = np.percentile(grey, (1, 99.7))
    shown = np.rint(np.clip((grey - low) / (high - low), 0, 1) * 255).astype(np.uint8)
    affine = flair.slicer[box].affine
    nibabel.save(nibabel.Nifti1Image(shown, affine), SAMPLES / "ms_lesion.nii.gz")
    nibabel.save(nibabel.Nifti1Image(mask[box].astype(np.uint8), affine), SAMPLES / "ms_lesion_labels.nii.gz")


def smooth(rng: np.random.Generator, sigma: tuple[float, ...], shape: tuple[int, ...] = SHAPE) -> np.ndarray:
    """Smooth noise of deviation 1."""
    noise = gaussian_filter(rng.standard_normal(shape), sigma, mode="wrap")
    return noise / noise.std()


def whole_sections(inside: np.ndarray) -> float:
    """Part of an object's sections on which it is in one piece; 0 if it is on fewer than four sections."""
    pieces = [label(section)[1] for section in inside if section.any()]
    return np.mean(np.equal(pieces, 1)) if len(pieces) > 3 else 0.0


def draw_stack(seed: int = 7) -> tuple[np.ndarray, np.ndarray]:
    """Cells with membranes, mitochondria with cristae that go on through the sections, vesicles, noise."""
    rng = np.random.default_rng(seed)
    depth, height, width = SHAPE
    z, y, x = np.mgrid[:depth, :height, :width].astype(float)
    y += 6 * smooth(rng, (2, 18, 18))
    x += 6 * smooth(rng, (2, 18, 18))
    points = np.stack([z * 5, y, x], axis=-1)
    sites = rng.uniform((-10, -20, -20), (60, height + 20, width + 20), (80, 3))
    distance, cell = cKDTree(sites).query(points, k=2)
    border = distance[..., 1] - distance[..., 0]
    picture = 0.62 + 0.05 * rng.standard_normal(80)[cell[..., 0]] + 0.035 * smooth(rng, (0.4, 1.4, 1.4))
    labels = np.zeros(SHAPE, np.uint8)
    number = 0
    while number < 11:
        centre = rng.uniform((0, 20, 20), (depth * 5, height - 20, width - 20))
        drift, turn = rng.uniform(-0.6, 0.6, 2), rng.uniform(0, np.pi)
        row = y - centre[1] - drift[0] * (points[..., 0] - centre[0])
        col = x - centre[2] - drift[1] * (points[..., 0] - centre[0])
        along, across = row * np.cos(turn) + col * np.sin(turn), col * np.cos(turn) - row * np.sin(turn)
        long, short = rng.uniform(20, 36), rng.uniform(10, 16)
        radius = np.sqrt((along / long) ** 2 + (across / short) ** 2 + ((points[..., 0] - centre[0]) / 34) ** 2)
        inside = radius < 1
        if labels[radius < 1.25].any() or whole_sections(inside) < 1:
            continue
        number += 1
        labels[inside] = number
        cristae = np.sin(along / rng.uniform(1.1, 1.6) + 2 * smooth(rng, (1, 6, 6)))
        picture = np.where(inside, 0.47 + 0.07 * cristae, picture)
        border = np.where(radius < 1.12, np.minimum(np.abs(radius - 1) * short * 1.1, 99), border)
    for spot in rng.uniform((0, 0, 0), SHAPE, (160, 3)):
        ring = np.hypot(y - spot[1], x - spot[2])
        picture -= 0.22 * np.exp(-((ring - 3) ** 2) / 1.2) * (np.abs(z - spot[0]) < 0.7) * (labels == 0)
    picture -= 0.42 * np.exp(-((border / 2.0) ** 2))
    picture = gaussian_filter(picture, (0, 0.8, 0.8)) + 0.02 * smooth(rng, (0, 60, 60))
    coarse = zoom(rng.standard_normal((depth, height // 2, width // 2)), (1, 2, 2), order=1)
    picture += 0.05 * rng.standard_normal(SHAPE) + 0.03 * coarse
    return np.rint(np.clip(picture / 0.9, 0, 1) * 255).astype(np.uint8), labels


def main() -> None:
    SAMPLES.mkdir(exist_ok=True)
    crop_lesions(Path(sys.argv[1]))
    picture, labels = draw_stack()
    metadata = {"axes": "ZYX", "spacing": 50.0, "unit": "nm"}
    for name, stack in (("em_like.tif", picture), ("em_like_labels.tif", labels)):
        tifffile.imwrite(
            SAMPLES / name, stack, imagej=True, resolution=(1 / 5, 1 / 5), metadata=metadata, compression="zlib"
        )


if __name__ == "__main__":
    main()
