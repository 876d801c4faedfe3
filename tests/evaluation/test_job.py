"""Which pictures and objects of a data set are evaluated."""

from pathlib import Path

import numpy as np
import pytest
import tifffile

from napari_simpleclick.data.datasets.options import DatasetOptions
from napari_simpleclick.evaluation.job import DatasetChoice, EvaluationJob


@pytest.fixture
def folder(tmp_path) -> Path:
    """Five pictures; on each, two labels, of which the first lies in two parts."""
    for name in ("images", "labels"):
        (tmp_path / name).mkdir()
    marks = np.zeros((12, 12), np.uint8)
    marks[:2, :2], marks[5:8, 5:8], marks[11] = 1, 1, 2
    for number in range(5):
        tifffile.imwrite(tmp_path / "images" / f"{number}.tif", np.full((12, 12), number, np.uint8))
        tifffile.imwrite(tmp_path / "labels" / f"{number}.tif", marks)
    return tmp_path


def test_every_takes_the_first_picture_and_every_so_many_after_it(folder):
    job = EvaluationJob(DatasetChoice("folder", folder, DatasetOptions(every=2)))
    dataset = job.dataset.open()
    assert [dataset[number].name for number in range(len(dataset))] == ["0.tif", "2.tif", "4.tif"]
    assert dataset.name == folder.name
    data = job.provenance(dataset)["data"]
    assert data["every"] == 2
    assert data["selection"] == "all pictures; of these 3 of 5: the first and every 2 after it"
    with pytest.raises(IndexError, match="There are 3 pictures"):
        dataset[3]


def test_every_below_one_is_refused(folder):
    with pytest.raises(ValueError, match="at least 1, got 0"):
        DatasetChoice("folder", folder, DatasetOptions(every=0)).open()


def test_components_are_objects_of_their_own_and_small_ones_are_left_out(folder):
    options = DatasetOptions(components=True, min_size=5)
    sample = DatasetChoice("folder", folder, options).open()[0]
    assert [int(sample.mask(i).sum()) for i in sample.object_ids] == [9, 12]
    whole = DatasetChoice("folder", folder).open()[0]
    assert [int(whole.mask(i).sum()) for i in whole.object_ids] == [13, 12]


def test_rules_of_the_reported_numbers_give_their_numbers_of_objects(shared):
    nuclei = DatasetChoice("folder", shared / "data" / "nuclei", DatasetOptions(every=10, min_size=100)).open()
    lesions = DatasetChoice(
        "BraTS", shared / "data" / "ms_lesions", DatasetOptions(slice_rule="all", components=True, min_size=30)
    ).open()
    assert len(nuclei) == 67
    assert len(lesions) == 87
    assert sum(len(lesions[number].object_ids) for number in range(len(lesions))) == 229
