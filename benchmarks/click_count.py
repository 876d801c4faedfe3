"""What the n-th click costs: must not grow with the clicks before it.

    python benchmarks/click_count.py [model [engine]]

One object gets 50 clicks, as from a user who goes on for ever. Medians over repetitions, in groups of ten clicks; the
ratio is to clicks 2 to 10 of the same run.
"""

import statistics
import sys
from time import perf_counter

import numpy as np

from napari_simpleclick.clicks import Click
from napari_simpleclick.data.samples import sample_volume
from napari_simpleclick.inference.engines.selection import select_network
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.inference.session import ClickSession
from napari_simpleclick.model.weights import DEFAULT_MODEL, load_model

CLICKS, REPETITIONS = 50, 7


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else DEFAULT_MODEL
    chosen = select_network(load_model(name), engine=sys.argv[2] if len(sys.argv) > 2 else "auto")
    predictor = Predictor(chosen.network)
    image = sample_volume("em-like")[0].plane(5).image()
    rng = np.random.default_rng(0)
    times: list[list[float]] = []
    for _ in range(REPETITIONS):
        session = ClickSession(predictor, image)
        times.append(
            [timed(session, Click(*rng.integers(60, 140, 2).tolist(), bool(k % 2 == 0))) for k in range(CLICKS)]
        )
    columns = [1000 * statistics.median(column) for column in zip(*times, strict=True)]
    known = statistics.median(columns[1:10])
    print(f"{name}, {chosen.engine}, median of {REPETITIONS}")
    for start, stop in ((1, 10), (10, 20), (20, 30), (30, 40), (40, 50)):
        value = statistics.median(columns[start:stop])
        print(f"clicks {start + 1:>2} to {stop}: {value:6.1f} ms ({value / known:4.2f} x)")


def timed(session: ClickSession, click: Click) -> float:
    """Seconds of a click and its mask."""
    start = perf_counter()
    session.click(click).object_mask()
    return perf_counter() - start


if __name__ == "__main__":
    main()
