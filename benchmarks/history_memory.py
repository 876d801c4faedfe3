"""Memory and disk of the history: clicks on many objects, and what the process takes as they add up.

Usage: python benchmarks/history_memory.py [clicks] [--network] [--in-memory]

`RssAnon` is what the system cannot take back without swapping; `RssFile` are pages of files, among them those that
hold the maps of the history, which it can. "Disk" are the temporary files, which have no name any more. Clicks are
answered with noise, so that the history is measured and no network; with --network by the bundled one. With
--in-memory the maps are kept where they are, for comparison. Linux only.
"""

import os
import stat
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np

from napari_simpleclick.annotation.annotator import Annotator
from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.data.samples import sample_volume
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.model.weights import load_model

CLICKS_PER_OBJECT = 10


def taken() -> dict[str, int]:
    """Resident memory of this process by kind and its temporary files in MB, and its open files."""
    lines = [line.split() for line in Path("/proc/self/status").read_text().splitlines()]
    memory = {line[0].rstrip(":"): int(line[1]) // 1024 for line in lines if line[0] in ("RssAnon:", "RssFile:")}
    files = []
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            files.append(os.stat(int(name)))
    disk = {file.st_ino: file.st_blocks * 512 for file in files if stat.S_ISREG(file.st_mode) and not file.st_nlink}
    return memory | {"Disk": sum(disk.values()) >> 20, "Open files": len(files)}


class InMemory:
    """Keeps maps where they are."""

    many = False

    def keep(self, prediction: Prediction) -> Prediction:
        """The same prediction."""
        return prediction


class Noise:
    """Answers with another map every time."""

    def __init__(self) -> None:
        self.random = np.random.default_rng(0)

    def predict(self, image, clicks, previous=None, *, view=None) -> Prediction:
        """Noise below the threshold, and a square around the click."""
        values = self.random.random((448, 448), np.float32) / 3
        values[200:220, 200:220] += 0.6
        height, width = image.shape[:2]
        return Prediction(values, Box(0, height, 0, width), (height, width))


def main() -> None:
    count = next((int(word) for word in sys.argv[1:] if word.isdigit()), 5000)
    volume, _ = sample_volume("em-like")
    planes = [volume.plane(index) for index in range(volume.shape[0])]
    annotator = Annotator(Predictor(load_model()) if "--network" in sys.argv else Noise())
    if "--in-memory" in sys.argv:
        annotator.maps = InMemory()
    random = np.random.default_rng(0)
    for number in range(count + 1):
        plane = planes[number // CLICKS_PER_OBJECT % len(planes)]
        row, col = random.integers(0, plane.shape)
        click = Click(int(row), int(col), positive=bool(random.integers(2)))
        annotator.click(1 + number // (CLICKS_PER_OBJECT * len(planes)), plane.key, plane.image(), click)
        if number % (count // 5) == 0:
            print(f"{number:5} clicks: " + ", ".join(f"{kind} {value}" for kind, value in taken().items()), flush=True)


if __name__ == "__main__":
    main()
