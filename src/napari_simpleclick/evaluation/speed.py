"""Measure a model on this machine: times of clicks, memory, share of the processor's peak, agreement with float32."""

import gc
import statistics
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from time import perf_counter

import numpy as np
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from napari_simpleclick.data.samples import sample_volume
from napari_simpleclick.evaluation.click_times import PLANES, click_times, sample_planes
from napari_simpleclick.evaluation.memory import forget_peak, peak_mb, return_free_memory
from napari_simpleclick.evaluation.metrics import iou
from napari_simpleclick.evaluation.users.robot_user import next_click
from napari_simpleclick.inference.engines.device import choose_device
from napari_simpleclick.inference.engines.network import fixed_input
from napari_simpleclick.inference.engines.openvino_import import import_openvino
from napari_simpleclick.inference.engines.openvino_network import OpenVinoNetwork
from napari_simpleclick.inference.engines.selected_network import SelectedNetwork
from napari_simpleclick.inference.engines.speed_figures import SpeedFigures
from napari_simpleclick.inference.engines.two_sizes import TwoSizes
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.inference.predictor_settings import PredictorSettings
from napari_simpleclick.inference.resample import Plane
from napari_simpleclick.inference.session import ClickSession
from napari_simpleclick.model.registry import ARCHITECTURES, create_model
from napari_simpleclick.model.simpleclick import SimpleClick
from napari_simpleclick.model.weights import load_model

RANDOM = " (random weights)"
"""Mark of an architecture that was measured without trained weights."""

SLOW_PRODUCT = 0.05
"""Seconds that a small matrix product takes only where its precision is emulated."""

BYTES = {"float32": 4, "f32": 4, "bfloat16": 2, "bf16": 2, "float16": 2, "f16": 2, "int8": 1}
"""Of a weight, by the word for the precision in the name of an engine."""

