"""The default click in the window against the published way: time and mIoU@10 on the same objects.

    python benchmarks/interactive_click.py --nuclei DIR --lesions VOLUME LABELS [--model NAME] [--objects 30]

Published: float32 torch with mirror averaging and published regions, the head resizing before it multiplies. Default:
what the window runs.
Objects are a regular subset; of nuclei those of every tenth picture, which training leaves out. Times are medians over
all clicks of one run, interleaved object by object; the mask at the size of the plane is included. "shown before" is a
first click on a picture that the window had shown for a moment, so that its features were prepared.

As on a processor with AVX2 only, on one that has more: ONEDNN_MAX_CPU_ISA=AVX2 ATEN_CPU_CAPABILITY=avx2
MKL_ENABLE_INSTRUCTIONS=AVX2 in the environment, and --precision f32.
"""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter
from types import MethodType
from typing import Annotated

import numpy as np
import torch
import torch.nn.functional as F
import tyro

from napari_simpleclick.clicks import Click
from napari_simpleclick.data.datasets.base import Sample
from napari_simpleclick.data.datasets.options import DatasetOptions
from napari_simpleclick.evaluation.evaluate import evaluate_object
from napari_simpleclick.evaluation.job import DatasetChoice
from napari_simpleclick.evaluation.protocol import EvaluationProtocol
from napari_simpleclick.inference.engines.network import Precision
from napari_simpleclick.inference.engines.selection import select_network
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.inference.recipe import PUBLISHED
from napari_simpleclick.model.registry import ARCHITECTURES, create_model
from napari_simpleclick.model.simpleclick import SimpleClick
from napari_simpleclick.model.weights import DEFAULT_MODEL, load_model


@dataclass(frozen=True)
class Benchmark:
    """What is measured."""

    nuclei: Path | None = None
    """Folder with images/ and labels/; every tenth picture is used."""
    lesions: tuple[Path, Path] | None = None
    """A volume and its labels; axial slices."""
    model: Annotated[tuple[str, ...], tyro.conf.arg(aliases=["-m"])] = (DEFAULT_MODEL,)
    """Models; an architecture gets random weights, and only its times mean anything."""
    precision: Precision = "auto"
    """Of the default."""
    int8: bool = False
    """Also the quantised network."""
    draft: bool = False
    """Also inputs of 224 pixels."""
    objects: int = 30
    """Objects of each data set."""
    clicks: int = 10
    """Clicks per object."""


def main() -> None:
    benchmark = tyro.cli(Benchmark)
    samples = dict(data_sets(benchmark))
    for name in benchmark.model:
        predictors = ways(name, benchmark)
        for data, objects in samples.items():
            print(
                f"{name}, {data}, {len(objects)} objects, {benchmark.clicks} clicks, {torch.get_num_threads()} threads"
            )
            compare(predictors, objects, EvaluationProtocol(benchmark.clicks))


def ways(name: str, benchmark: Benchmark) -> dict[str, Predictor]:
    """Predictors of one model, the published way first."""
    model = open_model(name)
    default = select_network(model, precision=benchmark.precision)
    found = {
        "published: torch float32, mirror": Predictor(resizing_first(open_model(name)), flip=True, recipe=PUBLISHED),
        "torch float32, mirror": Predictor(model, flip=True),
        "torch float32": Predictor(model),
        f"{default.engine} (default)": Predictor(default.network),
    }
    if benchmark.int8:
        found["OpenVINO int8"] = Predictor(select_network(model, precision="int8").network)
    if benchmark.draft:
        small = select_network(model, size=224)
        found[f"{small.engine}, 224 px"] = Predictor(small.network, size=224)
    return found


def open_model(name: str) -> SimpleClick:
    """A model, or an architecture with random weights."""
    torch.manual_seed(0)
    return create_model(name) if name in ARCHITECTURES else load_model(name)


def resizing_first(model: SimpleClick) -> SimpleClick:
    """The same network with its head computed as published: resize, concatenate, multiply."""

    def forward(head, maps):
        size = maps[0].shape[-2:]
        projected = [conv(scale) for conv, scale in zip(head.convs, maps, strict=True)]
        resized = [F.interpolate(part, size=size, mode="bilinear", align_corners=False) for part in projected]
        return head.conv_seg(head.dropout(head.fusion_conv(torch.cat(resized, dim=1))))

    model.head.forward = MethodType(forward, model.head)
    return model


def data_sets(benchmark: Benchmark) -> Iterator[tuple[str, list[tuple[Sample, int]]]]:
    """Names, and objects as samples with the label that is clicked."""
    if benchmark.nuclei is not None:
        choice = DatasetChoice(
            "nuclei",
            options=DatasetOptions(min_size=100),
            images=benchmark.nuclei / "images",
            labels=benchmark.nuclei / "labels",
        )
        dataset = choice.open()
        yield "nuclei (validation)", spread(dataset, range(0, len(dataset), 10), benchmark.objects)
    if benchmark.lesions is not None:
        image, labels = benchmark.lesions
        options = DatasetOptions(min_size=30, axis="axial", slice_rule="all")
        dataset = DatasetChoice("lesions", options=options, images=image, labels=labels).open()
        yield "MS lesions", spread(dataset, range(len(dataset)), benchmark.objects)


def spread(dataset, pictures: range, count: int) -> list[tuple[Sample, int]]:
    """`count` objects, as even as can be over the pictures."""
    places = np.unique(np.linspace(0, len(pictures) - 1, count).round().astype(int))
    samples = (sample for sample in (dataset[pictures[place]] for place in places) if sample.object_ids)
    return list(islice(((sample, sample.object_ids[len(sample.object_ids) // 2]) for sample in samples), count))


def compare(predictors: dict[str, Predictor], objects, protocol: EvaluationProtocol) -> None:
    """Print time and mean IoU of each way, and their relation to the first."""
    curves, first, shown, following = ({label: [] for label in predictors} for _ in range(4))
    for sample, object_id in objects:
        for label, predictor in predictors.items():
            result = evaluate_object(predictor, sample, object_id, protocol)
            curves[label].append(result.ious)
            first[label].append(result.seconds[0])
            following[label].extend(result.seconds[1:])
            shown[label].append(prepared_click(predictor, sample, result.clicks[0]))
    known = None
    for label in predictors:
        opening, prepared, rest = (1000 * statistics.median(times[label]) for times in (first, shown, following))
        every = 1000 * statistics.median([*first[label], *following[label]])
        means = 100 * np.mean(curves[label], axis=0)
        known = known or (every, means[-1])
        scores = ", ".join(f"@{k} {means[k - 1]:.1f}" for k in (1, 3, 5, 10) if k <= len(means))
        times = f"first {opening:6.1f}, shown before {prepared:6.1f}, next {rest:6.1f}, all {every:6.1f} ms"
        gain = means[-1] - known[1]
        print(f"{label:>33}: {times} ({known[0] / every:5.2f} x); mIoU {scores} ({gain:+.2f})")


def prepared_click(predictor: Predictor, sample: Sample, click: Click) -> float:
    """Seconds of a first click on a picture that was prepared."""
    predictor.prepare(sample.image)
    start = perf_counter()
    predictor.predict(sample.image, [click]).mask()
    return perf_counter() - start


if __name__ == "__main__":
    main()
