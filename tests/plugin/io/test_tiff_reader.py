"""TIFF files in napari's layers, and saved from them: axes and the size of the pixels stay."""

import numpy as np
import pytest
import tifffile
from napari.components import ViewerModel
from napari.layers import Labels, Layer
from npe2 import PluginManager
from tests.fakes import Disks

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.display.layers import create_labels
from napari_simpleclick.plugin.io.saving import Saving
from napari_simpleclick.plugin.io.tiff_reader import get_tiff_reader, open_tiff
from napari_simpleclick.plugin.io.writers import write_labels
from napari_simpleclick.plugin.jobs.worker import run_now
from napari_simpleclick.plugin.workspace.image_file import image_file

STACK = np.arange(4 * 20 * 30, dtype=np.uint16).reshape(4, 20, 30)


@pytest.fixture
def imagej(tmp_path):
    path = tmp_path / "stack.tif"
    metadata = {"axes": "ZYX", "unit": "um", "spacing": 0.05}
    tifffile.imwrite(path, STACK, imagej=True, resolution=(1 / 0.004, 1 / 0.0046), metadata=metadata)
    return path


def opened(*paths):
    names = [str(path) for path in paths]
    return Layer.create(*get_tiff_reader(names)(names)[0])


def test_reader_is_for_tiff_only():
    assert get_tiff_reader("a.tif") is not None
    assert get_tiff_reader(["a.TIFF", "b.tif"]) is not None
    assert get_tiff_reader(["a.tif", "b.png"]) is None


def test_masks_have_the_size_of_the_pixels_of_their_image(imagej, tmp_path):
    image = opened(imagej)
    np.testing.assert_allclose(image.scale, (0.05, 0.0046, 0.004))
    assert image.axis_labels == ("z", "y", "x")
    labels = create_labels(image)
    labels.data[1, 2, 3] = 1
    target = tmp_path / "stack_masks.tif"
    write_labels(str(target), *labels.as_layer_data_tuple()[:2])
    again = opened(target)
    assert isinstance(again, Labels)
    np.testing.assert_allclose(again.scale, image.scale)
    assert str(again.units[-1]) == str(image.units[-1]) == "micrometer"
    np.testing.assert_array_equal(np.argwhere(again.data), [[1, 2, 3]])


def test_ome_axes_of_time_and_channels_are_kept(tmp_path):
    path = tmp_path / "cells.ome.tif"
    metadata = {"axes": "TCYX", "PhysicalSizeX": 0.2, "PhysicalSizeXUnit": "\u00b5m"}
    tifffile.imwrite(path, STACK.reshape(2, 2, 20, 30), ome=True, metadata=metadata)
    assert opened(path).axis_labels == ("t", "c", "y", "x")


def test_files_opened_as_a_stack_are_one_volume(tmp_path):
    paths = [tmp_path / f"{number}.tif" for number in range(4)]
    for path, plane in zip(paths, STACK, strict=True):
        tifffile.imwrite(path, plane)
    np.testing.assert_array_equal(opened(*paths).data, STACK)
    tifffile.imwrite(paths[0], STACK[0, :5])
    with pytest.raises(VolumeError, match="one size"):
        opened(*paths)


def test_the_menu_opens_a_stack_that_knows_its_file_and_pixel_size(imagej):
    viewer = ViewerModel()
    open_tiff(viewer, [str(imagej)])
    (image,) = viewer.layers
    np.testing.assert_allclose(image.scale, (0.05, 0.0046, 0.004))
    assert image_file(image) == str(imagej)


@pytest.mark.parametrize("case", ["bare", "placed", "other shape", "no tiff", "gone"])
def test_masks_of_a_stack_that_napari_opened_are_saved_with_the_size_its_file_tells(imagej, tmp_path, case):
    PluginManager.instance().discover()  # napari's own reader
    controller = Controller(ViewerModel(), run_now)
    workspace = controller.workspace
    (image,) = workspace.viewer.open(str(imagej), plugin="napari")
    assert tuple(image.scale) == (1, 1, 1)
    controller.predictors.load(Disks)
    controller.images.annotate(image)
    controller.clicks.click_at((1, 5, 5), positive=True)
    expected = (1, 1, 1)
    if case == "bare":
        expected = (0.05, 0.0046, 0.004)
    elif case == "placed":
        expected = workspace.labels.scale = (3, 2, 2)
    elif case == "other shape":
        tifffile.imwrite(imagej, STACK[:2], imagej=True, resolution=(250, 250), metadata={"unit": "um"})
    elif case == "no tiff":
        imagej.write_bytes(b"none")
    else:
        imagej.unlink()
    target = tmp_path / "masks.tif"
    Saving(workspace, run_now).save(target)
    np.testing.assert_allclose(opened(target).scale, expected)


def test_truncated_file_is_named(imagej):
    imagej.write_bytes(imagej.read_bytes()[:200])
    with pytest.raises(VolumeError, match=r"stack\.tif.*copied completely"):
        opened(imagej)
