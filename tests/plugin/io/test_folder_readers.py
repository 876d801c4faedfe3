"""Folders dropped on napari: a patient's volumes, OME-Zarr."""

import shutil

import nibabel
import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image, Labels, Layer
from tests.fakes import Bright, tube

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.io.folder_readers import get_folder_reader
from napari_simpleclick.plugin.jobs.worker import run_now

zarr = pytest.importorskip("zarr")


def open_folder(folder):
    return [Layer.create(*data) for data in get_folder_reader(str(folder))(str(folder))]


def test_modalities_of_a_patient_open_as_aligned_layers_with_labels_on_top(shared):
    layers = open_folder(shared / "data" / "ms_lesions" / "patient19")
    names = [layer.name.removeprefix("patient19_") for layer in layers]
    assert sorted(names[:4]) == ["flair", "t1", "t1ce", "t2"]
    assert names[4:] == ["seg"]
    assert [type(layer) for layer in layers] == [Image] * 4 + [Labels]
    assert [layer.visible for layer in layers] == [False] * 3 + [True, True]
    for layer in layers[1:]:
        np.testing.assert_array_equal(layer.scale, layers[0].scale)
        np.testing.assert_array_equal(layer.translate, layers[0].translate)
        assert layer.units == layers[0].units
    for image in layers[:4]:
        low, high = image.contrast_limits
        assert image.data.min() <= low < high <= image.data.max()


def test_case_of_brats_2023_opens_with_names_and_mask(tmp_path):
    folder = tmp_path / "BraTS-GLI-00000-000"
    folder.mkdir()
    affine = np.diag([-1.0, -1, 1, 1])
    for word in ("t1c", "t1n", "t2f", "t2w", "seg"):
        voxels = np.random.default_rng(0).integers(0, 3, (6, 7, 5)).astype(np.int16)
        nibabel.save(nibabel.Nifti1Image(voxels, affine), folder / f"{folder.name}-{word}.nii.gz")
    (folder / "._junk.nii.gz").write_bytes(b"junk")
    layers = open_folder(folder)
    assert [layer.name[-3:] for layer in layers] == ["t2w", "t2f", "t1n", "t1c", "seg"]
    assert isinstance(layers[-1], Labels)


def test_folder_of_volumes_that_do_not_belong_together_is_refused(shared, tmp_path):
    for name in ("t2__t2.nii.gz", "mt__t1w.nii.gz"):
        shutil.copy(shared / "data" / "nifti_cases" / name, tmp_path / name)
    with pytest.raises(VolumeError, match="different grids: t2__t2 is not where mt__t1w is"):
        open_folder(tmp_path)


def test_other_folders_are_left_to_other_readers(tmp_path):
    (tmp_path / "a.png").write_bytes(b"")
    assert get_folder_reader(str(tmp_path)) is None
    assert get_folder_reader([str(tmp_path), str(tmp_path)]) is None


@pytest.fixture
def pyramid(tmp_path):
    """An OME-Zarr image with two levels, 40 x 4 x 4 nm."""
    data = tube(6)
    group = zarr.open_group(tmp_path / "a.ome.zarr", mode="w")
    datasets = []
    for level, step in enumerate((1, 2)):
        part = data[:, ::step, ::step]
        group.create_array(str(level), data=np.ascontiguousarray(part), chunks=(1, 40, 50))
        scale = {"type": "scale", "scale": [40, 4 * step, 4 * step]}
        datasets.append({"path": str(level), "coordinateTransformations": [scale]})
    axes = [{"name": name, "type": "space", "unit": "nanometer"} for name in "zyx"]
    group.attrs["ome"] = {"version": "0.5", "multiscales": [{"axes": axes, "datasets": datasets}]}
    return tmp_path / "a.ome.zarr"


def test_levels_of_an_ome_zarr_are_one_layer_that_is_outlined_at_the_finest(pyramid):
    (image,) = open_folder(pyramid)
    assert image.multiscale
    assert [tuple(level.shape) for level in image.data] == [(6, 80, 100), (6, 40, 50)]
    np.testing.assert_array_equal(image.scale, (40, 4, 4))
    viewer = ViewerModel()
    viewer.add_layer(image)
    controller = Controller(viewer, run_now)
    controller.predictors.load(Bright)
    controller.images.annotate(image)
    viewer.dims.set_current_step(0, 2)
    controller.clicks.click_at((2 * 40, 40 * 4, 27 * 4), positive=True)
    mask = controller.workspace.labels.data[2] > 0
    truth = tube(6)[2] > 0
    assert (mask & truth).sum() / (mask | truth).sum() > 0.85
    assert tuple(controller.workspace.labels.scale) == (40, 4, 4)


@pytest.mark.parametrize(("shift", "refused"), [(0.4, False), (0.6, True)])
def test_half_a_voxel_decides_at_any_size_whether_volumes_belong_together(tmp_path, shift, refused):
    side = 1e-5  # in metres
    for name, moved in (("a", 0.0), ("b", shift)):
        affine = np.diag([side, side, side, 1])
        affine[0, 3] = moved * side
        nibabel.save(nibabel.Nifti1Image(np.zeros((3, 4, 5), np.uint8), affine), tmp_path / f"{name}.nii")
    if refused:
        with pytest.raises(VolumeError, match="b is not where a is"):
            open_folder(tmp_path)
    else:
        assert len(open_folder(tmp_path)) == 2
