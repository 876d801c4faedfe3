"""A report as tables for spreadsheets: a row for each click, and a row for each domain."""

import csv
import io
from collections.abc import Iterable

from napari_simpleclick.evaluation import metrics
from napari_simpleclick.evaluation.reports.report import MEAN_OF_DOMAINS, EvaluationReport
from napari_simpleclick.files import table_cell

CLICK_COLUMNS = (
    *("dataset", "sample", "object", "click", "row", "col", "positive"),
    *("iou", "dice", "boundary_iou", "seconds", "domain", "draw"),
)


def clicks_csv(report: EvaluationReport) -> str:
    """One row for each click, with where it was and how good the mask was after it."""
    rows: list[Iterable[object]] = [CLICK_COLUMNS]
    for result in report.objects:
        for n, (click, value) in enumerate(zip(result.clicks, result.ious, strict=True)):
            place = (report.dataset, result.sample, result.object_id, n + 1, click.row, click.col, click.positive)
            rim = result.boundary_ious[n] if result.boundary_ious else ""
            rows.append((*place, value, metrics.dice(value), rim, result.seconds[n], result.domain, result.draw))
    return as_csv(rows)


def domains_csv(report: EvaluationReport) -> str:
    """A row for each domain and one for their mean: objects, then the means of the table's numbers.

    IoUs and failures are shares from 0 to 1.
    """
    rows: list[Iterable[object]] = [("domain", "objects", *report.values())]
    for name, part in report.by_domain().items():
        rows.append((name, part.count, *(float(values.mean()) for values in part.values().values())))
    rows.append((MEAN_OF_DOMAINS, report.count, *report.mean_of_domains().values()))
    return as_csv(rows)


def as_csv(rows: Iterable[Iterable[object]]) -> str:
    """Rows as the text of a file, in which no text is a formula."""
    text = io.StringIO()
    csv.writer(text).writerows([table_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return text.getvalue()
