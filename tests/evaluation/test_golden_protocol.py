"""Robot user, metrics and whole click sequences equal those of the published evaluation."""

import json

import numpy as np
import pytest

from napari_simpleclick.clicks import Click
from napari_simpleclick.data.datasets.registry import open_dataset
from napari_simpleclick.evaluation.evaluate import evaluate_object
from napari_simpleclick.evaluation.metrics import failures, iou, miou, noc
from napari_simpleclick.evaluation.protocol import EvaluationProtocol
from napari_simpleclick.evaluation.users.robot_user import next_click
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.model.weights import load_model


def test_robot_user_clicks_the_published_pixels(golden):
    cases = json.loads((golden / "robot_user.json").read_text())
    masks = np.load(golden / "robot_user.npz")
    shape = tuple(masks["shape"][-2:])
    count = shape[0] * shape[1]

    def unpack(name, index):
        return np.unpackbits(masks[name][index].ravel(), count=count).reshape(shape).astype(bool)

    assert len(cases) == 240
    for index, case in enumerate(cases):
        predicted, target, ignore = (unpack(name, index) for name in ("predicted", "target", "ignored"))
        earlier = [Click(*place) for place in case["previous"]]
        assert next_click(predicted, target, earlier, ignore) == Click(*case["click"], case["positive"])
        assert iou(predicted, target, ignore) == pytest.approx(case["iou"], abs=1e-9)


def test_metrics_equal_the_published_ones(golden):
    recorded = json.loads((golden / "metrics.json").read_text())
    curves = recorded["ious"]
    for threshold, value in recorded["noc"].items():
        assert noc(curves, as_fraction(threshold)) == pytest.approx(value, abs=1e-6)
    for threshold, value in recorded["failures"].items():
        assert failures(curves, as_fraction(threshold)) == value
    for clicks, value in recorded["miou"].items():
        assert miou(curves, int(clicks)) == pytest.approx(value, abs=1e-6)


def as_fraction(threshold: str) -> float:
    value = float(threshold)
    return value / 100 if value > 1 else value


@pytest.fixture(scope="module")
def sequences(shared):
    """Clicks and IoUs as recorded, and our own, of every fifth object; `benchmarks/golden.py` compares all."""
    recorded = json.loads((shared / "golden" / "sstem_sequences.json").read_text())["objects"][::5]
    dataset = open_dataset("ssTEM", shared / "data" / "sstem")
    predictor = Predictor(load_model(shared / "weights" / "xtiny_start.pth"), flip=True)
    samples = {dataset[index].name: dataset[index] for index in range(len(dataset))}
    ours = []
    for entry in recorded:
        sample = samples[entry["section"]]
        row, col, _ = entry["clicks"][0]
        ours.append(evaluate_object(predictor, sample, int(sample.labels[row, col]), EvaluationProtocol(max_clicks=10)))
    return recorded, ours


def test_click_sequences_on_sstem_equal_the_published_ones(sequences):
    equal = total = 0
    for entry, result in zip(*sequences, strict=True):
        for click, value, known_click, known_value in zip(
            result.clicks, result.ious, entry["clicks"], entry["ious"], strict=True
        ):
            total += 1
            if click != Click(*known_click) or abs(value - known_value) > 0.005:
                break
            equal += 1
    assert equal / total >= 0.95


def test_mean_iou_on_sstem_equals_the_published_one(sequences):
    recorded, ours = sequences
    for clicks in (1, 3, 5, 10):
        known = np.mean([entry["ious"][clicks - 1] for entry in recorded])
        assert miou([result.ious for result in ours], clicks) == pytest.approx(known, abs=0.002)
