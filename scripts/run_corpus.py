"""Every volume of a folder, such as nibabel's test data: reader, one click, writer, reader; prints what came of each.

    python scripts/run_corpus.py FOLDER

A click sets one pixel, so no network is needed. Files are read, refused by an error of ours, or end in a foreign
exception, which is a fault; what was written is compared by nibabel alone. Ends with status 1 if there are faults.
"""

import argparse
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import nibabel
import numpy as np

from napari_simpleclick.annotation.annotator import Annotator
from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.data.io import NIFTI, read_volume
from napari_simpleclick.data.pictures import PICTURES, TIFF
from napari_simpleclick.data.saving import save_mask
from napari_simpleclick.data.volume import Volume
from napari_simpleclick.inference.prediction import Prediction


class Pixel:
    """Answers with the pixel that was clicked last."""

    def predict(self, image, clicks, previous=None, *, view=None):
        """A mask of one pixel."""
        row, col = int(clicks[-1].row), int(clicks[-1].col)
        return Prediction.from_patch((Box(row, row + 1, col, col + 1), np.ones((1, 1), bool)), image.shape[:2])


def clicked(volume: Volume) -> np.ndarray:
    """Labels with one object, the pixel in the middle."""
    middle = tuple(size // 2 for size in volume.shape)
    axis = max(0, len(volume.shape) - 3)
    plane = volume.plane(middle[axis], axis)
    row, col = plane.to_plane(middle)
    annotator = Annotator(Pixel())
    annotator.click(1, plane.key, plane.image(), Click(int(row), int(col)))
    labels = np.zeros(volume.shape, np.uint8)
    box, mask = annotator.sessions[1, plane.key].prediction.object_mask()
    plane.paste(mask, box, labels, 1)
    return labels


def outcome(path: Path, folder: Path) -> str:
    """What became of a file."""
    try:
        volume = read_volume(path)
        labels = clicked(volume)
        written = save_mask(folder / "m.nii.gz", labels, volume)
        again = read_volume(written)
    except Exception as error:
        ours = type(error).__module__.startswith("napari_simpleclick")
        return f"{'refused' if ours else 'FOREIGN'} {type(error).__name__}: {str(error)[:160]}"
    if not np.array_equal(np.asarray(again.data), labels):
        return "FAULT: the mask came back changed"
    if path.name.lower().endswith(NIFTI):
        first, second = nibabel.load(path), nibabel.load(written)
        if first.shape != second.shape or not np.array_equal(first.affine, second.affine, equal_nan=True):
            return "FAULT: the mask lies elsewhere"
    return "read"


def files(folder: Path) -> Iterator[Path]:
    """Files that our readers know by their names."""
    yield from (path for path in sorted(folder.rglob("*")) if path.name.lower().endswith(NIFTI + TIFF + PICTURES))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    warnings.simplefilter("ignore")
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as scratch:
        for path in files(parser.parse_args().folder):
            found = outcome(path, Path(scratch))
            counts[found.split(" ")[0].rstrip(":")] += 1
            print(f"{path.name}: {found}")
    print(dict(counts))
    return int(bool(counts["FOREIGN"] or counts["FAULT"]))


if __name__ == "__main__":
    sys.exit(main())
