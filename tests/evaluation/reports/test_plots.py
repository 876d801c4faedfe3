"""What the drawings and the worst cases of a report show."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.data.datasets.base import Sample
from napari_simpleclick.evaluation.protocol import EvaluationProtocol
from napari_simpleclick.evaluation.reports.plots import draw_clicks_needed, draw_curve, draw_timing
from napari_simpleclick.evaluation.reports.report import EvaluationReport, ObjectResult
from napari_simpleclick.evaluation.reports.worst import worst_objects
from napari_simpleclick.inference.prediction import Prediction

CLICKS = (Click(10, 10), Click(12, 12), Click(14, 14))


@pytest.fixture
def report():
    seconds = ((0.1, 0.2, 0.3), (0.1, 0.2, 5.0))
    objects = [ObjectResult("picture", n, CLICKS, (0.5, 0.7, 0.2 * n), each) for n, each in enumerate(seconds, 1)]
    protocol = EvaluationProtocol(max_clicks=3, miou_clicks=(1, 3), iou_thresholds=(0.6,), probability_threshold=0.7)
    return EvaluationReport("mine", protocol, tuple(objects))


@pytest.fixture
def axes():
    return Figure().add_subplot()


def test_timing_has_a_bar_for_all_clicks_but_the_slowest_hundredth(report, axes):
    draw_timing(report, axes)
    assert sum(bar.get_height() for bar in axes.patches) == 5
    assert [line.get_xdata()[0] for line in axes.lines] == pytest.approx([983.33, 200], abs=0.1)


def test_clicks_needed_count_every_object_once(report, axes):
    draw_clicks_needed(report, axes)
    assert [bar.get_height() for bar in axes.patches] == [0, 2, 0]


def test_the_curve_is_the_mean_of_the_objects(report, axes):
    draw_curve(report, axes)
    np.testing.assert_allclose(axes.lines[0].get_ydata(), [50, 70, 30])


class Sure:
    """Answers 0.6 everywhere but in a square, where it answers 0.8."""

    def predict(self, image, clicks, previous=None, *, view=None):
        values = np.full((32, 32), 0.6, np.float32)
        values[8:16, 8:16] = 0.8
        return Prediction(values, Box(0, 32, 0, 32), (32, 32))


class OnePicture:
    """A data set of one picture."""

    name = "mine"

    def __len__(self):
        return 1

    def __getitem__(self, index):
        labels = np.zeros((32, 32), np.int32)
        labels[8:16, 8:16], labels[20:, 20:] = 1, 2
        return Sample("picture", np.zeros((32, 32, 3), np.uint8), labels, (1, 2))


def test_worst_objects_show_the_masks_at_the_threshold_of_the_run(report):
    (worst,) = worst_objects(report, OnePicture(), Sure(), count=1)
    assert worst.result.object_id == 1
    assert sorted(worst.masks) == [1, 3]
    assert worst.masks[3].sum() == 64
