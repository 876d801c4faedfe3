"""`napari-simpleclick bench`: how fast and how exact the models are on this machine."""

import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import tyro
from rich.console import Console
from rich.table import Table
from rich.text import Text

from napari_simpleclick.cli.errors import say
from napari_simpleclick.files import require_place, write_text
from napari_simpleclick.inference.engines.speed_figures import SpeedFigures, SpeedReport, keep_speed
from napari_simpleclick.ranges import SIDE, Range, require_ranges

if TYPE_CHECKING:
    from napari_simpleclick.evaluation.click_times import FirstLook
    from napari_simpleclick.evaluation.speed import SpeedJob
    from napari_simpleclick.inference.predictor_settings import PredictorSettings

T = TypeVar("T")

Variant = Literal["torch-f32", "torch-bf16", "torch-f16", "openvino-f32", "openvino-bf16", "openvino-int8", "auto"]

DEFAULT_VARIANTS: tuple[Variant, ...] = ("torch-f32", "torch-bf16", "openvino-f32", "openvino-bf16", "openvino-int8")

GPU_VARIANTS: tuple[Variant, ...] = ("torch-f32", "torch-bf16", "torch-f16")

Size = Literal["xtiny", "base", "large", "huge"]

LEGEND = """load: seconds; * without a compiled graph in the cache. Clicks in ms: first after loading, next in the same
region (median, 95th percentile), new region. MB: peak of a click beside the libraries, weights included; on a GPU of
its memory. peak: operations per second as a share of a matrix product's. IoU: of the masks with those of float32
torch."""

PACKAGES = ("napari-simpleclick", "torch", "openvino", "nncf", "numpy")


@dataclass(frozen=True)
class BenchSettings:
    """Measure models on this machine; the model menu of the widget shows the result."""

    model: tuple[str, ...] = ()
    """Names or files of models; by default those on this machine."""
    sizes: tuple[Size, ...] = ()
    """Also measure these published sizes with random weights: their speed does not depend on the weights."""
    variants: tuple[Variant, ...] | None = None
    """Engines and precisions, by default all of the device; those that are missing are left out with a notice."""
    device: str = "auto"
    """auto (what the widget takes: a GPU if there is one), cpu, or what torch calls the GPU; a wrong name lists those
    of this machine."""
    size: Annotated[int, SIDE] = 448
    """Side of the network's input in pixels."""
    flip: bool = False
    """Average with the mirror image, as published scores do."""
    clicks: Annotated[int, Range(1)] = 20
    """Clicks that are timed."""
    output: Annotated[Path | None, tyro.conf.arg(aliases=["-o"])] = None
    """JSON file for the figures."""


def run_bench(settings: BenchSettings, console: Console) -> None:
    """Measure, print the table, keep the figures."""
    require_ranges(settings)
    if settings.output is not None:
        require_place(settings.output)
    wanted = first_look(settings)
    if wanted is not None:
        with console.status("First look …"):
            if seen := tried("First look", look, wanted, console):
                console.print(first_table(wanted.model, seen))
    device, gpu, peaks = in_new_process(what_computes, settings.device)
    figures: list[SpeedFigures] = []
    todo = list(jobs(settings, device, peaks))
    with console.status("Measuring …") as status:
        for number, job in enumerate(todo, start=1):
            status.update(Text(f"{number} of {len(todo)}: {told_of(job)} …"))
            if found := tried(told_of(job), measure, job, console):
                figures.append(found)
                told = f"{found.model}, {found.engine}: {milliseconds(found.next_ms)} ms per click"
                console.print(f"{number} of {len(todo)}: {told}", soft_wrap=True, markup=False, highlight=False)
    report = SpeedReport(machine(peaks, gpu), figures)
    print_report(report, console)
    if settings.output is not None:
        write_text(settings.output, report.to_json())
        console.print(f"Written: {settings.output}", soft_wrap=True)
    console.print(f"Kept for the model menu: {keep_speed(report)}", soft_wrap=True)


def first_look(settings: BenchSettings) -> "PredictorSettings | None":
    """What is tried by a few clicks before all else, on the fastest engine; None for variants chosen by hand."""
    from napari_simpleclick.inference.predictor_settings import PredictorSettings
    from napari_simpleclick.model.weights import DEFAULT_MODEL, find_weights

    if settings.variants is not None:
        return None
    model = settings.model[0] if settings.model else DEFAULT_MODEL
    find_weights(model)  # a wrong name is told before anything is measured
    return PredictorSettings(model=model, device=settings.device, size=settings.size, flip=settings.flip)


def look(settings: "PredictorSettings") -> "FirstLook":
    """A few clicks; without importing torch where the window needs none."""
    from napari_simpleclick.evaluation.click_times import first_look

    return first_look(settings)


def tried(what: str, function: Callable[[Any], T], job: Any, console: Console) -> T | None:
    """What a function measures in a new process, or None with a notice why there is nothing."""
    try:
        found: T = in_new_process(function, job)
    except (ValueError, FileNotFoundError, ModuleNotFoundError) as error:
        say(console, f"{what} left out:", "yellow", str(error))
        return None
    return found


def told_of(job: "SpeedJob") -> str:
    """What a job measures, for messages."""
    return f"{job.settings.model}, {job.settings.engine} {job.settings.precision}"