AGREEMENT_OBJECTS, AGREEMENT_CLICKS = 6, 3
"""Objects of the sample, and clicks on each, to compare masks with those of float32 torch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedJob:
    """What is measured.

    Parameters
    ----------
    settings
        The model and how it computes; an architecture in place of the name of a model gets random weights.
    clicks
        How many clicks are timed.
    peaks
        GFLOP/s of matrix products on this machine, by precision.
    """

    settings: PredictorSettings
    clicks: int = 20
    peaks: tuple[tuple[str, float], ...] = ()


def measure_speed(job: SpeedJob) -> SpeedFigures:
    """Measure in this process, which should be new: memory is that of the whole process.

    Raises
    ------
    ValueError, FileNotFoundError, ModuleNotFoundError
        As `PredictorSettings.select_network`.
    """
    labels, planes = sample_volume("em-like")[1], sample_planes()
    with suppress(ModuleNotFoundError):
        import_openvino()
    settings = job.settings
    device = choose_device(settings.device).type
    forget_peak(device)
    libraries, start = peak_mb(device), perf_counter()
    predictor, chosen, was_compiled = load(settings)
    load_seconds, load_peak = perf_counter() - start, peak_mb(device)
    gc.collect()
    return_free_memory()
    forget_peak(device)
    first, following, fresh = click_times(predictor, planes, job.clicks, new_regions=max(4, job.clicks // 2))
    click_peak = peak_mb(device)
    model = open_model(settings.model)
    looks = {predictor.coarse_size, predictor.size}
    gflop = sum(operations(model, size) for size in looks) * settings.batch
    word = next(word for word in BYTES if word in chosen.engine)
    peak = dict(job.peaks).get({"float32": "f32", "bfloat16": "bf16", "float16": "f16"}.get(word, word))
    plain = Predictor(model, flip=settings.flip, size=settings.size)
    return SpeedFigures(
        model=settings.model + (RANDOM if settings.model in ARCHITECTURES else ""),
        engine=chosen.engine,
        size=settings.size,
        flip=settings.flip,
        load_seconds=load_seconds,
        was_compiled=was_compiled,
        first_ms=1000 * first,
        next_ms=1000 * statistics.median(following),
        next_p95_ms=1000 * float(np.percentile(following, 95)),
        new_region_ms=1000 * statistics.median(fresh),
        libraries_mb=libraries,
        load_peak_mb=load_peak,
        click_peak_mb=click_peak,
        weights_mb=BYTES[word] * sum(parameter.numel() for parameter in model.parameters()) / 1e6,
        gflop=gflop,
        share_of_peak=gflop / statistics.median(following) / peak if peak else None,
        iou_with_float32=agreement(plain, predictor, planes[0], labels[PLANES[0]]),
        notice=chosen.notice,
    )


def load(settings: PredictorSettings) -> tuple[Predictor, SelectedNetwork, bool]:
    """The predictor, what it runs on, and whether its graph had been compiled before."""
    chosen = settings.select_network(open_model(settings.model))
    network = chosen.network.full if isinstance(chosen.network, TwoSizes) else chosen.network
    was_compiled = isinstance(network, OpenVinoNetwork) and network.kept
    return Predictor(chosen.network, flip=settings.flip, size=settings.size), chosen, was_compiled


def open_model(name: str) -> SimpleClick:
    """A model by name, or an architecture with random weights, the same every time."""
    if name not in ARCHITECTURES:
        return load_model(name)
    torch.manual_seed(0)
    return create_model(name)


def operations(model: SimpleClick, size: int) -> float:
    """Multiplications and additions, in 1e9, of a click in a region whose image features are there."""
    image, guidance = (torch.from_numpy(part) for part in fixed_input(size=size, batch=1))
    with torch.inference_mode(), sdpa_kernel(SDPBackend.MATH):
        features = model.encode(image)
        with FlopCounterMode(display=False) as counter:
            model.decode(features, guidance)
    return float(counter.get_total_flops()) / 1e9


def agreement(plain: Predictor, other: Predictor, image: Plane, labels: np.ndarray) -> float:
    """Mean IoU of the masks of two predictors after every click; the robot user clicks for the first."""
    return float(np.mean(list(overlaps(plain, other, image, labels))))


def overlaps(plain: Predictor, other: Predictor, image: Plane, labels: np.ndarray) -> Iterator[float]:
    """IoU after every click on every object."""
    for object_id in np.unique(labels[labels > 0])[:AGREEMENT_OBJECTS]:
        target = labels == object_id
        sessions = ClickSession(plain, image), ClickSession(other, image)
        mask = np.zeros_like(target)
        for _ in range(AGREEMENT_CLICKS):
            click = next_click(mask, target, sessions[0].clicks)
            mask, second = (session.click(click).mask() for session in sessions)
            yield iou(mask, second) if mask.any() or second.any() else 1.0


def what_computes(name: str) -> tuple[str, str, dict[str, float]]:
    """Type and name of the device that `choose_device` chooses, and its `matrix_peaks`."""
    device = choose_device(name).type
    return device, torch.cuda.get_device_name() if device == "cuda" else "", matrix_peaks(device)


def matrix_peaks(device: str = "cpu") -> dict[str, float]:
    """GFLOP/s (for int8, 1e9 operations per second) of the fastest of some matrix products by torch, by precision."""
    precisions = {"f32": torch.float32, "bf16": torch.bfloat16}
    precisions |= {"int8": torch.int8} if device == "cpu" else {"f16": torch.float16}
    side = 2048 if device == "cpu" else 8192
    return {name: matrix_peak(dtype, side, repetitions=12, device=device) for name, dtype in precisions.items()}


def matrix_peak(dtype: torch.dtype, side: int, repetitions: int, device: str = "cpu") -> float:
    """The peak of one precision. Where the processor has to emulate it, a small product tells and takes long enough."""
    product = torch._int_mm if dtype is torch.int8 else torch.mm

    def peak(side: int, repetitions: int) -> tuple[float, float]:
        first, second = (torch.ones(side, side, dtype=dtype, device=device) for _ in range(2))
        times = []
        for _ in range(repetitions):
            start = perf_counter()
            product(first, second)[0, 0].item()  # waits for a GPU
            times.append(perf_counter() - start)
        return 2 * side**3 / min(times) / 1e9, min(times)

    small, seconds = peak(side // 4, 3)
    return small if seconds > SLOW_PRODUCT else peak(side, repetitions)[0]
