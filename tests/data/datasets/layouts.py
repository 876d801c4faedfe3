"""Small data sets in the layouts in which the real ones are offered, odd cases included."""

from pathlib import Path

import imageio.v3 as iio
import nibabel
import numpy as np
import tifffile
from PIL import Image
from scipy.io import savemat

HEIGHT, WIDTH = 24, 32
RNG = np.random.default_rng(0)


def photograph(path: Path) -> None:
    """A color picture of noise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    iio.imwrite(path, RNG.integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8))


def mask(*objects: tuple[slice, slice, int]) -> np.ndarray:
    """Rectangles with values."""
    marks = np.zeros((HEIGHT, WIDTH), np.uint8)
    for rows, cols, value in objects:
        marks[rows, cols] = value
    return marks


def save(path: Path, marks: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    iio.imwrite(path, marks)


LEFT, RIGHT = (slice(2, 10), slice(2, 12)), (slice(4, 20), slice(18, 30))


def sstem(folder: Path) -> None:
    """Two mitochondria that touch at a corner are one; one section has none."""
    (folder / "raw").mkdir(parents=True)
    for index, marks in enumerate([mask((*LEFT, 255), (slice(10, 14), slice(12, 16), 255), (*RIGHT, 255)), mask()]):
        tifffile.imwrite(folder / "raw" / f"{index:02}.tif", RNG.integers(0, 255, (HEIGHT, WIDTH), dtype=np.uint8))
        save(folder / "mitochondria" / f"{index:02}.png", marks)


def grabcut(folder: Path) -> None:
    """A photograph whose object has a rim of 128."""
    photograph(folder / "data_GT" / "person.jpg")
    save(folder / "boundary_GT" / "person.bmp", mask((*RIGHT, 128), (slice(6, 18), slice(20, 28), 255)))


def berkeley(folder: Path) -> None:
    """Two files of one photograph, an object each."""
    for name, place in (("100", LEFT), ("100_2", RIGHT)):
        photograph(folder / "images" / f"{name}.jpg")
        save(folder / "masks" / f"{name}.png", mask((*place, 255)))


def davis(folder: Path) -> None:
    """A frame whose mask is stored in color."""
    photograph(folder / "img" / "bear_00001.jpg")
    save(folder / "gt" / "bear_00001.png", np.stack([mask(), mask((*LEFT, 128)), mask((*RIGHT, 64))], axis=-1))


def pascal_voc(folder: Path) -> None:
    """Instances in a palette, rims of 255, and a photograph that is not in the list."""
    for name in ("2007_000033", "2007_000042"):
        photograph(folder / "JPEGImages" / f"{name}.jpg")
    marks = mask((*LEFT, 1), (*RIGHT, 2), (slice(4, 5), slice(18, 30), 255))
    image = Image.frombytes("P", (WIDTH, HEIGHT), marks.tobytes())
    image.putpalette([0, 0, 0, 128, 0, 0, 0, 128, 0] + [0] * 756 + [224, 224, 192])
    (folder / "SegmentationObject").mkdir()
    image.save(folder / "SegmentationObject" / "2007_000033.png")
    (folder / "ImageSets" / "Segmentation").mkdir(parents=True)
    (folder / "ImageSets" / "Segmentation" / "val.txt").write_text("2007_000033\n")


def sbd(folder: Path) -> None:
    """Two photographs, one to learn from and one to evaluate on, with instances in MATLAB files."""
    for name, part, marks in (("a", "train", mask((*LEFT, 1))), ("b", "val", mask((*LEFT, 1), (*RIGHT, 2)))):
        photograph(folder / "img" / f"{name}.jpg")
        (folder / "inst").mkdir(exist_ok=True)
        savemat(
            folder / "inst" / f"{name}.mat", {"GTinst": {"Segmentation": marks, "Categories": np.array([[1], [2]])}}
        )
        (folder / f"{part}.txt").write_text(f"{name}\n")


def brats_slices(folder: Path) -> None:
    """A prepared slice with three labels that are one tumor."""
    photograph(folder / "image" / "001.png")
    save(folder / "annotation" / "001.png", mask((*LEFT, 1), (*RIGHT, 2), (slice(5, 8), slice(19, 24), 4)))


def oaizib_slices(folder: Path) -> None:
    """A prepared slice with both cartilages."""
    photograph(folder / "test" / "image" / "9001104_80.png")
    save(folder / "test" / "annotations" / "9001104_80.png", mask((*LEFT, 1), (*RIGHT, 2)))


def volume(path: Path, voxels: np.ndarray, affine: np.ndarray | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    nibabel.save(nibabel.Nifti1Image(voxels, np.diag([-1.0, -1.0, 1.0, 1.0]) if affine is None else affine), path)


def tumor() -> np.ndarray:
    """Labels (x, y, z) of a tumor that is largest on slice 3."""
    marks = np.zeros((WIDTH, HEIGHT, 5), np.uint8)
    marks[4:8, 4:8, 2] = 4
    marks[4:20, 4:12, 3] = 2
    marks[4:6, 4:6, 3] = 1
    return marks


def brats_volumes(folder: Path, pattern: str) -> None:
    """A case of the names of a year; `pattern` holds {} for modality or seg."""
    modalities = ("t1c", "t1n", "t2f", "t2w") if "-" in pattern else ("flair", "t1", "t1ce", "t2")
    case = pattern.split("{")[0].rstrip("_-")
    for number, name in enumerate(modalities):
        voxels = RNG.normal(100 * number, 10, (WIDTH, HEIGHT, 5)).astype(np.float32)
        volume(folder / case / f"{pattern.format(name)}.nii.gz", voxels)
    volume(folder / case / f"{pattern.format('seg')}.nii.gz", tumor())


def oaizib_volumes(folder: Path) -> None:
    """A knee with bones (1, 3), femoral (2) and both tibial cartilages (4, 5), largest on the fourth sagittal slice."""
    marks = np.zeros((6, HEIGHT, 10), np.uint8)
    marks[1:5, :12, :] = 1
    marks[3, 12:14, :] = 2
    marks[3, 16:18, :5], marks[3, 16:18, 5:] = 4, 5
    marks[2, 12, :] = 2
    volume(folder / "imagesTs" / "oaizib_001_0000.nii.gz", RNG.integers(0, 900, marks.shape).astype(np.int16))
    volume(folder / "labelsTs" / "oaizib_001.nii.gz", marks)
