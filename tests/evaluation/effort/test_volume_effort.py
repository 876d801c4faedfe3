"""Whole objects: what belongs together through the slices, how the robot user annotates it, and what is reported."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from napari_simpleclick.arrays import Box
from napari_simpleclick.data.datasets.base import DatasetError, Sample
from napari_simpleclick.data.datasets.options import DatasetOptions
from napari_simpleclick.data.datasets.registry import open_dataset
from napari_simpleclick.evaluation.effort.objects import VolumeObject, components, link, volume_objects
from napari_simpleclick.evaluation.effort.report import EffortReport
from napari_simpleclick.evaluation.effort.result import EffortProtocol, EffortResult
from napari_simpleclick.evaluation.effort.robot import VolumeRobot, measure_effort
from napari_simpleclick.evaluation.predictors import PredictorChoice
from napari_simpleclick.inference.prediction import Prediction

SHAPE = (60, 80)


def disk(row, col, radius) -> np.ndarray:
    rows, cols = np.ogrid[: SHAPE[0], : SHAPE[1]]
    return (rows - row) ** 2 + (cols - col) ** 2 <= radius**2


def tube(centres, radius=9) -> VolumeObject:
    """A bright disk that moves from slice to slice on noisy ground."""
    targets = tuple(disk(row, col, radius) for row, col in centres)
    noise = np.random.default_rng(0).integers(0, 15, (len(targets), *SHAPE, 3), dtype=np.uint8)
    images = tuple(
        np.where(mask[..., None], 180, 40).astype(np.uint8) + n for mask, n in zip(targets, noise, strict=True)
    )
    return VolumeObject("tube", images, targets)


@pytest.fixture
def flood():
    return PredictorChoice(factory="flood-fill").create()


def test_object_that_moves_slowly_takes_one_click(flood):
    result = measure_effort(flood, tube([(30, 20 + 3 * n) for n in range(12)]), EffortProtocol(target=0.9))
    assert sum(result.clicks) == 1
    assert min(result.ious) >= 0.9
    assert sum(map(len, result.alone)) == 12


def test_object_that_jumps_is_clicked_on_both_sides_of_the_jump(flood):
    jumping = tube([(20, 20)] * 4 + [(40, 60)] * 4)
    result = measure_effort(flood, jumping, EffortProtocol(target=0.9))
    assert [sum(result.clicks[:4]), sum(result.clicks[4:])] == [1, 1]
    assert result.volume_iou > 0.9


def test_goal_of_the_whole_object_leaves_bad_slices_alone(flood):
    small_end = replace(tube([(30, 30)] * 9), targets=(*tube([(30, 30)] * 8).targets, disk(30, 30, 4)))
    every = measure_effort(flood, small_end, EffortProtocol(target=0.9, max_clicks=3))
    whole = measure_effort(flood, small_end, EffortProtocol(target=0.9, max_clicks=3, goal="volume"))
    assert sum(whole.clicks) == 1 < sum(every.clicks)
    assert whole.volume_iou >= 0.9 > min(whole.ious)


def test_slices_between_clicked_ones_are_filled_and_clicked_ones_stay(flood):
    robot = VolumeRobot(flood, tube([(30, 20 + 4 * n) for n in range(6)]), EffortProtocol(target=0.9))
    for place in (0, 5):
        robot.visit(place)
        robot.fill(place)
    assert sorted(robot.filled) == [1, 2, 3, 4]
    assert min(robot.ious()) > 0.8
    assert [robot.clicks_on(at) > 0 for at in range(6)] == [True, False, False, False, False, True]


class Radius:
    """Answers a positive click with a disk of a radius that it is told, so that tests know where it is wrong."""

    def __init__(self, radius):
        self.radius = radius

    def predict(self, image, clicks, previous=None, *, view=None):
        last = [click for click in clicks if click.positive][-1]
        return Prediction.from_mask(disk(last.row, last.col, self.radius), Box(0, SHAPE[0], 0, SHAPE[1]), size=64)


def test_goal_of_the_whole_object_clicks_the_slice_with_the_most_wrong_pixels_first():
    sizes = replace(tube([(30, 30)] * 3), targets=(disk(30, 30, 4), disk(30, 30, 9), disk(30, 30, 12)))
    robot = VolumeRobot(Radius(11), sizes, EffortProtocol(target=0.99, goal="volume"), carry=False)
    robot.visit(2)
    # Slice 0 is as empty as slice 1, so both have an IoU of 0, but more pixels are wrong on slice 1.
    assert robot.ious()[:2] == [0, 0]
    assert robot.worst_slice() == 1


def test_slice_where_clicks_do_not_help_waits_until_others_were_tried():
    sizes = replace(tube([(30, 30)] * 3), targets=(disk(30, 30, 5), disk(30, 30, 20), disk(30, 30, 7)))
    robot = VolumeRobot(Radius(7), sizes, EffortProtocol(target=0.99, goal="volume", max_clicks=3), carry=False)
    visited = []
    while (place := robot.worst_slice()) is not None and len(visited) < 6:
        robot.visit(place)
        visited.append(place)
    # The large one is most wrong, but a disk of radius 7 moved about in it does not help, so the others come first.
    assert visited[:4] == [1, 1, 2, 0]


def test_filled_slice_is_clicked_from_the_start_when_the_first_click_does_not_help():
    class Stuck(Radius):
        """Keeps what it is shown, unless there is nothing."""

        def predict(self, image, clicks, previous=None, *, view=None):
            shown = previous if previous is not None and previous.object_mask() else None
            return shown or super().predict(image, clicks, previous, view=view)

    robot = VolumeRobot(Stuck(9), tube([(30, 30)] * 2), EffortProtocol(target=0.9, goal="volume"))
    robot.filled[1] = Prediction.from_mask(disk(30, 34, 9), Box(0, SHAPE[0], 0, SHAPE[1]), size=64)
    robot.put(1, robot.filled[1].mask())
    assert 0.55 < robot.iou(1) < 0.8
    robot.visit(1)
    assert robot.clicks_on(1) == len(robot.course) == 2
    assert robot.iou(1) > 0.9


def test_slice_by_slice_to_the_whole_object_stops_as_soon_as_it_is_good_and_clicks_no_slice_too_often(flood):
    small_end = replace(tube([(30, 30)] * 5), targets=(*tube([(30, 30)] * 4).targets, disk(30, 30, 3)))
    result = measure_effort(flood, small_end, EffortProtocol(target=0.9, goal="volume"))
    assert [len(curve) for curve in result.alone] == [1, 1, 1, 1, 0]
    assert len(result.alone_course) == 4
    assert result.alone_course[-1] >= 0.9 > result.alone_course[-2]
    assert sum(result.clicks) == len(result.course) < 4
    assert result.course[-1] == result.volume_iou >= 0.9


def test_filled_slices_that_are_good_are_accepted_and_stay():
    robot = VolumeRobot(Radius(8), tube([(30, 30)] * 5), EffortProtocol(target=0.7))
    robot.visit(0)
    robot.fill(0)
    robot.accept()
    assert robot.accepted == {1, 2, 3, 4}
    kept = robot.masks[3]
    robot.visit(4)
    robot.fill(4)
    assert robot.masks[3] is kept


def test_predictor_that_sees_nothing_uses_up_its_clicks_and_ends():
    class Blind:
        def predict(self, image, clicks, previous=None, *, view=None):
            return Prediction.from_boxed(None, SHAPE)

    result = measure_effort(Blind(), tube([(30, 30)] * 3), EffortProtocol(max_clicks=2))
    assert result.clicks == (2, 2, 2)
    assert result.ious == (0, 0, 0)


def test_branch_with_the_larger_overlap_goes_on_and_the_other_is_an_object_of_its_own():
    image = np.zeros((1, 12, 3), np.uint8)
    first = Sample("a", image, np.array([[1] * 12]), (1,))
    second = Sample("b", image, np.array([[4, 4, 4, 0, 0, 7, 7, 7, 7, 7, 7, 7]]), (4, 7))
    assert link(first, second) == {1: 7}
    assert link(second, first) == {7: 1}


def test_sections_of_ssTEM_are_linked_into_objects(shared):
    dataset = open_dataset("ssTEM", shared / "data" / "sstem")
    found = list(volume_objects(dataset))
    assert sum(map(len, found)) == 194
    assert max(map(len, found)) == 10
    assert all((a & b).any() for item in found for a, b in zip(item.targets, item.targets[1:], strict=False))


def test_components_hang_together_in_three_dimensions_and_are_counted_in_voxels():
    image = np.zeros((6, 6, 3), np.uint8)
    masks = np.zeros((3, 6, 6), np.int32)
    masks[0, 0, 0] = masks[0, 0, 2] = masks[1, 1, 1] = 1  # two pixels that one of the next slice joins over corners
    masks[2, 5, 5] = 1
    samples = [Sample(str(number), image, mask, (1,)) for number, mask in enumerate(masks)]
    first, second = components(samples)
    assert [int(mask.sum()) for mask in first.targets] == [2, 1]
    assert first.name == "0, component 1"
    assert [int(mask.sum()) for mask in second.targets] == [1]
    assert [len(each) for each in components(samples, min_size=2)] == [2]


def test_slices_of_the_bundled_volumes_are_stacks_and_single_pictures_are_not(tmp_path):
    samples = open_dataset("samples", Path(), DatasetOptions(slice_rule="all"))
    assert max(map(len, volume_objects(samples))) > 5
    assert list(volume_objects(samples, min_slices=10_000)) == []

    class Pictures:
        name = "GrabCut"

    with pytest.raises(DatasetError, match=r"GrabCut holds single pictures.*--volume-effort with volumes or ssTEM"):
        list(volume_objects(Pictures()))


def result(clicks, ious, alone) -> EffortResult:
    return EffortResult("thing", clicks, ious, 0.8, alone)


def test_report_compares_with_slice_by_slice_also_at_the_same_mean_iou():
    through = result((2, 0, 0), (0.8, 0.7, 0.5), ((0.3, 0.9), (0.75,), (0.2, 0.4, 0.9)))
    report = EffortReport("set", EffortProtocol(target=0.75), (through,))
    numbers = report.summary()
    assert numbers["times fewer clicks"] == 3
    # Slice by slice to 31 % ends at 0.9, 0.75 and 0.4 after 2, 1 and 2 clicks; to 30 % it would be 0.3, 0.75, 0.4.
    assert numbers["at the same mean IoU: clicks per object"] == 5
    assert numbers["at the same mean IoU: mean IoU"] == pytest.approx((0.9 + 0.75 + 0.4) / 3)
    same = json.loads(json.dumps(report.to_json()))
    assert same["summary"]["slices clicked"] == 1
    assert same["bootstrap"]["seed"] == 0
    page = report.to_html()
    assert "thing" in page
    assert "<svg" in page


def test_report_says_when_slice_by_slice_never_gets_so_far():
    report = EffortReport("set", EffortProtocol(), (result((1, 0), (0.9, 0.9), ((0.5,), (0.5, 0.6))),))
    assert report.alike()[2] is False
    assert report.summary()["at the same mean IoU: times fewer clicks"] == 3


def test_report_of_the_whole_object_tells_clicks_to_every_level_both_ways():
    entry = EffortResult("thing", (2, 0), (0.8, 0.7), 0.75, ((0.6, 0.9), ()), (0.55, 0.75), (0.3, 0.52, 0.65, 0.71))
    report = EffortReport("set", EffortProtocol(target=0.7, goal="volume"), (entry,))
    numbers = report.summary()
    assert (numbers["to 50 %: clicks per object"], numbers["to 50 %, slice by slice: clicks per object"]) == (1, 2)
    assert (numbers["to 70 %: clicks per object"], numbers["to 70 %, slice by slice: clicks per object"]) == (2, 4)
    assert not any("75 %" in name or "same mean" in name for name in numbers)
    assert numbers["objects that reached it"] == numbers["slice by slice: objects that reached it"] == 1
    assert EffortReport.from_json(json.loads(json.dumps(report.to_json()))) == report
    assert "mean 3-D IoU" in report.to_html()


def test_no_object_on_enough_slices_is_told():
    with pytest.raises(ValueError, match=r"no object on enough slices. Lower --min-slices"):
        EffortReport("set", EffortProtocol(), ())
