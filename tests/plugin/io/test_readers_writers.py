"""NIfTI and TIFF through napari's layers: no window, but napari's own layers and manifest."""

import nibabel
import numpy as np
import pytest
import tifffile
from napari.layers import Image, Labels, Layer

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.plugin.display.layers import create_labels
from napari_simpleclick.plugin.io import sample_data
from napari_simpleclick.plugin.io.readers import get_reader
from napari_simpleclick.plugin.io.writers import write_image, write_labels


@pytest.fixture
def oblique(tmp_path):
    """A small volume in PSR order, rotated, 4 mm slices."""
    affine = np.eye(4)
    turn = nibabel.eulerangles.euler2mat(0.2, 0.1, -0.3) @ np.array([[0, 0, 1], [-1, 0, 0], [0, 1, 0]])
    affine[:3, :3] = turn @ np.diag([0.5, 0.7, 4.0])
    affine[:3, 3] = 12, -30, 44
    path = tmp_path / "patient_flair.nii.gz"
    nibabel.save(nibabel.Nifti1Image(np.arange(210, dtype=np.int16).reshape(5, 6, 7), affine), path)
    return path


def open_layers(*paths):
    names = [str(path) for path in paths]
    return [Layer.create(*data) for data in get_reader(names)(names)]


def test_reader_is_for_nifti_only():
    assert get_reader("a.nii") is not None
    assert get_reader(["a.nii.gz", "B.NII"]) is not None
    assert get_reader(["a.nii.gz", "b.tif"]) is None


def test_voxel_painted_in_napari_is_the_voxel_in_the_file(oblique, tmp_path):
    (image,) = open_layers(oblique)
    labels = create_labels(image)
    place = np.unravel_index(np.argmax(image.data), image.data.shape)
    labels.data[place] = 3
    target = str(tmp_path / "mask.nii.gz")
    assert write_labels(target, *labels.as_layer_data_tuple()[:2]) == [target]
    source, written = nibabel.load(oblique), nibabel.load(target)
    mask = np.asarray(written.dataobj)
    assert np.asarray(source.dataobj)[mask == 3] == 209
    assert mask.sum() == 3
    np.testing.assert_array_equal(written.affine, source.affine)
    assert written.get_data_dtype() == np.uint8


def test_image_layer_has_spacing_units_and_axes(oblique):
    (image,) = open_layers(oblique)
    assert isinstance(image, Image)
    assert sorted(image.scale) == pytest.approx([0.5, 0.7, 4.0], rel=1e-6)
    assert [f"{unit:~}" for unit in image.units] == ["mm"] * 3
    assert image.axis_labels == ("z", "y", "x")
    assert image.name == "patient_flair"


def test_time_comes_first_and_has_no_length(tmp_path):
    path = tmp_path / "bold.nii"
    nibabel.save(nibabel.Nifti1Image(np.zeros((3, 4, 5, 6), np.int16), np.diag([2, 2, 3, 1])), path)
    (image,) = open_layers(path)
    assert image.data.shape == (6, 5, 4, 3)
    assert image.axis_labels == ("t", "z", "y", "x")
    assert [str(unit) for unit in image.units] == ["pixel", "millimeter", "millimeter", "millimeter"]


def test_files_called_labels_open_as_labels(shared):
    cases = shared / "data" / "nifti_cases"
    image, seg, labels = open_layers(
        cases / "t2__t2.nii.gz", cases / "t2__t2_seg-manual.nii.gz", cases / "t2__labels.nii.gz"
    )
    assert isinstance(image, Image)
    assert isinstance(seg, Labels)
    assert isinstance(labels, Labels)
    np.testing.assert_allclose(image.scale, seg.scale)
    np.testing.assert_allclose(image.translate, seg.translate, atol=1e-4)


def test_probabilities_called_seg_open_as_an_image(tmp_path):
    nibabel.save(nibabel.Nifti1Image(np.full((3, 3, 3), 0.5), np.eye(4)), tmp_path / "soft_seg.nii")
    (layer,) = open_layers(tmp_path / "soft_seg.nii")
    assert isinstance(layer, Image)


def test_labels_of_a_stack_keep_their_pixel_size_as_tiff(tmp_path):
    labels = Labels(
        np.ones((3, 4, 5), int), scale=(40, 4, 5), units=("nm",) * 3, axis_labels=("z", "y", "x"), name="mitochondria"
    )
    write_labels(str(tmp_path / "a.tif"), *labels.as_layer_data_tuple()[:2])
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        assert file.imagej_metadata["spacing"] == 40
        assert file.imagej_metadata["unit"] == "nm"
        assert file.asarray().dtype == np.uint8


def test_image_is_written_with_its_numbers(oblique, tmp_path):
    (image,) = open_layers(oblique)
    write_image(str(tmp_path / "copy.nii"), *image.as_layer_data_tuple()[:2])
    source, copy = nibabel.load(oblique), nibabel.load(tmp_path / "copy.nii")
    np.testing.assert_array_equal(np.asarray(copy.dataobj), np.asarray(source.dataobj))
    np.testing.assert_array_equal(copy.affine, source.affine)


def test_colors_are_not_written_as_nifti(tmp_path):
    image = Image(np.zeros((4, 5, 3), np.uint8), rgb=True)
    with pytest.raises(VolumeError, match="this layer has colors"):
        write_image(str(tmp_path / "a.nii"), *image.as_layer_data_tuple()[:2])


@pytest.mark.parametrize("sample", [sample_data.em_like, sample_data.ms_lesion])
def test_samples_open_as_images(sample):
    (data,) = sample()
    assert Layer.create(*data).data.ndim == 3
