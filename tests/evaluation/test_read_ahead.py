"""The next picture is read while the one before is clicked."""

from threading import Event

import numpy as np
import pytest

from napari_simpleclick.data.datasets.base import DatasetError, Sample
from napari_simpleclick.evaluation.baselines import MaskPredictor, disks
from napari_simpleclick.evaluation.evaluate import evaluate_pictures
from napari_simpleclick.evaluation.protocol import EvaluationProtocol

PROTOCOL = EvaluationProtocol(max_clicks=2)


class Pictures:
    """Three pictures with an object each; tells when each was read."""

    name = "pictures"

    def __init__(self, *, broken: int | None = None) -> None:
        self.read = [Event() for _ in range(3)]
        self.broken = broken

    def __len__(self) -> int:
        return 3

    def __getitem__(self, index: int) -> Sample:
        if index == self.broken:
            raise DatasetError("picture 2 is cut off")
        self.read[index].set()
        labels = np.zeros((20, 20), np.int32)
        labels[5:12, 5:12] = 1
        return Sample(f"picture {index}", np.zeros((20, 20, 3), np.uint8), labels, (1,))


@pytest.mark.parametrize("batch", [1, 2])
def test_next_picture_is_read_while_clicks_are_answered(batch):
    dataset = Pictures()
    waited: list[bool] = []

    def segment(image, clicks):
        waited.append(dataset.read[1].wait(timeout=20))  # never comes if reading waits for the answer
        return disks(image, clicks)

    first = next(evaluate_pictures(MaskPredictor(segment), dataset, PROTOCOL, range(3), batch=batch))
    assert first.picture == 0
    assert all(waited)
    assert dataset.read[2].is_set() == (batch == 2)


def test_no_more_than_one_picture_is_read_ahead():
    dataset = Pictures()
    next(evaluate_pictures(MaskPredictor(disks), dataset, PROTOCOL, range(3)))
    assert dataset.read[1].wait(timeout=20)
    assert not dataset.read[2].is_set()


def test_picture_that_cannot_be_read_costs_no_result_before_it():
    coming = evaluate_pictures(MaskPredictor(disks), Pictures(broken=1), PROTOCOL, range(3))
    assert next(coming).picture == 0
    with pytest.raises(DatasetError, match="cut off"):
        next(coming)
