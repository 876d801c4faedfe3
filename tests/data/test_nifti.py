"""NIfTI in and out: exact geometry, every header; checked with nibabel alone."""

import itertools
import mmap

import nibabel
import numpy as np
import pytest

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.io import read_volume, write_mask, write_volume
from napari_simpleclick.data.volume import Volume

RNG = np.random.default_rng(0)


def headers():
    """Affines of every permutation and flip, and oblique ones."""
    for order in itertools.permutations(range(3)):
        for flips in itertools.product((1, -1), repeat=3):
            affine = np.zeros((4, 4))
            for axis, (target, flip) in enumerate(zip(order, flips, strict=True)):
                affine[target, axis] = flip * (0.8 + axis)
            affine[:, 3] = 3, -20, 7, 1
            yield affine
    turn = nibabel.eulerangles.euler2mat(0.3, -0.2, 0.5)
    oblique = np.eye(4)
    oblique[:3, :3] = turn @ np.diag([0.5, 0.5, 5])
    yield oblique


def assert_same_voxel_set(path, target, volume):
    """Setting a voxel where the volume is brightest sets the voxel where the file is brightest."""
    source = nibabel.load(path)
    stored = np.asanyarray(source.dataobj)
    place = np.unravel_index(np.nanargmax(volume.data), volume.shape)
    labels = np.zeros(volume.shape, np.uint8)
    labels[place] = 1
    write_mask(target, labels, volume)
    written = nibabel.load(target)
    mask = np.asanyarray(written.dataobj)
    assert mask.shape == source.shape
    assert mask.sum() == 1
    assert stored[np.unravel_index(mask.argmax(), mask.shape)] == np.nanmax(stored)
    np.testing.assert_array_equal(written.affine, source.affine)
    for name in ("qform_code", "sform_code", "xyzt_units"):
        assert written.header[name] == source.header[name]
    np.testing.assert_array_equal(written.header.get_qform(), source.header.get_qform())
    np.testing.assert_array_equal(written.header.get_sform(), source.header.get_sform())
    np.testing.assert_array_equal(written.header.get_zooms(), source.header.get_zooms())


@pytest.mark.parametrize("affine", list(headers()))
@pytest.mark.parametrize("shape", [(4, 5, 6), (3, 4, 5, 2)])
def test_mask_lands_on_the_clicked_voxel_for_every_orientation(tmp_path, affine, shape):
    path = tmp_path / "source.nii.gz"
    nibabel.save(nibabel.Nifti1Image(RNG.permutation(np.prod(shape)).reshape(shape).astype(np.int16), affine), path)
    volume = read_volume(path)
    assert_same_voxel_set(path, tmp_path / "mask.nii.gz", volume)
    assert all(step > 0 for step in volume.spacing)


def test_every_real_header_survives(shared, tmp_path):
    paths = sorted((shared / "data" / "nifti_cases").glob("*.nii.gz"))
    assert len(paths) == 17
    for path in paths:
        assert_same_voxel_set(path, tmp_path / path.name, read_volume(path))


def test_axial_rows_run_from_front_to_back_and_columns_to_the_left(tmp_path):
    data = np.zeros((4, 5, 6), np.uint8)
    data[3, 0, 5] = 9  # rightmost grows to the right (RAS), so this is right, posterior, superior
    path = tmp_path / "ras.nii"
    nibabel.save(nibabel.Nifti1Image(data, np.eye(4)), path)
    z, y, x = np.argwhere(read_volume(path).data == 9)[0]
    assert (z, y, x) == (5, 4, 0)


def test_scaled_integers_are_read_in_their_units(tmp_path):
    image = nibabel.Nifti1Image(np.zeros((3, 3, 3), np.int16), np.eye(4))
    image.header.set_slope_inter(0.5, -10)
    image = nibabel.Nifti1Image(np.full((3, 3, 3), 20.0), np.eye(4), image.header)
    nibabel.save(image, tmp_path / "scaled.nii")
    assert read_volume(tmp_path / "scaled.nii").data.max() == pytest.approx(20, abs=0.5)


