"""Slices of volumes whose labels lie on their grid, on another one, and of series in time."""

import nibabel
import numpy as np
import pytest
import tifffile
from scipy.ndimage import uniform_filter

from napari_simpleclick.data.datasets.base import DatasetError
from napari_simpleclick.data.datasets.objects import labels_or_components
from napari_simpleclick.data.datasets.options import DatasetOptions
from napari_simpleclick.data.datasets.slices import LabelledVolume, open_slices, read_labels

VOXELS = np.random.default_rng(0).integers(0, 200, (20, 18, 8)).astype(np.uint8)
LABELS = np.zeros(VOXELS.shape, np.uint8)
LABELS[4:9, 6:12, 2:6] = 1
VOXELS[LABELS > 0] = 255
LPI = np.diag([-1.0, 1, 2, 1])
LPI[0, 3] = 19


def saved(path, voxels, affine=LPI):
    nibabel.save(nibabel.Nifti1Image(voxels, affine), path)
    return path


def opened(image, labels, **options):
    return open_slices("x", [LabelledVolume("x", image, labels)], labels_or_components, DatasetOptions(**options))


@pytest.mark.parametrize("moved", [np.eye(4), LPI + np.outer([1, 0, 0, 0], [0, 0, 0, 100.0])])
def test_labels_of_another_place_are_refused_with_both_affines(tmp_path, moved):
    image = saved(tmp_path / "i.nii", VOXELS)
    with pytest.raises(DatasetError, match=r"i.nii and l.nii must lie at one place.*Affines .* and .*--resample"):
        opened(image, saved(tmp_path / "l.nii", LABELS, moved))[0]


def test_labels_of_another_place_are_resampled_on_request(tmp_path):
    finer = LPI @ np.diag([0.5, 0.5, 1, 1]) + np.outer([0.25, -0.25, 0, 0], [0, 0, 0, 1])
    labels = saved(tmp_path / "l.nii", np.kron(LABELS, np.ones((2, 2, 1), np.uint8)), finer)
    image = saved(tmp_path / "i.nii", VOXELS)
    found = opened(image, labels, resample=True, slice_rule="all")
    assert len(found) == 4
    for sample in found:
        assert (sample.image[sample.labels > 0] == 255).all()
        assert (sample.labels > 0).sum() == 30
    assert "resampled" in found.selection


@pytest.mark.parametrize(("image_time", "labels_time"), [(False, True), (True, False), (True, True)])
def test_one_time_is_a_volume(tmp_path, image_time, labels_time):
    image = saved(tmp_path / "i.nii", VOXELS[..., None] if image_time else VOXELS)
    labels = saved(tmp_path / "l.nii", LABELS[..., None] if labels_time else LABELS)
    found = opened(image, labels, slice_rule="all")
    assert [place for _, place in found.slices] == [2, 3, 4, 5]
    assert all((sample.image[sample.labels > 0] == 255).all() for sample in found)


@pytest.mark.parametrize(
    ("axis", "size", "places"), [("axial", (18, 20), 4), ("coronal", (8, 20), 6), ("sagittal", (8, 18), 5)]
)
@pytest.mark.parametrize("axes", ["TZYX", "TZCYX", "ZTYX", "ZYX"])
def test_directions_of_series_are_those_of_space(tmp_path, axis, size, places, axes):
    stack, marks = VOXELS.T, LABELS.T
    for letter in [letter for letter in axes if letter in "TC"]:
        at = axes.index(letter)
        stack, marks = (np.stack([each] * (2 if letter == "T" else 1), min(at, each.ndim)) for each in (stack, marks))
    if axes == "TZCYX":
        stack, marks = np.stack([VOXELS.T[:, None]] * 2), np.stack([LABELS.T[:, None]] * 2)
    tifffile.imwrite(tmp_path / "i.tif", stack, metadata={"axes": axes})
    tifffile.imwrite(tmp_path / "l.tif", marks, metadata={"axes": axes})
    found = opened(tmp_path / "i.tif", tmp_path / "l.tif", axis=axis, slice_rule="all")
    times = 2 if "T" in axes else 1
    assert len(found) == times * places
    for sample in found:
        assert sample.image.shape[:2] == size
        assert (sample.image[sample.labels > 0] == 255).all()
    assert len({sample.name for sample in found}) == len(found)


