import numpy as np
import pytest

from napari_simpleclick.training.examples import Example
from napari_simpleclick.training.pictures.augmentation import VARIATIONS, vary


def upright() -> tuple[np.ndarray, np.ndarray]:
    """A dark picture, bright below; the target is what is bright."""
    image = np.full((64, 64, 3), 40, np.uint8)
    image[48:] = 210
    return image, image[..., 0] > 100


@pytest.mark.parametrize("kind", VARIATIONS)
def test_picture_and_target_stay_together(kind):
    image, target = upright()
    for seed in range(20):
        example = vary(np.random.default_rng(seed), Example(image, target), kind)
        assert example.image.shape == image.shape
        assert example.image.dtype == np.uint8
        inside, outside = (np.median(example.image[where]) for where in (example.target, ~example.target))
        assert abs(inside - outside) > 15
        assert example.target.mean() == target.mean()


def test_photographs_stay_upright_and_are_never_inverted():
    image, target = upright()
    examples = [vary(np.random.default_rng(seed), Example(image, target), "photo") for seed in range(100)]
    assert np.mean([example.target[-1].all() for example in examples]) > 0.85
    assert all(np.median(e.image[e.target]) > np.median(e.image[~e.target]) for e in examples)


def test_microscopy_is_turned_and_inverted():
    image, target = upright()
    examples = [vary(np.random.default_rng(seed), Example(image, target), "microscopy") for seed in range(100)]
    assert 0.1 < np.mean([example.target[-1].all() for example in examples]) < 0.45
    assert 0.08 < np.mean([np.median(e.image[e.target]) < np.median(e.image[~e.target]) for e in examples]) < 0.35


def test_variation_is_reproducible():
    image, target = upright()
    first, second = (vary(np.random.default_rng(4), Example(image, target), "medical") for _ in "ab")
    np.testing.assert_array_equal(first.image, second.image)


def test_labels_move_with_the_picture():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, (32, 32))
    picture = np.repeat((labels * 100)[..., None].astype(np.uint8), 3, axis=-1)
    for seed in range(8):
        example = vary(np.random.default_rng(seed), Example(picture, labels == 1, labels), "microscopy")
        assert np.array_equal(example.labels == 1, example.target)