def jobs(settings: BenchSettings, device: str, peaks: dict[str, float]) -> "Iterator[SpeedJob]":
    """Every model in every variant."""
    from napari_simpleclick.evaluation.speed import SpeedJob
    from napari_simpleclick.inference.predictor_settings import PredictorSettings
    from napari_simpleclick.model.weights import available_models, find_weights

    names = settings.model or tuple(model.name for model in available_models() if model.path)
    for name in names:
        find_weights(name)  # a wrong name is told before anything is measured
    for model in (*names, *(f"vit_{size}_448" for size in settings.sizes)):
        for variant in variants(settings, device, peaks):
            engine, _, precision = variant.partition("-")
            how = PredictorSettings(
                model=model,
                engine=engine,  # type: ignore[arg-type]
                precision=precision or "auto",  # type: ignore[arg-type]
                device=device,
                size=settings.size,
                flip=settings.flip,
            )
            yield SpeedJob(settings=how, clicks=settings.clicks, peaks=tuple(peaks.items()))


def variants(settings: BenchSettings, device: str, peaks: dict[str, float]) -> tuple[Variant, ...]:
    """What was asked for; by default without bfloat16 in torch where a processor emulates it, which takes minutes.

    Examples
    --------
    >>> variants(BenchSettings(), "cpu", {"f32": 100.0, "bf16": 1.0})
    ('torch-f32', 'openvino-f32', 'openvino-bf16', 'openvino-int8')
    >>> variants(BenchSettings(), "cuda", {"f32": 100.0, "bf16": 800.0})
    ('torch-f32', 'torch-bf16', 'torch-f16')
    """
    if settings.variants is not None:
        return settings.variants
    found = DEFAULT_VARIANTS if device == "cpu" else GPU_VARIANTS
    emulated = peaks["bf16"] <= peaks["f32"]
    return tuple(variant for variant in found if not (emulated and variant == "torch-bf16"))


def in_new_process(function: Any, *arguments: Any) -> Any:
    """Call in a process of its own, whose memory and caches nobody else has used."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def measure(job: "SpeedJob") -> SpeedFigures:
    """Figures of a job."""
    from napari_simpleclick.evaluation.speed import measure_speed

    return measure_speed(job)


def what_computes(device: str) -> tuple[str, str, dict[str, float]]:
    """Type and name of a device, and GFLOP/s of matrix products on it by precision."""
    from napari_simpleclick.evaluation import speed

    return speed.what_computes(device)


def machine(peaks: dict[str, float], gpu: str) -> dict[str, Any]:
    """What the figures depend on."""
    import os

    return {
        "processor": processor(),
        "gpu": gpu,
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "date": date.today().isoformat(),
        "matrix_gflops": {name: round(peak) for name, peak in peaks.items()},
        "versions": dict(installed(PACKAGES)),
    }


def processor() -> str:
    """Name of the processor."""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        names = [
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        ]
        return names[0] if names else platform.processor()
    return platform.processor() or sys.platform


def installed(packages: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Packages that are installed, with their versions."""
    for package in packages:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            continue


def print_report(report: SpeedReport, console: Console) -> None:
    """A table for each model, and what the columns mean."""
    peaks = ", ".join(f"{name} {peak}" for name, peak in report.machine["matrix_gflops"].items())
    gpu = report.machine["gpu"]
    cores = f"{report.machine['processor']}, {report.machine['cores']} cores"
    console.print(f"{gpu} in a machine with {cores}" if gpu else cores, soft_wrap=True)
    console.print(f"Matrix product in GFLOP/s: {peaks}", soft_wrap=True)
    for model in dict.fromkeys(entry.model for entry in report.figures):
        console.print(table(model, [entry for entry in report.figures if entry.model == model]))
    console.print(LEGEND)


def first_table(model: str, seen: "FirstLook") -> Table:
    """What the first look saw."""
    shown = Table(title=f"{model}, first look")
    for column in ("engine", "load", "first", "next", "new"):
        shown.add_column(column, justify="left" if column == "engine" else "right", no_wrap=True)
    times = (milliseconds(value) for value in (seen.first_ms, seen.next_ms, seen.new_region_ms))
    shown.add_row(seen.engine, f"{seen.load_seconds:.1f}", *times)
    return shown


def table(model: str, figures: Sequence[SpeedFigures]) -> Table:
    """The figures of a model, one row for each engine and precision."""
    shown = Table(title=model)
    shown.add_column("engine", no_wrap=True)
    for column in ("load", "first", "next", "p95", "new", "MB", "peak", "IoU"):
        shown.add_column(column, justify="right", no_wrap=True)
    for entry in figures:
        memory = entry.click_memory_mb
        shown.add_row(
            entry.engine,
            f"{entry.load_seconds:.1f}{'' if entry.was_compiled else '*'}",
            *(milliseconds(value) for value in (entry.first_ms, entry.next_ms, entry.next_p95_ms, entry.new_region_ms)),
            "" if memory is None else f"{memory:.0f}",
            "" if entry.share_of_peak is None else f"{100 * entry.share_of_peak:.0f} %",
            f"{entry.iou_with_float32:.3f}",
        )
    return shown


def milliseconds(value: float) -> str:
    """Two digits at least.

    Examples
    --------
    >>> milliseconds(3.456), milliseconds(34.56)
    ('3.5', '35')
    """
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"