def test_labels_for_one_volume_of_a_series_are_refused_with_both_shapes(tmp_path):
    image = saved(tmp_path / "i.nii", np.stack([VOXELS] * 3, -1))
    with pytest.raises(DatasetError, match=r"shapes \(3, 8, 18, 20\) and \(8, 18, 20\).*TZYX and ZYX"):
        opened(image, saved(tmp_path / "l.nii", LABELS))[0]


def test_single_plane_is_one_slice(tmp_path):
    tifffile.imwrite(tmp_path / "i.tif", VOXELS[..., 3])
    tifffile.imwrite(tmp_path / "l.tif", LABELS[..., 3])
    found = opened(tmp_path / "i.tif", tmp_path / "l.tif", slice_rule="all")
    assert [sample.image.shape for sample in found] == [(20, 18, 3)]


@pytest.mark.parametrize(
    ("voxels", "message"),
    [
        (np.where(LABELS > 0, np.nan, 0), r"must be whole numbers, got 120 others, such as \[nan\]"),
        (LABELS * 0.5, r"got 120 others, such as \[0.5\].*map of probabilities"),
        (np.where(LABELS > 0, 1e300, 0), "must be whole numbers"),
    ],
)
def test_labels_that_are_none_are_refused_with_what_was_found(tmp_path, voxels, message):
    with pytest.raises(DatasetError, match=message):
        read_labels(saved(tmp_path / "l.nii", voxels))


def test_negative_and_very_large_labels_are_kept_apart(tmp_path):
    marks = np.where(LABELS > 0, 2**40, 0)
    marks[LABELS[::-1] > 0] = 2**40 + 2**32
    marks[0, 0, 3] = -1
    labels = tmp_path / "l.nii"
    nibabel.save(nibabel.Nifti1Image(marks, LPI, dtype=np.int64), labels)
    found = opened(saved(tmp_path / "i.nii", VOXELS), labels, slice_rule="all")[1]
    assert found.object_ids == (2**40, 2**40 + 2**32)
    assert found.ignore.sum() == 1


def test_labels_that_were_interpolated_are_refused(tmp_path):
    image, labels = saved(tmp_path / "i.nii", VOXELS), np.zeros(VOXELS.shape, np.uint8)
    labels[4:9, 6:12, 2:6] = 200
    smooth = uniform_filter(labels.astype(float), (5, 5, 1)).astype(np.uint8)
    with pytest.raises(DatasetError, match=r"l.nii: \d+ numbers were found, most of them only along edges"):
        opened(image, saved(tmp_path / "l.nii", smooth))


def test_labels_of_few_numbers_that_were_interpolated_are_refused(tmp_path):
    image, labels = saved(tmp_path / "i.nii", VOXELS), np.zeros(VOXELS.shape, float)
    labels[4:9, 6:12, 2:6] = 3
    rounded = np.rint(uniform_filter(labels, (3, 3, 1))).astype(np.uint8)
    with pytest.raises(DatasetError, match=r"l.nii: along its edges lie numbers between those of both sides"):
        opened(image, saved(tmp_path / "l.nii", rounded))


def test_many_objects_of_a_voxel_are_objects(tmp_path):
    labels = np.zeros(VOXELS.shape, np.uint8)
    labels[2:18:3, 2:17:3, 4] = np.arange(1, 31).reshape(6, 5)
    found = opened(saved(tmp_path / "i.nii", VOXELS), saved(tmp_path / "l.nii", labels))
    assert len(found[0].object_ids) == 30


def test_labels_that_may_be_inverted_are_told(tmp_path):
    found = opened(saved(tmp_path / "i.nii", VOXELS), saved(tmp_path / "l.nii", 1 - LABELS))
    assert found[0].notices[0].startswith("l.nii: no pixel is 0")
