"""What a click costs on planes of growing size: must stay the same, whatever the plane.

    python benchmarks/plane_size.py [model [engine]]

Every plane holds the same picture, repeated. The first click looks at the whole plane, the second at the object; both
times include painting the mask into a label volume. "around" is the time without the network. Medians of interleaved
repetitions; only ratios within one run mean anything.
"""

import statistics
import sys
from time import perf_counter

import numpy as np

from napari_simpleclick.clicks import Click
from napari_simpleclick.data.samples import sample_volume
from napari_simpleclick.data.volume import SliceView
from napari_simpleclick.inference.annotator import Annotator
from napari_simpleclick.inference.networks import choose_network
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.inference.repaint import repaint
from napari_simpleclick.model.weights import DEFAULT_MODEL, load_model

SIDES = (256, 512, 2048, 8192, 16384)
REPETITIONS = 11


class Timed:
    """Adds up the time that the network takes."""

    def __init__(self, model):
        self.seconds = 0.0
        self.model = model
        for name in ("encode", "decode"):
            setattr(model, name, self.wrap(getattr(model, name)))

    def wrap(self, function):
        """The function, its time added up."""

        def timed(*arguments):
            start = perf_counter()
            result = function(*arguments)
            self.seconds += perf_counter() - start
            return result

        return timed


def click_twice(predictor, network, plane, image, labels) -> list[tuple[float, float]]:
    """Seconds of two clicks: in all, and without the network."""
    annotator = Annotator(predictor)
    times = []
    for click in (Click(97, 136), Click(80, 130)):
        network.seconds, start = 0.0, perf_counter()
        repaint(plane.labels(labels), annotator.click(1, plane.key, image, click))
        elapsed = perf_counter() - start
        times.append((elapsed, elapsed - network.seconds))
    return times


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else DEFAULT_MODEL
    chosen = choose_network(load_model(name), engine=sys.argv[2] if len(sys.argv) > 2 else "auto")
    network = Timed(chosen.network)
    predictor = Predictor(chosen.network)
    section = sample_volume("em-like")[0].data[5]
    planes = {}
    for side in SIDES:
        data = np.tile(section, (side // 256, side // 256))[None]
        planes[side] = SliceView(data, (0, 0, 0), (1, 2)), np.zeros(data.shape, np.uint16)
    times = {side: [] for side in SIDES}
    for _ in range(REPETITIONS):
        for side, (plane, labels) in planes.items():
            times[side].append(click_twice(predictor, network, plane, plane.image(), labels))
    print(f"{name}, {chosen.engine}, median of {REPETITIONS}, ms and ratio to 512 x 512")
    print(f"{'side':>6} {'1st click':>16} {'1st, around':>16} {'2nd click':>16} {'2nd, around':>16}")
    middle = {
        side: [1000 * statistics.median(t[k][part] for t in runs) for k in (0, 1) for part in (0, 1)]
        for side, runs in times.items()
    }
    for side, values in middle.items():
        cells = (f"{value:8.1f} ({value / known:4.2f})" for value, known in zip(values, middle[512], strict=True))
        print(f"{side:>6} " + " ".join(f"{cell:>16}" for cell in cells))
    whole, around = middle[512][2:]
    print(f"around the network on 512 x 512: {100 * around / whole:.0f} % of the second click")


if __name__ == "__main__":
    main()
