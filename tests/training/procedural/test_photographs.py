import numpy as np
import pytest

from napari_simpleclick.training.procedural.photographs import PHOTOGRAPHS, photograph, photograph_texture


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_every_photograph_is_there(name):
    picture = photograph(name)
    assert min(picture.shape) >= 256
    assert 0 <= picture.min() < picture.max() <= 1


def test_textures_have_no_mean_and_unit_strength():
    fields = [photograph_texture(np.random.default_rng(seed), 96) for seed in range(40)]
    assert all(field.shape == (96, 96) and field.dtype == np.float32 for field in fields)
    assert abs(np.mean([field.mean() for field in fields])) < 0.1
    assert 0.5 < np.median([field.std() for field in fields]) < 1.2


def test_a_photograph_that_is_not_there_is_named():
    with pytest.raises(FileNotFoundError, match=r"nothing\.png"):
        photograph("nothing.png")