@pytest.mark.parametrize("keep", [100, 400])
def test_truncated_file_is_named_with_a_cure(tmp_path, keep):
    whole = tmp_path / "whole.nii.gz"
    nibabel.save(nibabel.Nifti1Image(RNG.integers(0, 9, (8, 8, 8)).astype(np.int16), np.eye(4)), whole)
    broken = tmp_path / "broken.nii.gz"
    broken.write_bytes(whole.read_bytes()[:keep])
    with pytest.raises(VolumeError, match=r"broken.nii.gz cannot be read as NIfTI .*copy or convert it again"):
        read_volume(broken)


def test_other_file_with_a_nifti_name_is_refused(tmp_path):
    (tmp_path / "text.nii").write_text("not a volume")
    with pytest.raises(VolumeError, match="cannot be read as NIfTI"):
        read_volume(tmp_path / "text.nii")


def test_mask_of_another_shape_is_refused_and_the_old_file_stays(tmp_path):
    path, mask = tmp_path / "image.nii", tmp_path / "mask.nii"
    nibabel.save(nibabel.Nifti1Image(np.zeros((4, 5, 6), np.uint8), np.eye(4)), path)
    mask.write_bytes(b"precious")
    with pytest.raises(VolumeError, match=r"must have the shape of its image, \(6, 5, 4\); got \(4, 5, 6\)"):
        write_mask(mask, np.zeros((4, 5, 6), np.uint8), read_volume(path))
    assert mask.read_bytes() == b"precious"


def test_labels_are_stored_in_the_smallest_type(tmp_path):
    write_mask(tmp_path / "many.nii.gz", np.full((2, 3, 4), 300))
    assert nibabel.load(tmp_path / "many.nii.gz").get_data_dtype() == np.uint16


def test_mask_of_a_plain_stack_gets_its_spacing_origin_and_unit(tmp_path):
    like = Volume(np.zeros((2, 3, 4), np.uint8), (50.0, 4.0, 5.0), "nm", origin=(100.0, 8.0, 10.0))
    labels = np.zeros(like.shape, np.uint8)
    labels[1, 2, 3] = 7
    write_mask(tmp_path / "mask.nii.gz", labels, like)
    image = nibabel.load(tmp_path / "mask.nii.gz")
    assert image.get_fdata()[3, 2, 1] == 7
    np.testing.assert_allclose(image.header.get_zooms(), (0.005, 0.004, 0.05), rtol=1e-6)
    assert image.header.get_xyzt_units()[0] == "micron"
    volume = read_volume(tmp_path / "mask.nii.gz")
    np.testing.assert_array_equal(volume.data, labels)
    np.testing.assert_allclose(volume.origin, (0.1, 0.008, 0.01), rtol=1e-6)


def test_big_endian_volume_arrives_in_native_order(tmp_path):
    header = nibabel.Nifti1Header(endianness=">")
    header.set_data_dtype(">i2")
    nibabel.save(
        nibabel.Nifti1Image(np.arange(24, dtype=">i2").reshape(2, 3, 4), np.eye(4), header), tmp_path / "a.nii"
    )
    volume = read_volume(tmp_path / "a.nii")
    assert volume.data.dtype.isnative
    assert_same_voxel_set(tmp_path / "a.nii", tmp_path / "mask.nii", volume)


def test_uncompressed_volume_is_mapped_not_loaded(tmp_path):
    nibabel.save(nibabel.Nifti1Image(np.zeros((4, 5, 6), np.int16), np.diag([-1, 1, 2, 1])), tmp_path / "a.nii")
    base = read_volume(tmp_path / "a.nii").data
    while isinstance(base, np.ndarray):
        base = base.base
    assert isinstance(base, mmap.mmap)


