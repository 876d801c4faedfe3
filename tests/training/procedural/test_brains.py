import gzip

import numpy as np
import pytest

from napari_simpleclick.training.procedural.brains import HEADER, SHAPE, TEMPLATE, Brains


@pytest.fixture(scope="module")
def brains(tmp_path_factory) -> Brains:
    """A ball of white matter in a shell of grey matter, with a hollow in its middle, in files like the template's."""
    folder = tmp_path_factory.mktemp("template")
    z, y, x = np.ogrid[: SHAPE[2], : SHAPE[1], : SHAPE[0]]
    depth = np.sqrt((x - 98) ** 2 + ((y - 116) / 1.2) ** 2 + (z - 94) ** 2)
    maps = {"wm": (depth > 15) & (depth < 60), "gm": (depth >= 60) & (depth < 75), "t1": depth < 75}
    for name, inside in maps.items():
        voxels = np.where(inside, 255, 0).astype(np.uint8)
        (folder / TEMPLATE.format(name)).write_bytes(gzip.compress(bytes(HEADER) + voxels.tobytes(), compresslevel=1))
    return Brains(folder)


def test_axes_are_those_of_the_file(brains):
    white, grey, whole = brains.tissues
    assert white.shape == (189, 233, 197)
    assert white[94, 116, 98 + 30] == 1
    assert grey[94, 116, 98 + 67] == 1
    assert (white[94, 116, 98], whole[94, 116, 98]) == (0, 1)


def test_the_same_generator_draws_the_same_brain(brains):
    first, second = (brains.example(np.random.default_rng(5), 96) for _ in range(2))
    np.testing.assert_array_equal(first.image, second.image)
    np.testing.assert_array_equal(first.target, second.target)


def test_targets_are_never_empty_and_mostly_seen(brains):
    seen = 0
    for seed in range(40):
        example = brains.example(np.random.default_rng(seed), 96)
        assert example.image.shape == (96, 96, 3)
        assert example.target.any()
        assert not example.target.all()
        grey = example.image[..., 0].astype(float)
        ring = ring_around(example.target)
        seen += abs(grey[example.target].mean() - grey[ring].mean()) > 8
    assert seen > 30


def ring_around(target: np.ndarray) -> np.ndarray:
    from scipy import ndimage

    return ndimage.binary_dilation(target, iterations=4) & ~ndimage.binary_dilation(target, iterations=1)


def test_without_the_template_the_cure_is_told(monkeypatch):
    monkeypatch.setattr("napari_simpleclick.training.procedural.brains.find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match="pip install nilearn"):
        Brains.installed()
