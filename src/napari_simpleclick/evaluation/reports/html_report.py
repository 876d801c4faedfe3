"""A report as one page: numbers, curves, and the ten worst objects as pictures, in a single file."""

import base64
import json
from collections.abc import Sequence
from functools import partial
from html import escape

from napari_simpleclick.evaluation.reports.bootstrap import confidence_intervals
from napari_simpleclick.evaluation.reports.plots import (
    draw_clicks_needed,
    draw_curve,
    draw_timing,
    drawing,
    worst_picture,
)
from napari_simpleclick.evaluation.reports.published import published_results
from napari_simpleclick.evaluation.reports.report import MEAN_OF_DOMAINS, EvaluationReport
from napari_simpleclick.evaluation.reports.worst import WorstObject

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; } td, th { padding: .2rem .8rem; text-align: right; border-bottom: 1px solid #ddd; }
td:first-child, th:first-child { text-align: left; } .quoted { color: #777; font-style: italic; }
figure { margin: 1rem 0; } figcaption { color: #555; } img, svg { max-width: 100%; height: auto; }
.charts { display: flex; flex-wrap: wrap; gap: 1rem; } .charts figure { flex: 1 1 30rem; }
pre { background: #f6f6f6; padding: 1rem; overflow-x: auto; }
"""


def html_report(report: EvaluationReport, worst: Sequence[WorstObject] = ()) -> str:
    """The page; it needs no other file and no network.

    Parameters
    ----------
    report
        Results of a data set.
    worst
        Objects that are shown as pictures.
    """
    title = f"{report.dataset}: {report.count} objects, {report.provenance.get('model', '')}"
    charts = (
        ("Mean IoU after each click; published values as points.", partial(draw_curve, report)),
        ("Clicks that objects need.", partial(draw_clicks_needed, report)),
        ("Time per click, without the robot user's own.", partial(draw_timing, report)),
    )
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="en"><meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>',
            f"<h1>{escape(title)}</h1>",
            *([domains_table(report), "<h2>All objects</h2>"] if report.by_domain() else []),
            numbers_table(report),
            '<div class="charts">',
            *(figure(drawing(draw), caption) for caption, draw in charts),
            "</div>",
            f"<h2>{worst_title(report, len(worst))}</h2><p>Green: target. Orange: mask. + and ×: clicks.</p>",
            *map(worst_figure, worst),
            "<h2>What was evaluated</h2>",
            f"<pre>{escape(json.dumps(report.to_json()['provenance'], indent=1))}</pre>",
            "</html>",
        ]
    )


def numbers_table(report: EvaluationReport) -> str:
    """Every number with its interval, and quoted ones beside it."""
    intervals, draws = confidence_intervals(report.values()), report.spread_of_draws()
    quoted = published_results(report.dataset)
    rows = []
    for name, value in (report.summary() | report.extras()).items():
        low_high = " – ".join(shown(name, end) for end in intervals.get(name, ()))
        others = ", ".join(f"{r.model} ({r.trained_on}) {r.value:.2f}" for r in quoted if r.metric == name)
        cells = f"<td>{escape(name)}<td>{shown(name, value)}<td>{low_high}"
        spread = f"<td>{shown(name, draws[name]) if name in draws else ''}" if draws else ""
        rows.append(f'<tr>{cells}{spread}<td class="quoted">{escape(others)}')
    head = f"<tr><th>number<th>this run<th>95 % interval{'<th>spread of draws' * bool(draws)}<th>published, quoted"
    return f"<table>{head}{''.join(rows)}</table>"


def domains_table(report: EvaluationReport) -> str:
    """A row for each domain, and their mean with its interval."""
    names = list(report.values())
    rows = [
        (domain, part.count, *(shown(name, part.summary()[name]) for name in names))
        for domain, part in report.by_domain().items()
    ]
    means = report.mean_of_domains()
    rows.append((MEAN_OF_DOMAINS, report.count, *(shown_mean(name, means[name]) for name in names)))
    spreads = report.domain_intervals()
    rows.append(("95 % interval", "", *(" – ".join(shown_mean(name, end) for end in spreads[name]) for name in names)))
    if spread := report.spread_of_draws(domains=True):
        rows.append(("spread of draws", "", *(shown_mean(name, spread[name]) for name in names)))
    cells = ("".join(f"<td>{escape(str(cell))}" for cell in row) for row in rows)
    head = "".join(f"<th>{escape(name)}" for name in ("domain", "objects", *names))
    return f"<h2>Domains</h2><table><tr>{head}<tr>{'<tr>'.join(cells)}</table>"


def worst_title(report: EvaluationReport, count: int) -> str:
    """Heading of the pictures."""
    return "The worst object of every domain" if report.by_domain() else f"The {count} worst objects"


def shown_mean(name: str, value: float) -> str:
    """A mean of domains; failures are a share of the objects.

    Examples
    --------
    >>> shown_mean("failures@90", 0.25), shown_mean("NoC@90", 6.9)
    ('25.00 %', '6.90')
    """
    return f"{100 * value:.2f} %" if name.startswith("failures") else shown(name, value)


def shown(name: str, value: float) -> str:
    """A number in the paper's unit.

    Examples
    --------
    >>> shown("mIoU@10", 0.9372), shown("Dice@10", 0.5), shown("NoC@85", 3), shown("SPC", 0.0541)
    ('93.72 %', '50.00 %', '3.00', '54 ms')
    """
    if name == "SPC":
        return f"{1000 * value:.0f} ms"
    if name.startswith("NoC"):
        return f"{value:.2f}"
    return f"{100 * value:.2f} %" if "@" in name and not name.startswith("failures") else f"{value:.0f}"


def worst_figure(worst: WorstObject) -> str:
    """An object as a picture."""
    result = worst.result
    caption = f"{result.sample}, object {result.object_id}: IoU {100 * result.ious[-1]:.1f} % after {len(result.ious)}"
    data = base64.b64encode(worst_picture(worst)).decode()
    return figure(f'<img alt="{escape(caption)}" src="data:image/jpeg;base64,{data}">', caption)


def figure(content: str, caption: str) -> str:
    """A figure with its caption."""
    return f"<figure>{content}<figcaption>{escape(caption)}</figcaption></figure>"
