"""Time of an evaluation against the same network driven as published: one click at a time, torch, float32, all anew.

Every object is clicked both ways, one after the other, so that other work on the machine weighs on both. The log keeps
what was measured: the same command goes on where it was interrupted.

python benchmarks/evaluation_throughput.py DIR --objects 60 --log throughput.jsonl [--precision bf16]
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import numpy as np

from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.data.datasets.options import DatasetOptions
from napari_simpleclick.data.datasets.registry import open_dataset
from napari_simpleclick.evaluation.evaluate import evaluate_object
from napari_simpleclick.evaluation.predictors import PredictorChoice
from napari_simpleclick.evaluation.protocol import EvaluationProtocol
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.inference.predictor_settings import PredictorSettings
from napari_simpleclick.inference.resample import Plane
from napari_simpleclick.model.weights import DEFAULT_MODEL, load_model


class OneClickAtATime:
    """The whole network for every click."""

    def __init__(self, model: str) -> None:
        self.model = load_model(model)

    def predict(
        self, image: Plane, clicks: Sequence[Click], previous: Prediction | None = None, *, view: Box | None = None
    ) -> Prediction:
        """See `Predictor.predict`."""
        return Predictor(self.model, flip=True).predict(image, clicks, previous, view=view)


def main() -> None:
    settings = read_settings()
    choice = PredictorChoice(
        settings=PredictorSettings(
            model=settings.model,
            engine=settings.engine,
            precision=settings.precision,
            flip=True,
            device="cpu",
            threads=settings.threads,
        )
    )
    ways = {"published": OneClickAtATime(choice.name), choice.provenance()["engine"]: choice.create()}
    lines = [json.loads(line) for line in settings.log.read_text().splitlines()] if settings.log.exists() else []
    dataset = open_dataset("ssTEM", settings.folder, DatasetOptions())
    protocol = EvaluationProtocol(settings.clicks)
    done = {tuple(line["object"]) for line in lines}
    samples = [dataset[picture] for picture in range(len(dataset))]
    objects = [(picture, label) for picture, sample in enumerate(samples) for label in sample.object_ids]
    for picture, label in objects[:: max(1, len(objects) // settings.objects)][: settings.objects]:
        if (picture, label) in done:
            continue
        line: dict = {"object": [picture, label]}
        for name, predictor in ways.items():
            start = perf_counter()
            result = evaluate_object(predictor, samples[picture], label, protocol)
            line[name] = {"seconds": perf_counter() - start, "ious": result.ious}
        lines.append(line)
        with settings.log.open("a") as file:
            file.write(json.dumps(line) + "\n")
    summarize(lines, list(ways))


def read_settings() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="ssTEM, published layout")
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--objects", type=int, default=60)
    parser.add_argument("--clicks", type=int, default=20)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--threads", type=int, default=None, help="of both ways")
    return parser.parse_args()


def summarize(lines: list[dict], names: list[str]) -> None:
    seconds = {name: sum(line[name]["seconds"] for line in lines) for name in names}
    curves = {name: np.array([line[name]["ious"] for line in lines]) for name in names}
    first, second = names
    print(f"{len(lines)} objects x {curves[first].shape[1]} clicks")
    for name in names:
        print(f"{name}: {seconds[name]:.1f} s, {1000 * seconds[name] / curves[name].size:.1f} ms per click")
    print(f"ratio {seconds[first] / seconds[second]:.2f}")
    for count in (1, 3, 5, 10, 20):
        if count <= curves[first].shape[1]:
            values = [curves[name][:, count - 1] for name in names]
            difference = values[1] - values[0]
            spread = difference.std() / np.sqrt(len(lines))
            print(
                f"mIoU@{count}: {values[0].mean():.4f} {values[1].mean():.4f} difference {difference.mean():+.4f} "
                f"(standard error {spread:.4f})"
            )
    drift = curves[second].mean() - curves[first].mean()
    print(f"mean over all clicks: difference {drift:+.4f}")


if __name__ == "__main__":
    main()
