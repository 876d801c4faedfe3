"""Views of a patient stand upright, with letters that tell the directions; other images stay as they are."""

import nibabel
import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image, Layer

from napari_simpleclick.data.samples import FOLDER
from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.io.readers import read
from napari_simpleclick.plugin.jobs.worker import run_now
from napari_simpleclick.plugin.tools.upright import Upright


def opened(path):
    """A controller on a NIfTI volume."""
    viewer = ViewerModel()
    controller = Controller(viewer, run_now)
    image = viewer.add_layer(Layer.create(*read(str(path))[0]))
    controller.upright = Upright(controller.workspace)
    controller.images.annotate(image)
    return controller


@pytest.fixture
def brain():
    """A volume of 24 axial slices, 150 rows from front to back, 128 columns from right to left."""
    return opened(FOLDER / "ms_lesion.nii.gz")


def written(viewer):
    return viewer.canvas.overlays.text if hasattr(viewer, "canvas") else viewer.text_overlay


def seen(controller):
    """Names of the displayed axes, whether rows grow upwards, and the letters."""
    viewer = controller.workspace.viewer
    labels = controller.workspace.image.axis_labels
    camera = getattr(viewer, "scene", viewer).camera
    axes = "".join(labels[axis] for axis in viewer.dims.displayed)
    return axes, str(camera.orientation2d[0]), written(viewer).text.split()


AXIAL = ("yx", "down", ["A", "R", "L", "P"])
SAGITTAL = ("zy", "up", ["S", "A", "P", "I"])
CORONAL = ("zx", "up", ["S", "R", "L", "I"])


def test_rolling_the_axes_goes_round_three_upright_views(brain):
    dims = brain.workspace.viewer.dims
    for view in (AXIAL, SAGITTAL, CORONAL, AXIAL, SAGITTAL):
        assert seen(brain) == view
        lines = written(brain.workspace.viewer).text.splitlines()
        assert {line.index(line.strip()) + len(line.strip()) / 2 for line in lines} == {len(lines[0]) / 2}, "centred"
        dims.roll()


def test_rows_and_columns_are_exchanged_by_hand(brain):
    dims = brain.workspace.viewer.dims
    dims.roll()
    dims.transpose()
    assert seen(brain) == ("yz", "down", ["A", "I", "S", "P"])


def test_another_image_is_no_patient(brain):
    viewer = brain.workspace.viewer
    viewer.dims.roll()
    brain.images.annotate(viewer.add_layer(Image(np.zeros((24, 150, 128), np.uint8))))
    camera = getattr(viewer, "scene", viewer).camera
    assert str(camera.orientation2d[0]) == "down"
    assert written(viewer).text == ""
    assert not written(viewer).visible


def test_the_text_of_somebody_else_stays(brain):
    viewer = brain.workspace.viewer
    written(viewer).text = "Figure 1"
    viewer.dims.roll()
    assert written(viewer).text == "Figure 1"


TOWARDS = {"R": (0, 1), "L": (0, -1), "A": (1, 1), "P": (1, -1), "S": (2, 1), "I": (2, -1)}
"""Axis of NIfTI's world and the direction in it, for letters of patients."""


@pytest.mark.parametrize("oblique", [0, 20])
@pytest.mark.parametrize("codes", ["RAS", "LPS", "LAS", "PSR", "IRP", "ALI"])
def test_letters_are_those_of_the_affine_however_the_file_lies(tmp_path, codes, oblique):
    shape, angle = (12, 14, 16), np.deg2rad(oblique)
    affine = np.eye(4)
    affine[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    affine[:3] *= 2.0
    lies = nibabel.orientations.axcodes2ornt(codes)
    affine = affine @ nibabel.orientations.inv_ornt_aff(lies, shape)
    for world in range(3):  # the voxels tell where they are
        places = nibabel.affines.apply_affine(affine, np.moveaxis(np.indices(shape), 0, -1))[..., world]
        nibabel.save(nibabel.Nifti1Image(places.astype(np.float32), affine), tmp_path / f"{world}.nii")
    volumes = [opened(tmp_path / f"{world}.nii") for world in range(3)]
    for _ in range(3):
        _, rows_grow, (top, left, right, bottom) = seen(volumes[0])
        slices = [shown_values(each.workspace) for each in volumes]
        for letter, (step_rows, step_cols) in (
            (top, (-1, 0)), (bottom, (1, 0)), (left, (0, -1)), (right, (0, 1)),
        ):  # fmt: skip
            world, direction = TOWARDS[letter]
            downwards, rightwards = (np.diff(slices[world], axis=axis).mean() for axis in (0, 1))
            downwards *= 1 if rows_grow == "down" else -1
            assert direction * (step_rows * downwards + step_cols * rightwards) > 1
        for each in volumes:
            each.workspace.viewer.dims.roll()


def shown_values(workspace):
    """Pixels of the displayed slice as the file has them."""
    plane = workspace.shown_plane
    return np.asarray(plane.read(slice(None), slice(None)), float)
