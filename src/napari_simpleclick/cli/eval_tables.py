"""Tables of the evaluation on the terminal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from napari_simpleclick.evaluation.compare import ComparedNumber, Comparison
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


def domains_table(report: "EvaluationReport") -> Table:
    """A row for each domain, their mean, in which every domain counts the same, and its 95 % interval."""
    from napari_simpleclick.evaluation.report import MEAN_OF_DOMAINS

    parts = report.by_domain()
    names = [name for name in report.values() if not name.startswith("failures")]
    ran = " on ".join(str(report.provenance[key]) for key in ("model", "engine") if key in report.provenance)
    title = f"{report.dataset}: {len(report.objects)} objects in {len(parts)} domains"
    spc = f"{format_number('SPC', report.seconds_per_click)} a click"
    table = Table(title=title, caption=", ".join(filter(None, (ran, spc))))
    table.add_column("domain", overflow="fold")
    for name in ("objects", *names):
        table.add_column(name.replace("@", "\n@") if "@" in name else name, justify="right", no_wrap=True)
    for domain, part in parts.items():
        numbers = part.summary()
        table.add_row(Text(domain), str(len(part.objects)), *(format_number(name, numbers[name]) for name in names))
    table.add_section()
    means, spreads = report.mean_of_domains(), report.domain_intervals()
    table.add_row(MEAN_OF_DOMAINS, str(len(report.objects)), *(format_number(name, means[name]) for name in names))
    for place, end in enumerate(("95 % interval from", "to")):
        table.add_row(end, "", *(format_number(name, spreads[name][place]) for name in names), style="dim")
    return table


def comparison_table(comparison: "Comparison", names: Sequence[str]) -> Table:
    """Two runs on the same objects side by side; where there are domains, their means of domains."""
    of = f", mean of {len(comparison.domains)} domains" if comparison.domains else ""
    table = Table(title=f"{comparison.dataset}: {comparison.objects} objects in both runs{of}")
    table.add_column("", no_wrap=True)
    for column in (*names, "difference", "95 % interval", "paired p"):
        table.add_column(Text(column), overflow="fold", justify="right")
    for row in comparison.rows:
        numbers = (format_number(row.name, value) for value in (row.first, row.second, row.difference))
        spread = " – ".join(format_number(row.name, end) for end in row.interval)
        table.add_row(row.name, *numbers, spread, f"{row.p_value:.4f}")
    return table


def domain_differences_table(comparison: "Comparison") -> Table:
    """Second run minus first, a row for each domain; bold where the 95 % interval leaves out zero."""
    table = Table(title="Second minus first, domain by domain", caption="Bold: the 95 % interval leaves out zero.")
    table.add_column("domain", overflow="fold")
    table.add_column("objects", justify="right", no_wrap=True)
    for row in comparison.rows:
        table.add_column(row.name.replace("@", "\n@"), justify="right", no_wrap=True)
    for domain, compared in comparison.domains.items():
        table.add_row(Text(domain), str(compared.objects), *map(format_difference, compared.rows))
    table.add_section()
    table.add_row("mean of domains", str(comparison.objects), *map(format_difference, comparison.rows))
    return table


def format_difference(row: "ComparedNumber") -> Text:
    """A difference with its sign, bold where its interval leaves out zero."""
    number = format_number(row.name, row.difference)
    signed = number if number.startswith("-") else f"+{number}"
    low, high = row.interval
    return Text(signed, style="bold" if low > 0 or high < 0 else "")


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
