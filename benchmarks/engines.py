"""A click through the whole predictor, by engine: float32 torch as published, float32 torch, OpenVINO.

    python benchmarks/engines.py [model ...]

"first" is a click in a new region, "next" one in the same region, where the image's features are kept. Medians of
interleaved repetitions in one run; the ratio is to float32 torch without mirror averaging, first click.
"""

import statistics
import sys
from time import perf_counter

import torch

from napari_simpleclick.clicks import Click
from napari_simpleclick.data.samples import sample_volume
from napari_simpleclick.inference.networks import choose_network
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.model.weights import DEFAULT_MODEL, load_model

REPETITIONS = 15
CLICKS = [Click(97, 136), Click(80, 130)]


def milliseconds(predictor: Predictor, image) -> tuple[float, float]:
    """Of a first click and of a next one in the same region."""
    start = perf_counter()
    first = predictor.predict(image, CLICKS[:1])
    middle = perf_counter()
    predictor.predict(image, CLICKS[:1], first)
    second = perf_counter()
    predictor.predict(image, CLICKS, first)
    return 1000 * (middle - start), 1000 * (perf_counter() - second)


def main() -> None:
    plane = sample_volume("em-like")[0].plane(5)
    for name in sys.argv[1:] or [DEFAULT_MODEL]:
        model = load_model(name)
        predictors = {"torch float32, mirrored": Predictor(model, flip=True), "torch float32": Predictor(model)}
        chosen = choose_network(model)
        if chosen.network is not model:
            mirrored = choose_network(model, batch=2)
            predictors[f"{chosen.engine}, mirrored"] = Predictor(mirrored.network, flip=True)
            predictors[chosen.engine] = Predictor(chosen.network)
        times = {label: [] for label in predictors}
        for _ in range(REPETITIONS):
            for label, predictor in predictors.items():
                times[label].append(milliseconds(predictor, plane.image()))
        middle = {
            label: [statistics.median(column) for column in zip(*runs, strict=True)] for label, runs in times.items()
        }
        known = middle["torch float32"][0]
        print(f"{name}, {torch.get_num_threads()} threads of torch, median of {REPETITIONS}")
        for label, (first, again) in middle.items():
            speed = f"first {first:7.1f} ms ({known / first:5.2f} x), next {again:7.1f} ms ({known / again:5.2f} x)"
            print(f"{label:>28}: {speed}")


if __name__ == "__main__":
    main()
