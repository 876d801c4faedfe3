"""Reports with domains: their rows, the mean in which each counts the same, and the comparison of two."""

import json

import pytest

from napari_simpleclick.cli.eval_tables import comparison_table, domain_differences_table, domains_table
from napari_simpleclick.clicks import Click
from napari_simpleclick.evaluation.object_result import ObjectResult
from napari_simpleclick.evaluation.protocol import EvaluationProtocol
from napari_simpleclick.evaluation.reports.compare import compare
from napari_simpleclick.evaluation.reports.html_report import html_report
from napari_simpleclick.evaluation.reports.report import EvaluationReport
from napari_simpleclick.evaluation.reports.report_csv import domains_csv
from napari_simpleclick.evaluation.reports.worst import worst_results


def report(**domains: list[tuple[float, float, float]]) -> EvaluationReport:
    """Curves of the objects of every domain."""
    results = []
    for domain, curves in domains.items():
        for number, ious in enumerate(curves):
            clicks = tuple(Click(n, 2 * n) for n in range(3))
            results.append(ObjectResult(f"{domain}/{number}", 1, clicks, ious, (0.1,) * 3, ious, domain))
    return EvaluationReport("zoo", EvaluationProtocol(max_clicks=3, miou_clicks=(1, 3)), tuple(results))


WEAK, FINE = (0.1, 0.2, 0.3), (0.7, 0.8, 0.95)


def test_every_domain_counts_the_same_however_many_objects_it_has():
    zoo = report(cells=[WEAK] * 3, livers=[FINE])
    assert zoo.mean_of_domains()["mIoU@1"] == pytest.approx(0.4)
    assert zoo.summary()["mIoU@1"] == pytest.approx(0.25)
    assert zoo.mean_of_domains()["NoC@90"] == pytest.approx(3)
    assert list(zoo.by_domain()) == ["cells", "livers"]


def test_interval_holds_the_mean_of_domains_and_has_no_width_where_objects_agree():
    mixed = report(cells=[WEAK, FINE] * 10, livers=[FINE] * 5)
    low, high = mixed.domain_intervals()["mIoU@1"]
    assert low < mixed.mean_of_domains()["mIoU@1"] < high
    assert low > 0.4
    assert report(cells=[WEAK] * 3, livers=[FINE]).domain_intervals()["mIoU@1"] == pytest.approx((0.4, 0.4))


def test_json_keeps_domains_and_tells_their_numbers(tmp_path):
    zoo = report(cells=[WEAK] * 2, livers=[FINE])
    zoo.write(tmp_path / "zoo.json")
    content = json.loads((tmp_path / "zoo.json").read_text())
    assert content["domains"]["cells"]["objects"] == 2
    assert content["mean of domains"]["mIoU@3"] == pytest.approx(0.625)
    assert content["intervals of the mean of domains"]["mIoU@3"] == pytest.approx([0.625, 0.625])
    assert EvaluationReport.read(tmp_path / "zoo.json") == zoo


def test_report_without_domains_has_no_word_of_them(tmp_path):
    result = ObjectResult("a", 1, (Click(0, 0),), (0.5,), (0.1,))
    plain = EvaluationReport("ssTEM", EvaluationProtocol(max_clicks=1), (result,))
    assert "domains" not in plain.to_json()
    assert plain.mean_of_domains() == {}
    assert "Domains" not in html_report(plain)


def test_csv_has_a_row_for_every_domain_and_their_mean():
    rows = [line.split(",") for line in domains_csv(report(cells=[WEAK] * 3, livers=[FINE])).splitlines()]
    assert rows[0][:4] == ["domain", "objects", "mIoU@1", "mIoU@3"]
    assert [(row[0], int(row[1])) for row in rows[1:]] == [("cells", 3), ("livers", 1), ("mean of domains", 4)]
    assert [float(row[2]) for row in rows[1:]] == pytest.approx([0.1, 0.7, 0.4])


def test_table_and_page_show_the_domains_and_their_mean():
    zoo = report(cells=[WEAK] * 3, livers=[FINE])
    table = domains_table(zoo)
    assert list(map(str, table.columns[0].cells)) == ["cells", "livers", "mean of domains", "95 % interval from", "to"]
    assert list(table.columns[2].cells)[:3] == ["10.00", "70.00", "40.00"]
    page = html_report(zoo)
    assert "<td>livers<td>1<td>70.00 %" in page
    assert "<td>mean of domains<td>4<td>40.00 %" in page


def test_pictures_are_those_of_the_worst_object_of_every_domain():
    zoo = report(cells=[WEAK, FINE], livers=[FINE, (0.7, 0.8, 0.85)])
    assert [result.sample for result in worst_results(zoo, 1)] == ["cells/0", "livers/1"]


def test_comparison_is_of_the_means_of_domains_and_of_every_domain():
    before = report(cells=[WEAK] * 3, livers=[FINE])
    after = report(cells=[(0.3, 0.4, 0.5)] * 3, livers=[FINE], brains=[FINE])
    compared = compare(before, after)
    (row,) = [row for row in compared.rows if row.name == "mIoU@1"]
    assert (row.first, row.second, row.difference) == pytest.approx((0.4, 0.5, 0.1))
    assert row.interval == pytest.approx((0.1, 0.1))
    assert {domain: part.rows[0].difference for domain, part in compared.domains.items()} == pytest.approx(
        {"cells": 0.2, "livers": 0.0}
    )
    shown = [(str(cell), str(cell.style)) for cell in domain_differences_table(compared).columns[2].cells]
    assert shown == [("+20.00", "bold"), ("+0.00", ""), ("+10.00", "bold")]
    assert "mean of 2 domains" in str(comparison_table(compared, ["a", "b"]).title)
