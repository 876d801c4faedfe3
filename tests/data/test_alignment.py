"""Volumes on one grid, on others, and on none that is told."""

from dataclasses import replace

import nibabel
import numpy as np
import pytest

from napari_simpleclick.data.alignment import distance, require_one_grid, resampled
from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.io import read_volume
from napari_simpleclick.data.volume import Volume

RNG = np.random.default_rng(0)
LABELS = np.zeros((8, 9, 10), np.uint8)
LABELS[2:5, 3:6, 1:4] = 3
LPS = np.diag([-1.0, -1, 2, 1])


def nifti(path, voxels=LABELS, affine=LPS):
    nibabel.save(nibabel.Nifti1Image(voxels, affine), path)
    return read_volume(path)


def moved(affine, by):
    affine = affine.copy()
    affine[:3, 3] += by
    return affine


@pytest.mark.parametrize(
    ("other", "one"),
    [
        (np.diag([-1.0, -1, 2, 1]), True),
        (moved(np.diag([-1.0, -1, 2, 1]), (0.4, -0.4, 0.9)), True),  # below half a voxel of 1 x 1 x 2
        (moved(np.diag([-1.0, -1, 2, 1]), (0.6, 0, 0)), False),
        (np.eye(4), False),
        (np.diag([-1.0, -1, 2.2, 1]), False),
        (moved(np.diag([-1.0, -1, 2, 1]), (100, 0, 0)), False),
    ],
)
@pytest.mark.parametrize("scale", [1, 1e-6])
def test_half_a_voxel_decides_at_any_size(tmp_path, other, one, scale):
    world = np.diag([scale, scale, scale, 1])
    image = nifti(tmp_path / "i.nii", affine=world @ np.diag([-1.0, -1, 2, 1]))
    labels = nifti(tmp_path / "l.nii", affine=world @ other)
    if one:
        require_one_grid(image, labels, cure="")
    else:
        with pytest.raises(VolumeError, match=r"voxels apart. Affines .*\[\[.*\]\] and \[\[.*\]\].*Do this"):
            require_one_grid(image, labels, cure="Do this.")


def test_axes_stored_in_another_order_at_the_same_place_are_one_grid(tmp_path):
    image = nifti(tmp_path / "i.nii")
    turned = nibabel.load(tmp_path / "i.nii").as_reoriented(np.array([[1, -1], [0, 1], [2, -1]]))
    nibabel.save(turned, tmp_path / "l.nii")
    labels = read_volume(tmp_path / "l.nii")
    require_one_grid(image, labels, cure="")
    np.testing.assert_array_equal(image.data, labels.data)


def test_another_shape_is_told_with_both():
    first, second = (Volume(np.zeros(shape), (1.0,) * 3) for shape in ((2, 3, 4), (2, 3, 5)))
    with pytest.raises(VolumeError, match=r"got shapes \(2, 3, 4\) and \(2, 3, 5\)"):
        require_one_grid(first, second, cure="")


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        (((1.0, 1, 1), None, ()), ((2.0, 1, 1), "mm", ()), False),  # a stack that tells no size
        (((2.0, 1, 1), "mm", ()), ((2.0, 1, 1), "mm", (9.0, 9, 9)), False),  # and one that tells no place
        (((2.0, 1, 1), "mm", ()), ((2.5, 1, 1), "mm", ()), True),
        (((2.0, 1, 1), "mm", ()), ((2000.0, 1000, 1000), "um", ()), False),
        (((2.0, 1, 1), "mm", (0.0, 0, 0)), ((2.0, 1, 1), "mm", (0.0, 0, 0.4)), False),
        (((2.0, 1, 1), "mm", (0.0, 0, 0)), ((2.0, 1, 1), "mm", (0.0, 0, 1.4)), True),
    ],
)
def test_what_a_file_does_not_tell_is_taken_as_equal(first, second, apart):
    volumes = [Volume(LABELS, spacing, unit, origin) for spacing, unit, origin in (first, second)]
    assert (distance(*volumes) > 0.5) is apart


def test_labels_come_to_the_grid_of_the_image_where_nibabel_says_they_are(tmp_path):
    affine = np.diag([-1.0, -1, 2, 1])
    finer = moved(affine @ np.diag([0.5, 0.5, 0.5, 1]), (0.25, 0.25, -0.5))
    voxels = np.kron(LABELS, np.ones((2, 2, 2), np.uint8))
    image, labels = nifti(tmp_path / "i.nii"), nifti(tmp_path / "l.nii", voxels, finer)
    got = resampled(labels, image, labels=True)
    require_one_grid(image, got, cure="")
    np.testing.assert_array_equal(got.data, image.data)


def test_mirrored_labels_come_back_mirrored(tmp_path):
    image = nifti(tmp_path / "i.nii")
    mirrored = np.diag([1.0, -1, 2, 1])
    mirrored[0, 3] = -7
    labels = nifti(tmp_path / "l.nii", LABELS[::-1], mirrored)
    np.testing.assert_array_equal(resampled(labels, image, labels=True).data, image.data)


def test_every_time_of_a_series_is_resampled():
    series = np.stack([LABELS, LABELS * 2])
    like = Volume(series, (1.0,) * 4, "mm", (0.0,) * 4, axes="TZYX")
    shifted = replace(like, origin=(0.0, 0, 0, 2.0))
    np.testing.assert_array_equal(resampled(like, shifted, labels=True).data[..., :-2], series[..., 2:])


def test_what_lies_nowhere_cannot_be_resampled():
    stack = Volume(LABELS, (1.0,) * 3, name="stack")
    with pytest.raises(VolumeError, match="stack and stack does not tell where it lies"):
        resampled(stack, stack, labels=True)
