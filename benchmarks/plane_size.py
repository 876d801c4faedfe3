"""What a click costs on planes of growing size: must stay the same, whatever the plane.

    python benchmarks/plane_size.py [model [engine]]

Every plane holds the same picture, repeated; times include painting the mask into a label volume. "around" is the time
without the network. Two ways of looking:

- the whole plane: the first click looks at all of it. What is found grows with the plane, and so does the second
  region, up to 16384 pixels by a factor of ten: objects of more pixels are read, found and painted.
- zoomed in: the window shows 512 x 512 pixels, wherever the plane ends, so the object is the same on every plane.

"shown before" is a first click after the window had shown the slice for a moment, so that its features were prepared.
"second" may move the region, whose pixels are then read anew; "third" lies beside it, in the same region.
Medians of interleaved repetitions, and minima of the processor's time, which other work disturbs less; only ratios
within one run mean anything.
"""

import sys
from time import perf_counter, process_time

import numpy as np

from napari_simpleclick.annotation.annotator import Annotator
from napari_simpleclick.annotation.label_painting import paint_changes
from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.data.plane import SliceView
from napari_simpleclick.data.samples import sample_volume
from napari_simpleclick.inference.engines.selection import select_network
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.model.weights import DEFAULT_MODEL, load_model

SIDES = (256, 512, 2048, 8192, 16384)
REPETITIONS = 15
CLICKS = (Click(97, 136), Click(80, 130), Click(81, 131))
VIEWS = {"the whole plane": None, "zoomed in": Box(0, 512, 0, 512)}
NAMES, PARTS = ("first", "shown before", "second", "third"), ("click", "around")


class Timed:
    """Adds up the time that the network takes, of the clock and of the processor."""

    def __init__(self, model):
        self.spent = np.zeros(2)
        self.model = model
        for name in ("encode", "decode"):
            setattr(model, name, self.wrap(getattr(model, name)))

    def wrap(self, function):
        """The function, its time added up."""

        def timed(*arguments):
            start = now()
            result = function(*arguments)
            self.spent += now() - start
            return result

        return timed


def now() -> np.ndarray:
    """Seconds of the clock, and of this process on the processor."""
    return np.array([perf_counter(), process_time()])


def measure(fresh, prepared, network, plane, labels, view) -> np.ndarray:
    """(4, 2, 2) the clicks of `NAMES`; in all and around the network; both clocks."""
    times = []
    for predictor, asked in ((fresh, CLICKS[:1]), (prepared, CLICKS)):
        annotator, image = Annotator(predictor), plane.image()
        if predictor is prepared:
            predictor.prepare(image, view=view)
        for click in asked:
            network.spent[:] = 0
            start = now()
            painted = paint_changes(plane.labels(labels), annotator.click(1, plane.key, image, click, view=view))
            elapsed = now() - start
            times.append((elapsed, elapsed - network.spent))
        if painted is not None:
            plane.labels(labels)[painted.slices] = 0
    return np.array(times)


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else DEFAULT_MODEL
    chosen = select_network(load_model(name), engine=sys.argv[2] if len(sys.argv) > 2 else "auto")
    network = Timed(chosen.network)
    fresh, prepared = Predictor(chosen.network), Predictor(chosen.network)
    section = sample_volume("em-like")[0].data[5]
    planes = {}
    for side in SIDES:
        data = np.tile(section, (side // 256, side // 256))[None]
        planes[side] = SliceView(data, (0, 0, 0), (1, 2)), np.zeros(data.shape, np.uint16)
    print(f"{name}, {chosen.engine}, {REPETITIONS} repetitions, ms and ratio to 512 x 512")
    for way, view in VIEWS.items():
        times = {side: [] for side in SIDES}
        for _ in range(REPETITIONS):
            for side, (plane, labels) in planes.items():
                times[side].append(measure(fresh, prepared, network, plane, labels, view))
        print(way)
        report(times)


def report(times) -> None:
    """Print clicks in all and around the network, and the share of what is around it."""
    middle = {side: 1000 * np.median(runs, axis=0) for side, runs in times.items()}
    least = {side: 1000 * np.min(runs, axis=0) for side, runs in times.items()}
    columns = [(part, click) for part in (0, 1) for click in range(len(NAMES))]
    print(f"{'':>22}" + "".join(f"{PARTS[part] + ', ' + NAMES[click]:>23}" for part, click in columns))
    for label, found, clock in (("median", middle, 0), ("processor, least", least, 1)):
        for side, values in found.items():
            cells = [(values[click, part, clock], found[512][click, part, clock]) for part, click in columns]
            line = "".join(f"{value:14.1f} ({value / known:5.2f} x)" for value, known in cells)
            print(f"{label:>16} {side:>5}{line}")
    whole, around = middle[512][-1, :, 0]
    print(f"around the network on 512 x 512: {100 * around / whole:.0f} % of the third click")


if __name__ == "__main__":
    main()
