"""Tables of the evaluation on the terminal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from napari_simpleclick.evaluation.compare import Comparison
    from napari_simpleclick.evaluation.report import EvaluationReport


def datasets_table() -> Table:
    """What is known of every data set."""
    from napari_simpleclick.data.datasets.registry import DATASETS

    table = Table(title="Data sets", show_lines=True)
    for column in ("name", "images / objects", "content", "expected in the folder", "where to get it", "licence"):
        table.add_column(column, overflow="fold")
    for info in DATASETS.values():
        counts = f"{info.images or '?'} / {info.objects or '?'}" if info.images or info.objects else "any"
        table.add_row(info.name, counts, info.content, info.layout, info.source, info.license)
    return table


def results_table(report: "EvaluationReport") -> Table:
    """Our numbers with their 95 % intervals and, as quotations, those of the paper."""
    from napari_simpleclick.evaluation.bootstrap import confidence_intervals
    from napari_simpleclick.evaluation.published import published_results

    intervals, quoted = confidence_intervals(report.values()), published_results(report.dataset)
    ran = " on ".join(str(report.provenance[key]) for key in ("model", "engine") if key in report.provenance)
    table = Table(title=f"{report.dataset}: {len(report.objects)} objects", caption=ran)
    table.add_column("", no_wrap=True)
    table.add_column("this run", justify="right", no_wrap=True)
    table.add_column("95 % interval", justify="right", no_wrap=True)
    if quoted:
        table.add_column("published, quoted", overflow="fold", style="dim")
    for name, value in report.summary().items():
        spread = " – ".join(format_number(name, end) for end in intervals.get(name, ()))
        others = ", ".join(f"{r.model} ({r.trained_on}) {r.value:.2f}" for r in quoted if r.metric == name)
        table.add_row(name, format_number(name, value), spread, *([others] if quoted else []))
    return table


def comparison_table(comparison: "Comparison", names: Sequence[str]) -> Table:
    """Two runs on the same objects side by side."""
    table = Table(title=f"{comparison.dataset}: {comparison.objects} objects in both runs")
    for column in ("", *names, "difference", "paired p"):
        table.add_column(column, overflow="fold", justify="right" if column else "left")
    for row in comparison.rows:
        numbers = (format_number(row.name, value) for value in (row.first, row.second, row.second - row.first))
        table.add_row(row.name, *numbers, f"{row.p_value:.4f}")
    return table


def format_number(name: str, value: float) -> str:
    """IoU in per cent, as in the paper; clicks with two digits; time in milliseconds.

    Examples
    --------
    >>> format_number("mIoU@10", 0.9372), format_number("SPC", 0.0541), format_number("objects", 49)
    ('93.72', '54 ms', '49')
    """
    if name.startswith("mIoU"):
        return f"{100 * value:.2f}"
    if name == "SPC":
        return f"{1000 * value:.0f} ms"
    return f"{value:.2f}" if name.startswith("NoC") else f"{value:.0f}"
