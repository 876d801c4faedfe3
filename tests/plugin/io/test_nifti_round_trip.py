"""A NIfTI file opened, clicked in napari's layers, saved: same grid, same voxel; checked with nibabel alone."""

import nibabel
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from napari.components import ViewerModel
from napari.layers import Image, Labels, Layer
from tests.fakes import Pixel

from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.io.readers import get_reader
from napari_simpleclick.plugin.io.writers import write_labels
from napari_simpleclick.plugin.jobs.worker import run_now

GRID = ("dim", "pixdim", "qform_code", "sform_code", "quatern_b", "quatern_c", "quatern_d", "qoffset_x", "qoffset_y")
GRID += ("qoffset_z", "srow_x", "srow_y", "srow_z", "xyzt_units")


def shown_at(source, voxel):
    """Where nibabel's canonical axes, turned to left-posterior-superior and read backwards, have a voxel of a file."""
    mark = np.zeros(source.shape, np.uint8)
    mark[voxel] = 1
    marked = nibabel.Nifti1Image(mark.reshape(mark.shape + (1,) * (3 - mark.ndim)), source.affine)
    canonical = np.asarray(nibabel.as_closest_canonical(marked).dataobj)[::-1, ::-1]
    return tuple(int(place) for place in np.argwhere(canonical.T)[0])


def clicked_and_saved(path, voxels, target):
    """Open a file, click voxels in napari's layers, each as an object of its own, and save the masks."""
    viewer = ViewerModel()
    image = viewer.add_layer(Layer.create(*get_reader(str(path))(str(path))[0]))
    if isinstance(image, Labels):
        placed = {name: getattr(image, name) for name in ("scale", "translate", "units", "axis_labels", "metadata")}
        image = viewer.add_layer(Image(np.asarray(image.data), **placed))
    controller = Controller(viewer, run_now)
    controller.predictors.load(Pixel)
    controller.images.annotate(image)
    for number, index in enumerate(voxels, start=1):
        controller.workspace.select_object(number)
        world = image.data_to_world(index)
        for axis in viewer.dims.not_displayed:
            viewer.dims.set_point(axis, world[axis])
        controller.clicks.click_at(world, positive=True)
    write_labels(str(target), *controller.workspace.labels.as_layer_data_tuple()[:2])


def assert_same_grid(source, mask):
    for name in GRID:
        np.testing.assert_array_equal(mask.header[name], source.header[name], err_msg=name)
    np.testing.assert_array_equal(mask.affine, source.affine)


def test_every_real_file_gets_its_mask_on_the_very_voxels(shared, tmp_path):
    random = np.random.default_rng(1)
    for path in sorted((shared / "data" / "nifti_cases").glob("*.nii.gz")):
        source = nibabel.load(path)
        voxels = list(dict.fromkeys(tuple(int(random.integers(size)) for size in source.shape) for _ in range(3)))
        clicked_and_saved(path, [shown_at(source, voxel) for voxel in voxels], tmp_path / "mask.nii.gz")
        mask = nibabel.load(tmp_path / "mask.nii.gz")
        assert mask.shape == source.shape
        assert_same_grid(source, mask)
        written = np.asarray(mask.dataobj)
        assert {voxel: int(written[voxel]) for voxel in map(tuple, np.argwhere(written))} == {
            voxel: number for number, voxel in enumerate(voxels, start=1)
        }, path.name


@st.composite
def files(draw):
    """Three and four axes, permuted, flipped, oblique; qform and sform of any code."""
    shape = tuple(draw(st.lists(st.integers(2, 6), min_size=3, max_size=4)))
    flips = draw(st.tuples(*[st.sampled_from((1, -1))] * 3))
    affine = np.eye(4)
    turn = nibabel.eulerangles.euler2mat(*draw(st.tuples(*[st.floats(-0.7, 0.7)] * 3)))
    affine[:3, :3] = (
        turn
        @ np.eye(3)[list(draw(st.permutations(range(3))))]
        @ np.diag(np.multiply(flips, draw(st.tuples(*[st.floats(0.25, 17)] * 3))))
    )
    affine[:3, 3] = draw(st.tuples(*[st.floats(-200, 200)] * 3))
    voxel = tuple(draw(st.integers(0, size - 1)) for size in shape)
    return shape, affine, voxel, draw(st.sampled_from([(1, 1), (0, 2), (1, 0), (2, 4), (0, 1)]))


@settings(max_examples=40, deadline=None)
@given(files())
def test_any_orientation_gets_its_mask_on_the_very_voxel(tmp_path_factory, drawn):
    shape, affine, voxel, (qform_code, sform_code) = drawn
    folder = tmp_path_factory.mktemp("nifti")
    image = nibabel.Nifti1Image(np.arange(np.prod(shape), dtype=np.int16).reshape(shape), affine)
    image.set_qform(affine, qform_code)
    image.set_sform(affine, sform_code)
    nibabel.save(image, folder / "a.nii")
    source = nibabel.load(folder / "a.nii")
    clicked_and_saved(folder / "a.nii", [shown_at(source, voxel)], folder / "mask.nii.gz")
    mask = nibabel.load(folder / "mask.nii.gz")
    assert_same_grid(source, mask)
    assert [tuple(place) for place in np.argwhere(np.asarray(mask.dataobj))] == [voxel]
