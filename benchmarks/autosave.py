"""What saving costs: `python benchmarks/autosave.py`.

Two hundred objects, each on ten slices with two clicks. Compares writing the whole session, as a save on demand does,
with adding one click to the file, as the save of every second does, and with finding that nothing changed.
"""

import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np

from napari_simpleclick.annotation.annotator import Annotator
from napari_simpleclick.annotation.session_files.recorder import SessionRecorder
from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.plugin.sessions.journal import Journal

OBJECTS, SLICES, CLICKS = 200, 10, 2
SIDE = 1024


class Disk:
    """Answers with a disk of 15 pixels around the newest click, as a network's map would show it."""

    def predict(self, image, clicks, previous=None, *, view=None):
        """The disk."""
        row, col = round(clicks[-1].row), round(clicks[-1].col)
        roi = Box(row - 20, row + 21, col - 20, col + 21)
        rows, cols = np.mgrid[-20:20:112j, -20:20:112j]
        small = (1 / (1 + np.exp(np.hypot(rows, cols) - 15))).astype(np.float32)
        return Prediction(small, roi, (SIDE, SIDE))


def annotated() -> Annotator:
    annotator, image = Annotator(Disk()), np.zeros((SIDE, SIDE, 3), np.uint8)
    for number in range(OBJECTS):
        row, col = 40 + 45 * (number // 20), 40 + 45 * (number % 20)
        for place in range(SLICES):
            for shift in range(CLICKS):
                annotator.click(number + 1, ((1, 2), place, None, None), image, Click(row + shift, col))
    return annotator


def timed(act) -> float:
    start = perf_counter()
    act()
    return 1000 * (perf_counter() - start)


def main() -> None:
    annotator = annotated()
    image = np.zeros((SIDE, SIDE, 3), np.uint8)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "work.simpleclick.json"
        journal = Journal(path, SessionRecorder(annotator))
        first = timed(lambda: journal.save({}))
        whole = path.stat().st_size
        nothing = [timed(lambda: journal.save({})) for _ in range(20)]
        added, sizes = [], []
        for number in range(20):
            annotator.click(1, ((1, 2), 0, None, None), image, Click(60 + number, 60))
            before = path.stat().st_size
            added.append(timed(lambda: journal.save({})))
            sizes.append(path.stat().st_size - before)
        again = timed(lambda: journal.whole({}))
    print(f"{OBJECTS} objects, {OBJECTS * SLICES} masks, {OBJECTS * SLICES * CLICKS} clicks with their history")
    print(f"whole session, first time     {first:8.1f} ms  {whole / 1e3:8.1f} kB")
    print(f"whole session, later          {again:8.1f} ms")
    print(f"one click added               {np.median(added):8.1f} ms  {np.median(sizes) / 1e3:8.1f} kB")
    print(f"nothing changed               {np.median(nothing):8.1f} ms")


if __name__ == "__main__":
    main()
