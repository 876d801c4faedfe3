"""A click through the whole predictor, by engine: float32 torch as published, our float32 torch, OpenVINO.

    python benchmarks/engines.py [--int8] [model or architecture ...]

An architecture gets random weights. With --int8 the decoder is also quantised, in a folder that is removed afterwards,
whether or not its masks are good: see `napari-simpleclick quantise` for that.

"first" is a click in a new region, "next" one in the same region, where the image's features are kept. Medians of
interleaved repetitions in one run. Ratios, of first and of next clicks: to the published form of the network (its head
resizes before it multiplies, and nothing is kept, so that every click is a first one), and like for like to ours; both
in float32 torch without mirror averaging.
"""

import statistics
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import torch
from interactive_click import open_model, resizing_first

from napari_simpleclick.cli.quantise import calibration_inputs
from napari_simpleclick.clicks import Click
from napari_simpleclick.data.samples import sample_volume
from napari_simpleclick.inference.engines.openvino_graphs import compiled_network
from napari_simpleclick.inference.engines.openvino_network import OpenVinoNetwork
from napari_simpleclick.inference.engines.quantisation import quantise
from napari_simpleclick.inference.engines.selection import select_network
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.model.weights import DEFAULT_MODEL

REPETITIONS = 15
CALIBRATION_PICTURES = 2
PUBLISHED, PLAIN = "torch float32 as published", "torch float32"
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


def in_int8(model) -> OpenVinoNetwork:
    """The network with a decoder that is quantised now; speed does not depend on how well it is calibrated."""
    with tempfile.TemporaryDirectory() as folder:
        quantise(model, calibration_inputs(model, CALIBRATION_PICTURES), cache=Path(folder))
        return compiled_network(model, precision="int8", cache=Path(folder))


def main() -> None:
    plane = sample_volume("em-like")[0].plane(5)
    for name in [argument for argument in sys.argv[1:] if argument != "--int8"] or [DEFAULT_MODEL]:
        model = open_model(name)
        predictors = {
            PUBLISHED: Predictor(resizing_first(open_model(name))),
            "torch float32, mirrored": Predictor(model, flip=True),
            PLAIN: Predictor(model),
        }
        chosen = select_network(model)
        if chosen.engine.startswith("OpenVINO"):
            mirrored = select_network(model, batch=2)
            predictors[f"{chosen.engine}, mirrored"] = Predictor(mirrored.network, flip=True)
            predictors[chosen.engine] = Predictor(chosen.network)
        if "--int8" in sys.argv:
            predictors["OpenVINO int8"] = Predictor(in_int8(model))
        times = {label: [] for label in predictors}
        for _ in range(REPETITIONS):
            for label, predictor in predictors.items():
                times[label].append(milliseconds(predictor, plane.image()))
        middle = {
            label: [statistics.median(column) for column in zip(*runs, strict=True)] for label, runs in times.items()
        }
        published, plain = middle[PUBLISHED][0], middle[PLAIN]
        print(f"{name}, {torch.get_num_threads()} threads of torch, median of {REPETITIONS}")
        for label, (first, again) in middle.items():
            print(
                f"{label:>28}: first {first:6.1f} ms ({published / first:5.2f} x published, {plain[0] / first:4.2f} x "
                f"ours), next {again:6.1f} ms ({published / again:5.2f} x, {plain[1] / again:4.2f} x)"
            )


if __name__ == "__main__":
    main()
