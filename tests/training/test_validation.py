import numpy as np
import torch

from napari_simpleclick.model.simpleclick import SimpleClick, SimpleClickConfig
from napari_simpleclick.training.validation import CLICKS, picture_objects, synthetic_objects, validate


def test_procedural_objects_are_the_same_at_every_validation():
    first, second = (synthetic_objects(2, size=64) for _ in "ab")
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one.sample.image, other.sample.image)
        np.testing.assert_array_equal(one.sample.labels, other.sample.labels)


def test_pictures_without_large_objects_are_left_out():
    labels = np.zeros((40, 40), np.int32)
    labels[5:25, 5:25] = 7
    image = np.zeros((40, 40, 3), np.uint8)
    readers = [lambda: (image, labels), lambda: (image, np.zeros_like(labels))]
    (only,) = picture_objects(readers, 5)
    assert only.object_id == 7


def test_scores_are_named_by_clicks_and_repeatable():
    torch.manual_seed(0)
    model = SimpleClick(SimpleClickConfig(16, 32, 4, 2, (16, 16, 16, 16), 16, image_size=64))
    objects = synthetic_objects(2, size=64)
    scores = validate(model, objects)
    assert list(scores) == [f"mIoU@{clicks}" for clicks in CLICKS]
    assert all(0 <= score <= 1 for score in scores.values())
    assert validate(model, objects) == scores
