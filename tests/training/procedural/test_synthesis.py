import numpy as np
import pytest

from napari_simpleclick.training.procedural.styles import STYLES
from napari_simpleclick.training.procedural.synthesis import LARGEST_OBJECT, SMALLEST_OBJECT, Synthesis


@pytest.mark.parametrize("size", [64, 128, 224])
@pytest.mark.parametrize("style", STYLES)
def test_every_style_draws_usable_examples(style, size):
    for seed in range(4):
        example = Synthesis({style: 1.0}).example(np.random.default_rng(seed), size)
        assert example.image.shape == (size, size, 3)
        assert example.image.dtype == np.uint8
        assert example.target.shape == (size, size)
        assert example.target.sum() >= SMALLEST_OBJECT
        assert example.target.mean() < LARGEST_OBJECT


def test_the_same_seed_draws_the_same_picture():
    first, second, other = (Synthesis().example(np.random.default_rng(seed), 96) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first.image, second.image)
    np.testing.assert_array_equal(first.target, second.target)
    assert (first.image != other.image).any()


def test_pictures_are_rarely_flat():
    """A picture without contrast teaches nothing; a few come from strong bias fields."""
    examples = (Synthesis().example(np.random.default_rng(seed), 96) for seed in range(60))
    assert np.mean([example.image.std() > 12 for example in examples]) > 0.95


def test_targets_come_in_all_sizes():
    areas = [Synthesis().example(np.random.default_rng(seed), 96).target.mean() for seed in range(150)]
    assert np.quantile(areas, 0.1) < 0.02
    assert np.quantile(areas, 0.9) > 0.15


def test_some_targets_are_as_small_as_things_on_a_large_plane():
    areas = [Synthesis().example(np.random.default_rng(seed), 224).target.sum() for seed in range(150)]
    assert 0.02 < np.mean(np.array(areas) < 100) < 0.3
