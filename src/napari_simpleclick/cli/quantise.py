"""`napari-simpleclick quantise`: make a model faster in int8, and offer that only if its masks stay as good."""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import tyro
from rich.console import Console
from rich.progress import track

from napari_simpleclick.cli.eval_choices import DataSettings, dataset_choices
from napari_simpleclick.evaluation.protocol import MOST_CLICKS
from napari_simpleclick.ranges import Range, require_ranges

if TYPE_CHECKING:
    import numpy as np

    from napari_simpleclick.data.datasets.base import Sample
    from napari_simpleclick.inference.predictor import Predictor
    from napari_simpleclick.model.simpleclick import SimpleClick

PICTURE_SIDE = 448
"""Side of the procedural pictures in pixels."""

SEED = 8
"""Of the procedural pictures."""


@dataclass(frozen=True)
class QuantiseSettings:
    """Quantise a model on procedural pictures, compare its masks with those of float32, and keep int8 if it is as good.

    The objects are those of the bundled samples and as many procedural ones, or of the data that you name.
    """

    data: tyro.conf.OmitArgPrefixes[DataSettings] = field(default_factory=DataSettings)
    model: str | None = None
    """Name or file of the model; the bundled one by default."""
    calibration_pictures: Annotated[int, Range(1)] = 24
    """Procedural pictures to calibrate with; each gets three clicks."""
    objects: Annotated[int, Range(1)] = 40
    """Objects to compare masks on, at most."""
    clicks: Annotated[int, Range(2, MOST_CLICKS)] = 10
    """Clicks per object, at least two: the first one also computes the features of the image and is not timed."""


def run_quantise(settings: QuantiseSettings, console: Console) -> None:
    """Quantise, compare, keep and tell.

    Raises
    ------
    ValueError
        If the data that was named holds no object.
    """
    from napari_simpleclick.inference.engines.openvino_graphs import compiled_network
    from napari_simpleclick.inference.engines.quantisation import LARGEST_LOSS, Int8Result, keep_result, quantise
    from napari_simpleclick.inference.predictor import Predictor
    from napari_simpleclick.model.weights import DEFAULT_MODEL, load_model

    require_ranges(settings)
    name = settings.model or DEFAULT_MODEL
    model = load_model(name)
    objects = list(validation_objects(settings))
    if not objects:
        raise ValueError("Expected objects to compare masks on, the data that was named holds none. Name other data.")
    console.print(f"Calibrating {name} with {settings.calibration_pictures} procedural pictures …")
    folder = quantise(model, calibration_inputs(model, settings.calibration_pictures))
    exact = Predictor(compiled_network(model, precision="f32"))
    other = Predictor(compiled_network(model, precision="auto"))
    small = Predictor(compiled_network(model, precision="int8"))
    scores = compare((exact, other, small), objects, settings.clicks)
    result = Int8Result(
        miou_float32=100 * statistics.fmean(scores.ious[0]),
        miou_int8=100 * statistics.fmean(scores.ious[2]),
        objects=len(objects),
        clicks=settings.clicks,
        other_ms=1000 * statistics.median(scores.seconds[1]),
        int8_ms=1000 * statistics.median(scores.seconds[2]),
    )
    keep_result(folder, result)
    console.print(
        f"{result.objects} objects, {result.clicks} clicks each: mean IoU float32 {result.miou_float32:.2f} %, int8 "
        f"{result.miou_int8:.2f} % (loses {result.loss:+.2f}, allowed {LARGEST_LOSS}); a click takes "
        f"{result.int8_ms:.0f} ms, {result.other_ms:.0f} ms in {other.network.precision}.",  # type: ignore[attr-defined]
        soft_wrap=True,
    )
    console.print(
        "int8 is used from now on." if result.offered else "int8 is not used: ask for it with --precision int8.",
        soft_wrap=True,
    )


@dataclass(frozen=True)
class Scores:
    """By predictor: last IoU of each object, and seconds of each click after the first."""

    ious: list[list[float]]
    seconds: list[list[float]]


def compare(predictors: "tuple[Predictor, ...]", objects: "list[tuple[Sample, int]]", clicks: int) -> Scores:
    """Click every object with every predictor."""
    from napari_simpleclick.evaluation.evaluate import evaluate_object
    from napari_simpleclick.evaluation.protocol import EvaluationProtocol

    scores = Scores([[] for _ in predictors], [[] for _ in predictors])
    for sample, object_id in track(objects, "Comparing"):
        for predictor, ious, seconds in zip(predictors, scores.ious, scores.seconds, strict=True):
            result = evaluate_object(predictor, sample, object_id, EvaluationProtocol(clicks))
            ious.append(result.ious[-1])
            seconds.extend(result.seconds[1:])
    return scores


def calibration_inputs(model: "SimpleClick", pictures: int) -> list[tuple[Any, ...]]:
    """What the decoder gets when the robot user clicks procedural pictures three times."""
    from napari_simpleclick.evaluation.users.robot_user import next_click
    from napari_simpleclick.inference.engines.quantisation import Recorder
    from napari_simpleclick.inference.predictor import Predictor
    from napari_simpleclick.inference.session import ClickSession

    recorder = Recorder(model)
    for image, target in procedural(range(pictures)):
        session = ClickSession(Predictor(recorder), image)
        mask = target & False
        for _ in range(3):
            mask = session.click(next_click(mask, target, session.clicks)).mask()
    return recorder.inputs


def procedural(numbers: range) -> "Iterator[tuple[np.ndarray, np.ndarray]]":
    """Pictures with the object to be outlined, by number.

    Raises
    ------
    ModuleNotFoundError
        If what makes the pictures is not installed; says how to get it.
    """
    import numpy as np

    try:
        from napari_simpleclick.training.procedural.synthesis import Synthesis
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f'{error.name} is missing: pip install "napari-simpleclick[int8]"') from error
    for number in numbers:
        example = Synthesis().example(np.random.default_rng((SEED, number)), PICTURE_SIDE)
        yield example.image, example.target


def validation_objects(settings: QuantiseSettings) -> "Iterator[tuple[Sample, int]]":
    """Objects that were not calibrated with, spread over the pictures."""
    import numpy as np

    from napari_simpleclick.data.datasets.base import Sample

    found: list[tuple[Sample, int]] = []
    for choice in dataset_choices(settings.data):
        dataset = choice.open()
        samples = (dataset[index] for index in spread(len(dataset), settings.objects))
        found.extend((sample, object_id) for sample in samples for object_id in sample.object_ids)
    if settings.data == DataSettings():
        later = range(settings.calibration_pictures, settings.calibration_pictures + settings.objects // 2)
        for number, (image, target) in zip(later, procedural(later), strict=True):
            found.append((Sample(f"procedural {number}", image, target.astype(np.uint8), (1,)), 1))
    yield from (found[place] for place in spread(len(found), settings.objects))


def spread(count: int, most: int) -> list[int]:
    """At most `most` of the numbers below `count`, evenly.

    Examples
    --------
    >>> spread(10, 4), spread(2, 4)
    ([0, 3, 6, 9], [0, 1])
    """
    if count <= most or most == 1:
        return list(range(min(count, most)))
    return [round(place * (count - 1) / (most - 1)) for place in range(most)]
