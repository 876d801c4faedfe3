"""A user who clicks by chance: where the clicks fall, and that a draw is the same whenever it is made."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.ndimage import label

from napari_simpleclick.clicks import Click
from napari_simpleclick.data.datasets.base import Sample
from napari_simpleclick.evaluation.baselines import disks_predictor
from napari_simpleclick.evaluation.evaluate import evaluate
from napari_simpleclick.evaluation.protocol import EvaluationProtocol
from napari_simpleclick.evaluation.reports.compare import compare
from napari_simpleclick.evaluation.reports.report import EvaluationReport
from napari_simpleclick.evaluation.users.human_user import draw_of, human_click
from napari_simpleclick.evaluation.users.robot_user import next_click
from napari_simpleclick.prompts import Prompt

MASKS = arrays(bool, (11, 13))


@given(predicted=MASKS, target=MASKS, ignore=MASKS, seed=st.integers(0, 2**31))
@settings(deadline=None, max_examples=150)
def test_click_lies_in_the_error_that_the_robot_user_clicks(predicted, target, ignore, seed):
    click = human_click(np.random.default_rng(seed), predicted, target, (), ignore)
    wrong = (predicted != target) & ~ignore
    if not wrong.any():
        assert click == Click(0, 0, positive=False)
        return
    at, centre = (int(click.row), int(click.col)), next_click(predicted, target, (), ignore)
    assert wrong[at]
    assert click.positive == centre.positive == target[at]
    parts, _ = label(wrong & (target if click.positive else ~target), structure=np.ones((3, 3)))
    assert parts[at] == parts[int(centre.row), int(centre.col)]


@given(target=MASKS, seed=st.integers(0, 2**31), count=st.integers(1, 12))
@settings(deadline=None, max_examples=60)
def test_no_pixel_is_clicked_twice_while_there_are_others(target, seed, count):
    rng, clicks = np.random.default_rng(seed), []
    for _ in range(min(count, int(target.sum()))):
        clicks.append(human_click(rng, np.zeros_like(target), target, clicks))
    assert len({(click.row, click.col) for click in clicks}) == len(clicks)
    assert all(target[int(click.row), int(click.col)] for click in clicks)


def test_every_pixel_of_a_clicked_up_error_leaves_the_robot_users_click():
    wrong = np.zeros((5, 5), bool)
    wrong[0, 0] = True
    click = human_click(np.random.default_rng(0), wrong, wrong & False, [Click(0, 0, positive=False)])
    assert click == Click(0, 0, positive=False)


def test_half_of_the_clicks_fall_in_the_inner_half_of_a_disk():
    row, col = np.mgrid[:41, :41] - 20
    disk = np.hypot(row, col) <= 18
    rng = np.random.default_rng(0)
    clicks = [human_click(rng, disk & False, disk) for _ in range(500)]
    inner = np.mean([np.hypot(click.row - 20, click.col - 20) <= 9 for click in clicks])
    assert inner == pytest.approx(0.5, abs=0.06)


def test_masks_of_different_shapes_are_refused():
    with pytest.raises(ValueError, match="Expected masks of one shape"):
        human_click(np.random.default_rng(0), np.zeros((3, 3), bool), np.zeros((3, 4), bool))


def test_draws_differ_from_each_other_and_from_object_to_object():
    numbers = {
        tuple(draw_of(*which).integers(1000, size=3))
        for which in [("a", 1, 0), ("a", 1, 1), ("a", 2, 0), ("b", 1, 0), ("a", 1, 0)]
    }
    assert len(numbers) == 4


class Pictures:
    """Two pictures with a square and a bar each."""

    name = "squares"

    def __len__(self):
        return 2

    def __getitem__(self, index):
        labels = np.zeros((40, 40), np.int32)
        labels[4:20, 4:20], labels[30:34, 2:38] = 1, 2
        return Sample(f"{index}", np.full((40, 40, 3), 90, np.uint8), labels, (1, 2))


def run(draws: int = 3) -> EvaluationReport:
    protocol = EvaluationProtocol(max_clicks=4, miou_clicks=(1, 4), user="human", draws=draws)
    return evaluate(disks_predictor(), Pictures(), protocol)


def test_draws_are_the_same_in_every_run_and_the_first_ones_in_a_longer_one():
    def clicks(report):
        return {(*result.place, result.draw): result.clicks for result in report.objects}

    three, one = clicks(run(3)), clicks(run(1))
    assert three == clicks(run(3))
    assert len(three) == 12
    assert one == {which: made for which, made in three.items() if which[2] == 0}
    assert len({made[:1] for (sample, object_id, _), made in three.items() if (sample, object_id) == ("0", 1)}) > 1


def test_report_tells_the_mean_of_draws_and_their_spread(tmp_path):
    report = run()
    means = [part.summary()["mIoU@1"] for part in report.by_draw()]
    assert len(means) == 3
    assert report.count == report.summary()["objects"] == 4
    assert report.summary()["mIoU@1"] == pytest.approx(np.mean(means))
    assert report.spread_of_draws()["mIoU@1"] == pytest.approx(np.std(means, ddof=1))
    assert len(report.values()["NoC@85"]) == 4
    report.write(tmp_path / "report.json")
    assert EvaluationReport.read(tmp_path / "report.json") == report
    assert [draw["mIoU@1"] for draw in report.to_json()["draws"]] == pytest.approx(means)


@pytest.mark.parametrize("first", ["box", "lasso", "scribble"])
def test_objects_are_told_by_what_is_drawn_and_then_clicked(tmp_path, first):
    protocol = EvaluationProtocol(max_clicks=3, miou_clicks=(1, 3), first=first, draws=2)
    report = evaluate(disks_predictor(), Pictures(), protocol)
    assert len(report.objects) == 8
    for result in report.objects:
        assert isinstance(result.clicks[0], Prompt)
        assert {type(click) for click in result.clicks[1:]} == {Click}
    assert len({result.clicks[0] for result in report.objects if result.place == ("0", 1)}) == 2
    report.write(tmp_path / "report.json")
    assert EvaluationReport.read(tmp_path / "report.json") == report


def test_clicks_of_people_and_of_the_robot_user_are_compared_object_by_object():
    centre = evaluate(disks_predictor(), Pictures(), EvaluationProtocol(max_clicks=4, miou_clicks=(1, 4)))
    compared = compare(centre, run())
    assert compared.objects == 4
    assert compared.rows[0].second == pytest.approx(run().summary()["mIoU@1"])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"user": "centre", "draws": 2}, "--draws 2 needs --user human"),
        ({"user": "human", "draws": 0}, "from 1 to 100000, got 0"),
        ({"user": "dog"}, "Choose one of: centre, human"),
        ({"first": "circle"}, "Unknown first prompt 'circle'. Choose one of: click, box"),
    ],
)
def test_draws_without_chance_are_refused(values, message):
    with pytest.raises(ValueError, match=message):
        EvaluationProtocol(**values)
