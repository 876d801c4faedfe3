"""Memory of the history: clicks on one object with the bundled network, and what the process takes as they add up.

Usage: python benchmarks/history_memory.py [clicks] [--in-memory]

`RssAnon` is what the system cannot take back without swapping; `RssFile` are pages of files, among them those that
hold the maps of the history, which it can. With --in-memory the maps are kept as before, for comparison. Linux only.
"""

import sys
from pathlib import Path

import numpy as np
from napari_simpleclick.annotation.workspace.annotator import Annotator

from napari_simpleclick.clicks import Click
from napari_simpleclick.data.samples import sample_volume
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.model.weights import load_model


def megabytes() -> dict[str, int]:
    """Resident memory of this process by kind."""
    lines = [line.split() for line in Path("/proc/self/status").read_text().splitlines()]
    return {line[0].rstrip(":"): int(line[1]) // 1024 for line in lines if line[0] in ("RssAnon:", "RssFile:")}


class InMemory:
    """Keeps maps where they are."""

    def keep(self, prediction: Prediction) -> Prediction:
        """The same prediction."""
        return prediction


def main() -> None:
    count = next((int(word) for word in sys.argv[1:] if word.isdigit()), 1000)
    volume, _ = sample_volume("em-like")
    plane = volume.plane(4)
    image = plane.image()
    annotator = Annotator(Predictor(load_model()))
    if "--in-memory" in sys.argv:
        annotator.maps = InMemory()
    random = np.random.default_rng(0)
    for number in range(count + 1):
        row, col = random.integers(0, plane.shape)
        annotator.click(1, plane.key, image, Click(int(row), int(col), positive=bool(random.integers(2))))
        if number % (count // 4) == 0:
            print(f"{number:5} clicks: " + ", ".join(f"{kind} {value} MB" for kind, value in megabytes().items()))


if __name__ == "__main__":
    main()
