"""How fast models are on this machine, as measured by `napari-simpleclick bench` and kept for the model menu."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from napari_simpleclick.files import write_text


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedFigures:
    """What was measured of one model on one engine in one precision.

    Parameters
    ----------
    model
        Name of the model; "NAME (random weights)" where only the architecture was measured.
    engine
        Engine and precision that ran, such as "OpenVINO bf16".
    size, flip
        Side of the network's input in pixels; whether it averaged with the mirror image.
    load_seconds
        From nothing to a network that can answer, without importing torch.
    was_compiled
        Whether the graph was taken from the cache.
    first_ms
        The first click after loading.
    next_ms, next_p95_ms
        Clicks in a region that was clicked before, median and 95th percentile.
    new_region_ms
        Clicks in a new region, median.
    libraries_mb, load_peak_mb, click_peak_mb
        Memory of the process before loading, and the largest while loading and while clicking; None where the system
        does not tell.
    weights_mb
        Size of the weights in the precision that ran.
    gflop
        Operations of a click in a region that was clicked before, in 1e9.
    share_of_peak
        Operations per second as a share of those of a matrix product in the same precision.
    iou_with_float32
        Mean IoU of masks with those of float32 torch for the same clicks.
    notice
        Why it is not the engine that was asked for.
    """

    model: str
    engine: str
    size: int
    flip: bool
    load_seconds: float
    was_compiled: bool
    first_ms: float
    next_ms: float
    next_p95_ms: float
    new_region_ms: float
    libraries_mb: float | None
    load_peak_mb: float | None
    click_peak_mb: float | None
    weights_mb: float
    gflop: float
    share_of_peak: float | None
    iou_with_float32: float
    notice: str = ""

    @property
    def click_memory_mb(self) -> float | None:
        """What a click takes at most, weights included, beside the libraries."""
        if self.click_peak_mb is None or self.libraries_mb is None:
            return None
        return self.click_peak_mb - self.libraries_mb


@dataclass(frozen=True, slots=True)
class SpeedReport:
    """Figures of a machine.

    Parameters
    ----------
    machine
        Processor, threads, versions, date, and GFLOP/s of matrix products by precision.
    figures
        What was measured.
    """

    machine: dict[str, Any] = field(default_factory=dict)
    figures: Sequence[SpeedFigures] = ()

    def to_json(self) -> str:
        """The report as JSON."""
        return json.dumps({"machine": self.machine, "figures": [asdict(entry) for entry in self.figures]}, indent=1)

    def joined(self, newer: "SpeedReport") -> "SpeedReport":
        """All figures, the newer ones in place of those for the same model, engine and input."""
        known = {(f.model, f.engine, f.size, f.flip): f for f in (*self.figures, *newer.figures)}
        return SpeedReport(newer.machine, tuple(known.values()))

    def text(self, model: str) -> str:
        """One line for the menu of models; empty if the model was not measured."""
        measured = [entry for entry in self.figures if entry.model == model and not entry.flip]
        if not measured:
            return ""
        best = min(measured, key=lambda entry: entry.next_ms)
        return f"{best.next_ms:.0f} ms per click on this machine ({best.engine}, measured {self.machine.get('date')})"


def speed_file() -> Path:
    """Where the figures of this machine are kept."""
    return user_cache_path("napari-simpleclick", appauthor=False) / "speed.json"


def read_speed(path: Path | None = None) -> SpeedReport:
    """The figures that were kept; none if there are none, or if the file is damaged or of another version."""
    try:
        raw = json.loads((path or speed_file()).read_text())
        report = SpeedReport(raw["machine"], tuple(SpeedFigures(**entry) for entry in raw["figures"]))
        for entry in report.figures:
            report.text(entry.model)  # what is no number fails here
        return report
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return SpeedReport()


def keep_speed(report: SpeedReport, path: Path | None = None) -> Path:
    """Add figures to those that are kept; returns the file."""
    path = path or speed_file()
    write_text(path, read_speed(path).joined(report).to_json())
    return path
