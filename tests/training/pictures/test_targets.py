import numpy as np
import pytest

from napari_simpleclick.training.pictures.targets import choose_target, large_objects, touching


def three_objects() -> np.ndarray:
    """1 and 2 touch; 3 stands alone."""
    labels = np.zeros((60, 90), np.uint8)
    labels[10:30, 10:30], labels[10:30, 30:50], labels[40:55, 60:85] = 1, 2, 3
    return labels


def targets(labels, **options) -> list[np.ndarray]:
    found = (choose_target(np.random.default_rng(seed), labels, **options) for seed in range(400))
    return [target for target in found if target is not None]


def named(target: np.ndarray, labels: np.ndarray) -> frozenset[int]:
    """The labels that a target consists of; all of each."""
    inside = np.unique(labels[target])
    np.testing.assert_array_equal(target, np.isin(labels, inside))
    return frozenset(inside.tolist())


def test_every_label_is_a_target_alone():
    labels = three_objects()
    assert {named(target, labels) for target in targets(labels)} == {frozenset({n}) for n in (1, 2, 3)}


def test_where_labels_are_parts_their_union_is_a_target_too():
    labels = three_objects()
    found = [named(target, labels) for target in targets(labels, parts=True)]
    assert 0.2 < np.mean([names == {1, 2, 3} for names in found]) < 0.4


def test_only_objects_that_touch_are_joined():
    labels = three_objects()
    found = {named(target, labels) for target in targets(labels, varied=True)}
    assert frozenset({1, 2}) in found
    assert not found & {frozenset({1, 3}), frozenset({2, 3})}


def test_the_complement_of_a_large_object_is_a_target():
    labels = np.zeros((40, 40), np.uint8)
    labels[5:35, 5:35] = 1
    found = targets(labels, varied=True)
    assert {named(target, labels) for target in found} == {frozenset({0}), frozenset({1})}
    assert np.mean([target[0, 0] for target in found]) < 0.1


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32])
def test_labels_of_every_type_are_counted(dtype):
    labels = np.zeros((30, 30), dtype)
    labels[:10, :10], labels[20:25, 20:25] = 200, 7
    assert large_objects(labels).tolist() == [200]
    assert touching(labels, 200).size == 0
