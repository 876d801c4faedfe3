"""Reports: numbers, files, comparison, and what happens when the disk is full."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from napari_simpleclick.clicks import Click
from napari_simpleclick.evaluation.evaluate import Placed, read_ahead
from napari_simpleclick.evaluation.object_result import ObjectResult
from napari_simpleclick.evaluation.protocol import EvaluationProtocol
from napari_simpleclick.evaluation.reports.compare import compare
from napari_simpleclick.evaluation.reports.html_report import html_report
from napari_simpleclick.evaluation.reports.report import EvaluationReport
from napari_simpleclick.evaluation.reports.report_csv import clicks_csv
from napari_simpleclick.evaluation.result_log import ResultLog


def result(object_id: int, *ious: float) -> ObjectResult:
    clicks = tuple(Click(n, 2 * n) for n in range(len(ious)))
    return ObjectResult("picture", object_id, clicks, ious, (0.1,) * len(ious), ious)


def report(*curves: tuple[float, ...], stop_at: float | None = None, dataset: str = "ssTEM") -> EvaluationReport:
    protocol = EvaluationProtocol(max_clicks=3, stop_at=stop_at, miou_clicks=(1, 3))
    return EvaluationReport(dataset, protocol, tuple(result(n, *curve) for n, curve in enumerate(curves, 1)))


def test_report_is_the_same_after_writing_and_reading(tmp_path):
    ours = report((0.5, 0.8, 0.9), (0.2, 0.3, 0.4))
    ours.write(tmp_path / "new" / "report.json")
    assert EvaluationReport.read(tmp_path / "new" / "report.json") == ours


def test_numbers_and_extras():
    ours = report((0.5, 0.8, 0.9), (0.25, 0.25, 0.25))
    summary = ours.summary()
    assert (summary["mIoU@1"], summary["mIoU@3"]) == pytest.approx((0.375, 0.575))
    assert (summary["NoC@85"], summary["failures@85"], summary["NoC@90"]) == (3, 2, 3)
    assert ours.extras()["Dice@1"] == pytest.approx((2 / 3 + 0.4) / 2)
    assert ours.extras()["boundary IoU@3"] == pytest.approx(0.575)


def test_early_stop_has_clicks_but_no_mean_iou():
    ours = report((0.95,), (0.2, 0.3, 0.4), stop_at=0.9)
    assert {name.split("@")[0] for name in ours.summary()} == {"NoC", "failures", "SPC", "objects"}
    assert ours.extras() == {}
    assert "NoC@90" in html_report(ours)


def test_csv_has_a_row_for_each_click():
    rows = clicks_csv(report((0.5, 0.8, 0.9))).splitlines()
    assert rows[1].startswith("ssTEM,picture,1,1,0,0,True,0.5,0.666")
    assert len(rows) == 4


def test_page_quotes_published_numbers_and_escapes_names():
    page = html_report(report((0.5, 0.8, 0.9)))
    assert "SimpleClick ViT-H" in page
    assert "<script" not in html_report(report((0.5, 0.8, 0.9), dataset="<script>"))


def test_comparison_takes_the_objects_that_both_have():
    first = report((0.5, 0.8, 0.9), (0.2, 0.3, 0.4))
    second = EvaluationReport(first.dataset, first.protocol, (result(2, 0.4, 0.5, 0.6), result(7, 0, 0, 0)))
    compared = compare(first, second)
    assert compared.objects == 1
    (row,) = [row for row in compared.rows if row.name == "mIoU@3"]
    assert (row.first, row.second) == pytest.approx((0.4, 0.6))


def test_comparison_of_different_data_is_refused():
    with pytest.raises(ValueError, match="one data set can be compared, got ssTEM and BraTS"):
        compare(report((1, 1, 1)), report((1, 1, 1), dataset="BraTS"))
    with pytest.raises(ValueError, match="no object in common"):
        compare(report((1, 1, 1)), EvaluationReport("ssTEM", EvaluationProtocol(), (result(9, 1.0),)))


def test_file_that_is_no_report_is_named(tmp_path):
    (tmp_path / "other.json").write_text('{"a": 1}')
    with pytest.raises(ValueError, match=r"other.json is no report of an evaluation"):
        EvaluationReport.read(tmp_path / "other.json")


def test_log_keeps_whole_lines_and_drops_a_broken_one(tmp_path):
    path = tmp_path / "log.jsonl"
    placed = [Placed(0, 2, result(1, 0.5)), Placed(0, 2, result(2, 0.5)), Placed(1, 3, result(1, 0.5))]
    list(ResultLog(path, {"model": "a"}).keep(placed))
    path.write_text(path.read_text() + '{"pic')
    log = ResultLog(path, {"model": "a"}, resume=True)
    assert log.placed == placed
    assert log.complete == {0}
    assert log.done == {(0, 1, 0), (0, 2, 0), (1, 1, 0)}


def test_log_of_another_model_is_refused(tmp_path):
    ResultLog(tmp_path / "log.jsonl", {"model": "a"})
    with pytest.raises(ValueError, match=r"another run .model: a there, b now"):
        ResultLog(tmp_path / "log.jsonl", {"model": "b"}, resume=True)


def test_log_of_a_version_that_knew_fewer_settings_goes_on_where_these_have_their_defaults(tmp_path):
    path, earlier = tmp_path / "log.jsonl", {"protocol": {"max_clicks": 1, "stop_at": None}, "data": {"min_size": 1}}
    list(ResultLog(path, earlier).keep([Placed(0, 1, result(1, 0.5))]))
    now = {"protocol": {**earlier["protocol"], "draws": 1}, "data": {"min_size": 1, "every": 1}}
    defaults = {"protocol": {"draws": 1, "max_clicks": 20}, "data": {"every": 1, "largest": None}}
    assert ResultLog(path, now, resume=True, defaults=defaults).done == {(0, 1, 0)}
    for name, key in (("protocol", "draws"), ("data", "every")):
        with pytest.raises(ValueError, match=f"{name}: .* there, .* now"):
            ResultLog(path, {**now, name: {**now[name], key: 2}}, resume=True, defaults=defaults)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device /dev/full of Linux")
def test_full_disk_says_how_to_go_on(tmp_path, monkeypatch):
    log = ResultLog(tmp_path / "log.jsonl", {"model": "a"})
    (tmp_path / "log.jsonl").unlink()
    (tmp_path / "log.jsonl").symlink_to("/dev/full")
    with pytest.raises(OSError, match=r"log.jsonl was not written: the disk is full.*--resume goes on"):
        list(log.keep([Placed(0, 1, result(1, 0.5))]))

    def full(_number):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("napari_simpleclick.files.os.fsync", full)
    with pytest.raises(OSError, match=r"report.json was not written: the disk is full"):
        report((0.5, 0.8, 0.9)).write(tmp_path / "report.json")


def test_object_that_two_runs_wrote_counts_once(tmp_path):
    logs = [ResultLog(tmp_path / "log.jsonl", {"model": "a"}) for _ in range(2)]
    for log in logs:
        list(log.keep([Placed(0, 1, result(1, 0.5))]))
    resumed = ResultLog(tmp_path / "log.jsonl", {"model": "a"}, resume=True)
    assert [entry.result.object_id for entry in resumed.placed] == [1]


def test_log_that_somebody_removed_is_written_anew_with_all_its_lines(tmp_path):
    log = ResultLog(tmp_path / "log.jsonl", {"model": "a"})
    list(log.keep([Placed(0, 1, result(1, 0.5))]))
    (tmp_path / "log.jsonl").unlink()
    list(log.keep([Placed(1, 1, result(1, 0.5))]))
    assert ResultLog(tmp_path / "log.jsonl", {"model": "a"}, resume=True).done == {(0, 1, 0), (1, 1, 0)}


def test_pictures_are_read_ahead_in_order_and_a_failure_comes_at_its_place():
    class Pictures:
        name = "numbers"

        def __len__(self):
            return 3

        def __getitem__(self, index):
            if index == 2:
                raise ValueError("picture 2 is damaged")
            return np.full(1, index)

    reading = read_ahead(Pictures(), range(3))
    assert [int(next(reading)[1][0]) for _ in range(2)] == [0, 1]
    with pytest.raises(ValueError, match="picture 2 is damaged"):
        next(reading)


def test_cell_that_a_spreadsheet_would_run_is_text():
    named = replace(result(1, 0.5), sample="=HYPERLINK(0)")
    text = clicks_csv(EvaluationReport("+data", EvaluationProtocol(), (named,)))
    assert "'=HYPERLINK(0)" in text
    assert "\n'+data," in text.replace("\r", "")
