"""Tables of the evaluation on the terminal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from napari_simpleclick.evaluation.reports.compare import ComparedNumber, Comparison
    from napari_simpleclick.evaluation.reports.report import EvaluationReport


def datasets_list(width: int) -> str:
    """What is known of every data set, in lines of `width` characters."""
    from napari_simpleclick.cli.entries import entry
    from napari_simpleclick.data.datasets.registry import DATASETS

    entries = []
    for info in DATASETS.values():
        counts = f": {info.images or '?'} images, {info.objects or '?'} objects" if info.images or info.objects else ""
        lines = {"content": info.content, "folder": info.layout, "from": info.source, "licence": info.license}
        entries.append(entry(info.name + counts, lines, width=width))
    return "\n\n".join(entries)


def results_table(report: "EvaluationReport") -> Table:
    """Our numbers with their 95 % intervals, and their spread where objects were clicked several times."""
    from napari_simpleclick.evaluation.reports.bootstrap import confidence_intervals

    intervals, draws = confidence_intervals(report.values()), report.spread_of_draws()
    ran = " on ".join(str(report.provenance[key]) for key in ("model", "engine") if key in report.provenance)
    table = Table(title=f"{report.dataset}: {report.count} objects{clicked_by(report)}", caption=ran)
    table.add_column("", no_wrap=True)
    for column in ("this run", "95 % interval", *(["spread of draws"] if draws else [])):
        table.add_column(column, justify="right", no_wrap=True)
    for name, value in report.summary().items():
        interval = " – ".join(format_number(name, end) for end in intervals.get(name, ()))
        spread = [format_number(name, draws[name]) if name in draws else ""] if draws else []
        table.add_row(name, format_number(name, value), interval, *spread)
    return table


def published_table(report: "EvaluationReport") -> Table | None:
    """Published numbers, quoted: a row for each model, below ours; None where there are none for the data set."""
    from napari_simpleclick.evaluation.reports.published import published_results

    ours = report.summary()
    quoted = [result for result in published_results(report.dataset) if result.metric in ours]
    if not quoted:
        return None
    names = [name for name in ours if any(result.metric == name for result in quoted)]
    table = Table(title="Published, quoted")
    table.add_column("model")
    table.add_column("trained on")
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_row("this run", "", *(format_number(name, ours[name]) for name in names), style="bold", end_section=True)
    values = {(result.model, result.trained_on, result.metric): result.value for result in quoted}
    for model, data in dict.fromkeys((result.model, result.trained_on) for result in quoted):
        cells = (values.get((model, data, name)) for name in names)
        table.add_row(Text(model), Text(data), *("" if cell is None else f"{cell:.2f}" for cell in cells))
    return table


def domains_table(report: "EvaluationReport") -> Table:
    """A row for each domain, their mean, in which every domain counts the same, and its 95 % interval."""
    from napari_simpleclick.evaluation.reports.report import MEAN_OF_DOMAINS

    parts = report.by_domain()
    names = [name for name in report.values() if not name.startswith("failures")]
    ran = " on ".join(str(report.provenance[key]) for key in ("model", "engine") if key in report.provenance)
    title = f"{report.dataset}: {report.count} objects in {len(parts)} domains{clicked_by(report)}"
    spc = f"{format_number('SPC', report.seconds_per_click)} a click"
    table = Table(title=title, caption=", ".join(filter(None, (ran, spc))))
    table.add_column("domain", overflow="fold")
    for name in ("objects", *names):
        table.add_column(name.replace("@", "\n@") if "@" in name else name, justify="right", no_wrap=True)
    for domain, part in parts.items():
        numbers = part.summary()
        table.add_row(Text(domain), str(part.count), *(format_number(name, numbers[name]) for name in names))
    table.add_section()
    means, spreads = report.mean_of_domains(), report.domain_intervals()
    table.add_row(MEAN_OF_DOMAINS, str(report.count), *(format_number(name, means[name]) for name in names))
    for place, end in enumerate(("95 % interval from", "to")):
        table.add_row(end, "", *(format_number(name, spreads[name][place]) for name in names), style="dim")
    if spread := report.spread_of_draws(domains=True):
        table.add_row("spread of draws", "", *(format_number(name, spread[name]) for name in names))
    return table


def clicked_by(report: "EvaluationReport") -> str:
    """Words for the title where somebody else than the robot user clicked, or something was drawn."""
    protocol = report.protocol
    words = [f"{protocol.user} clicks"] if protocol.user != "centre" else []
    words += [f"first a {protocol.first}"] if protocol.first != "click" else []
    words += [f"mean of {protocol.draws} draws"] if protocol.draws > 1 else []
    return "".join(f", {each}" for each in words)


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
