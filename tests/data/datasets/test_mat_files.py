"""MATLAB files are read in a child, which may crash without harm."""

import numpy as np
import pytest
from scipy.io import savemat

from napari_simpleclick.data.datasets.base import DatasetError
from napari_simpleclick.data.datasets.mat_files import MatFileError, MatReader
from napari_simpleclick.data.datasets.sbd import read_instances


@pytest.fixture
def reader():
    made = MatReader()
    yield made
    made.stop()


@pytest.fixture
def file(tmp_path):
    savemat(tmp_path / "a.mat", {"GTinst": {"Segmentation": np.arange(12, dtype=np.uint8).reshape(3, 4)}})
    return tmp_path / "a.mat"


def test_array_comes_back(reader, file):
    np.testing.assert_array_equal(reader.read(file, "GTinst", "Segmentation"), np.arange(12).reshape(3, 4))


def test_damaged_and_other_files_are_told(reader, file, tmp_path):
    (tmp_path / "b.mat").write_bytes(file.read_bytes()[:150])
    for path, names in (
        (tmp_path / "b.mat", ("GTinst",)),
        (tmp_path / "none.mat", ()),
        (file, ("GTinst", "Boundaries")),
    ):
        with pytest.raises(MatFileError, match=path.name):
            reader.read(path, *names)
    assert reader.read(file, "GTinst", "Segmentation").shape == (3, 4)


def test_crash_of_the_child_is_told_and_the_next_file_is_read(reader, file):
    reader.read(file, "GTinst", "Segmentation")
    reader._child.kill()
    reader._child.wait()
    with pytest.raises(MatFileError, match="crashed its reader"):
        reader.read(file, "GTinst", "Segmentation")
    assert reader.read(file, "GTinst", "Segmentation").shape == (3, 4)


def test_other_content_is_told_with_what_was_expected(tmp_path):
    savemat(tmp_path / "a.mat", {"GTinst": {"Segmentation": np.zeros((3, 4, 5))}})
    with pytest.raises(DatasetError, match=r"expected instance numbers \(height, width\), got float64"):
        read_instances(tmp_path / "a.mat")
