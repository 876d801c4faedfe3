"""Samples per second in training, and the share of the time that is spent waiting for data.

python benchmarks/training_throughput.py --threads 1 --sizes 128 224 448
"""

import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
import tyro
from accelerate import Accelerator

from napari_simpleclick.training.arithmetic import fastest_arithmetic
from napari_simpleclick.training.pretrained import initial_model
from napari_simpleclick.training.procedural.synthesis import Synthesis
from napari_simpleclick.training.settings import Phase, Schedule, Stem, TrainingSettings
from napari_simpleclick.training.train import TrainingRun


@dataclass(frozen=True)
class Benchmark:
    """What is measured."""

    sizes: tuple[int, ...] = (128, 224, 448)
    """Sides of crops in pixels."""
    batch: int = 8
    """Samples per step at 224 pixels; smaller crops take as many, larger ones a quarter."""
    steps: int = 10
    """Steps that are timed, after three that are not."""
    threads: int = 1
    """Threads of the processor."""
    workers: int = 0
    """Processes that make data."""
    precision: str | None = None
    """no, bf16 or fp16; by default what is fastest here."""
    stem: Stem = "frozen"
    """What of the pre-trained image features learns."""
    architecture: str = "vit_xtiny_deep_448"
    """Name in the registry."""


def main() -> None:
    benchmark = tyro.cli(Benchmark)
    torch.set_num_threads(benchmark.threads)
    for size in benchmark.sizes:
        measure(benchmark, size)


def measure(benchmark: Benchmark, size: int) -> None:
    batch = max(1, benchmark.batch // (4 if size > 224 else 1))
    settings = TrainingSettings(phases=(Phase(1.0, size, batch, benchmark.stem),))
    schedule = Schedule(steps=benchmark.steps + 3, workers=benchmark.workers, save_minutes=1e9)
    with TemporaryDirectory() as folder:
        run = TrainingRun(
            initial_model(architecture=benchmark.architecture),
            Synthesis(),
            settings,
            schedule,
            Path(folder),
            accelerator=Accelerator(mixed_precision=benchmark.precision or fastest_arithmetic()),
        )
        before = time.process_time()
        records = list(run.steps())[3:]
        processor = time.process_time() - before
    seconds, waiting = (sum(getattr(record, name) for record in records) for name in ("seconds", "waiting"))
    print(
        f"{run.accelerator.device} {size} px, batch {batch}: {len(records) * batch / seconds:.1f} samples/s, "
        f"{100 * waiting / seconds:.0f} % of the time for data, "
        f"{1000 * processor / ((len(records) + 3) * batch):.0f} ms of processor per sample"
    )


if __name__ == "__main__":
    main()