@pytest.mark.parametrize("affine", [np.zeros((4, 4)), np.full((4, 4), np.nan)])
def test_useless_affine_falls_back_to_the_voxel_size(tmp_path, affine):
    image = nibabel.Nifti1Image(RNG.permutation(60).reshape(3, 4, 5).astype(np.int16), np.diag([2.0, 3, 4, 1]))
    image.header.set_sform(affine, code=1)
    image.header["vox_offset"] = 352
    data = image.header.binaryblock + bytes(4) + np.asarray(image.dataobj).tobytes("F")
    (tmp_path / "a.nii").write_bytes(data)
    volume = read_volume(tmp_path / "a.nii")
    assert volume.spacing == pytest.approx((4, 3, 2))
    assert_same_voxel_set(tmp_path / "a.nii", tmp_path / "mask.nii", volume)


def test_full_disk_leaves_the_old_mask_whole(tmp_path, monkeypatch):
    mask = tmp_path / "mask.nii.gz"
    write_mask(mask, np.ones((2, 3, 4), np.uint8))
    before = mask.read_bytes()
    save = nibabel.save

    def full_disk(image, path):
        save(image, path)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(nibabel, "save", full_disk)
    with pytest.raises(
        OSError, match=r"mask.nii.gz was not written: the disk is full \(.*\). The older one is whole. Free space"
    ):
        write_mask(mask, np.zeros((2, 3, 4), np.uint8))
    assert mask.read_bytes() == before
    assert list(tmp_path.iterdir()) == [mask]


def test_complex_voxels_are_refused(tmp_path):
    nibabel.save(nibabel.Nifti1Image(np.zeros((2, 3, 4), np.complex64), np.eye(4)), tmp_path / "phase.nii")
    with pytest.raises(VolumeError, match=r"holds complex64; expected numbers, one per voxel"):
        read_volume(tmp_path / "phase.nii")


def test_not_a_number_passes_and_is_shown_black(tmp_path):
    voxels = np.ones((3, 4, 5), np.float32)
    voxels[0, 0, 0] = np.nan
    nibabel.save(nibabel.Nifti1Image(voxels, np.diag([-1.0, -1, 1, 1])), tmp_path / "a.nii")
    assert np.asarray(read_volume(tmp_path / "a.nii").plane(0).image((0, 1)))[0, 0].tolist() == [0, 0, 0]


@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 1, 3), (3, 4, 5, 1, 3)])
def test_planes_time_and_components_keep_their_shape_on_disk(tmp_path, shape):
    path = tmp_path / "source.nii.gz"
    voxels = RNG.permutation(np.prod(shape)).reshape(shape).astype(np.int16)
    nibabel.save(nibabel.Nifti1Image(voxels, np.diag([1.0, -2.0, 3.0, 1.0])), path)
    assert_same_voxel_set(path, tmp_path / "mask.nii.gz", read_volume(path))


def test_one_mask_for_a_time_series_keeps_the_grid_of_its_volumes(tmp_path):
    path = tmp_path / "bold.nii.gz"
    nibabel.save(nibabel.Nifti1Image(np.zeros((4, 5, 6, 7), np.int16), np.diag([-2.0, 2, 3, 1])), path)
    volume = read_volume(path)
    labels = np.zeros(volume.shape[1:], np.uint8)
    labels[5, 0, 3] = 1
    write_volume(tmp_path / "mask.nii.gz", labels, volume)
    written = nibabel.load(tmp_path / "mask.nii.gz")
    assert written.shape == (4, 5, 6)
    assert np.argwhere(np.asarray(written.dataobj)).tolist() == [[3, 4, 5]]
    np.testing.assert_array_equal(written.affine, nibabel.load(path).affine)


@pytest.mark.parametrize("side", [1e-200, 1e200])
def test_sides_whose_squares_are_no_numbers_leave_the_grid_to_the_voxels(tmp_path, side):
    header = nibabel.Nifti2Header()
    header["sform_code"] = 1
    for axis, name in enumerate(("srow_x", "srow_y", "srow_z")):
        header[name][axis] = side
    nibabel.save(nibabel.Nifti2Image(np.zeros((4, 5, 6), np.uint8), None, header), tmp_path / "a.nii")
    assert read_volume(tmp_path / "a.nii").shape == (6, 5, 4)
