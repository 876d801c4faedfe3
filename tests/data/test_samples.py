"""The bundled samples: they open, fit their labels, stay small, and the drawn one is repeatable."""

import runpy
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import label

from napari_simpleclick.data.samples import FOLDER, SAMPLES, sample_volume

SCRIPT = Path(__file__).parents[2] / "scripts" / "make_samples.py"


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_opens_with_its_labels_and_true_spacing(name):
    volume, labels = sample_volume(name)
    assert volume.shape == labels.shape
    assert volume.unit in ("mm", "nm")
    assert labels.max() >= 1


def test_samples_are_small_and_licensed():
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 1.5e6
    told = (FOLDER / "LICENSES.md").read_text(encoding="utf-8")
    assert all(file in told for files in SAMPLES.values() for file in files)


def test_drawn_mitochondria_go_on_through_sections_in_one_piece():
    _, labels = sample_volume("em-like")
    for number in range(1, labels.max() + 1):
        sections = [section == number for section in labels if (section == number).any()]
        assert len(sections) >= 4
        assert all(label(section)[1] == 1 for section in sections)


def test_drawing_again_gives_the_same_stack():
    picture, labels = runpy.run_path(str(SCRIPT))["draw_stack"]()
    volume, bundled = sample_volume("em-like")
    np.testing.assert_array_equal(labels, bundled)
    assert np.abs(picture.astype(int) - volume.data).max() <= 1


def test_unknown_sample_lists_the_right_ones():
    with pytest.raises(ValueError, match=r"Unknown sample 'brain'. Choose one of: em-like, ms-lesion"):
        sample_volume("brain")
