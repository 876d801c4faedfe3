"""Milliseconds of a click on a CUDA GPU, for the four published sizes and the bundled model, batch 1.

    python benchmarks/gpu.py [--compile] [--clicks 30] [model or architecture ...]

An architecture gets random weights; its speed does not depend on them. "network" is the network alone, from an array on
the processor to an array there; "click" is a click through the whole predictor, on a plane of the bundled sample. Each
for a first click, which computes image features too, and for a next one in the same region. The published code computes
everything for every click, so its figure is that of a first click, in float32, kernel by kernel ("eager"); the paper's
are for an NVIDIA A6000. Medians of interleaved repetitions in one run.
"""

import statistics
import sys
import time
from collections import defaultdict

import numpy as np
import torch

from napari_simpleclick.clicks import Click
from napari_simpleclick.data.samples import sample_volume
from napari_simpleclick.inference.engines.cuda_network import CudaNetwork
from napari_simpleclick.inference.engines.network import Network, disagreement, fixed_input, trial_answer
from napari_simpleclick.inference.engines.torch_network import TorchNetwork
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.model.registry import ARCHITECTURES, create_model
from napari_simpleclick.model.simpleclick import SimpleClick
from napari_simpleclick.model.weights import DEFAULT_MODEL, load_model

PAPER_MS = {"vit_xtiny_448": 29, "vit_base_448": 54, "vit_large_448": 86, "vit_huge_448": 132}
"""Seconds per click of the paper's table of efficiency, times 1000."""
SIZE = 448
CLICKS = [Click(97, 136), Click(80, 130)]


def open_model(name: str) -> SimpleClick:
    """A model by name, or an architecture with random weights, made on the GPU."""
    if name not in ARCHITECTURES:
        return load_model(name)
    torch.manual_seed(0)
    with torch.device("cuda"):
        return create_model(name)


def networks(model: SimpleClick, batch: int, *, compiled: bool) -> dict[str, Network]:
    """The ways to compute a model that are compared."""
    found: dict[str, Network] = {
        "float32, eager": TorchNetwork(model, "cuda"),
        "float16, graph": CudaNetwork(model, "cuda", torch.float16, size=SIZE, batch=batch),
    }
    if compiled:
        original = SimpleClick.coarse_logits
        SimpleClick.coarse_logits = torch.compile(original)
        try:
            start = time.perf_counter()
            found["float16, compiled, graph"] = CudaNetwork(model, "cuda", torch.float16, size=SIZE, batch=batch)
            print(f"  compiled in {time.perf_counter() - start:.0f} s")
        finally:
            SimpleClick.coarse_logits = original
    return found


def network_times(network: Network, image: np.ndarray, guidance: np.ndarray) -> dict[str, float]:
    """Milliseconds of the network alone."""
    start = time.perf_counter()
    features = network.encode(image)
    network.decode(features, guidance)
    middle = time.perf_counter()
    network.decode(features, guidance)
    end = time.perf_counter()
    return {"network first": 1000 * (middle - start), "network next": 1000 * (end - middle)}


def click_times(predictor: Predictor, plane: np.ndarray) -> dict[str, float]:
    """Milliseconds of a click through the whole predictor."""
    start = time.perf_counter()
    first = predictor.predict(plane, CLICKS[:1])
    middle = time.perf_counter()
    predictor.predict(plane, CLICKS[:1], first)
    second = time.perf_counter()
    predictor.predict(plane, CLICKS, first)
    return {"click first": 1000 * (middle - start), "click next": 1000 * (time.perf_counter() - second)}


def measure(name: str, *, flip: bool, clicks: int, compiled: bool) -> None:
    """Print the figures of one model with or without averaging of mirror images."""
    batch = 2 if flip else 1
    plane = sample_volume("em-like")[0].plane(5).image()
    found = networks(open_model(name).eval(), batch, compiled=compiled)
    image, guidance = fixed_input(size=SIZE, batch=batch)
    expected = trial_answer(found["float32, eager"], size=SIZE, batch=batch)
    times: dict[str, dict[str, list[float]]] = {label: defaultdict(list) for label in found}
    predictors = {label: Predictor(network, flip=flip) for label, network in found.items()}
    for repetition in range(clicks + 5):
        for label, network in found.items():
            measured = network_times(network, image, guidance) | click_times(predictors[label], plane)
            for key, value in measured.items():
                if repetition >= 5:
                    times[label][key].append(value)
    paper = f"paper, A6000: {PAPER_MS[name]} ms" if name in PAPER_MS else ""
    print(f"{name}, mirror {'on' if flip else 'off'}, median of {clicks} {paper}")
    for label, network in found.items():
        columns = ", ".join(f"{key} {statistics.median(values):.2f}" for key, values in times[label].items())
        print(f"  {label:>24}: {columns} ms; differs by {disagreement(expected, network):.5f}", flush=True)


def main() -> None:
    arguments = sys.argv[1:]
    compiled = "--compile" in arguments
    clicks = int(arguments[arguments.index("--clicks") + 1]) if "--clicks" in arguments else 30
    names = [word for word in arguments if not word.startswith("--") and not word.isdigit()]
    if not torch.cuda.is_available():
        sys.exit("Expected a CUDA GPU that torch can use, found none. benchmarks/engines.py measures processors.")
    print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}")
    for name in names or [DEFAULT_MODEL, *PAPER_MS]:
        for flip in (False,) if compiled else (False, True):
            measure(name, flip=flip, clicks=clicks, compiled=compiled)
            torch.cuda.empty_cache()


if __name__ == "__main__":
    main()
