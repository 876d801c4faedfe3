"""Image sequences: a folder of pictures, or a list of files, opened by napari as one stack, from click to recovery."""

import imageio.v3 as imageio
import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image
from napari_builtins.io import napari_get_reader
from tests.fakes import Bright, autosave_of, session_files_of, tube

from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.jobs.worker import run_now


@pytest.fixture(params=["grey", "colour"])
def folder(request, tmp_path):
    """Four pictures of a tube."""
    pictures = tmp_path / "sequence"
    pictures.mkdir()
    for number, plane in enumerate(tube(4).astype(np.uint8)):
        pixels = plane if request.param == "grey" else np.stack([plane] * 3, axis=-1)
        imageio.imwrite(pictures / f"section_{number:03}.png", pixels)
    return pictures


def opened(paths, work):
    viewer = ViewerModel()
    ((data, *_),) = napari_get_reader(paths)(paths)
    image = viewer.add_layer(Image(data))
    controller = Controller(viewer, run_now)
    controller.errors = []
    controller.workspace.failed.connect(controller.errors.append)
    controller.predictors.load(Bright)
    controller.images.annotate(image)
    return controller, autosave_of(controller, work)


@pytest.mark.parametrize("how", ["folder", "list"])
def test_sequence_is_clicked_propagated_saved_and_restored(folder, how, tmp_path):
    files = [str(path) for path in sorted(folder.glob("*.png"))]
    paths = str(folder) if how == "folder" else files
    controller, autosave = opened(paths, tmp_path / "work")
    assert controller.workspace.labels.data.shape == tube(4).shape
    controller.workspace.viewer.dims.set_current_step(0, 0)
    controller.clicks.click_at((0, 40, 30), positive=True)
    controller.propagation.propagate(1)
    masks = controller.workspace.labels.data.copy()
    assert controller.errors == []
    assert all(plane[40, 30] == 1 for plane in masks)
    autosave.save_now()

    again, autosave = opened(paths, tmp_path / "work")
    assert autosave.restore() == 1
    np.testing.assert_array_equal(again.workspace.labels.data, masks)


@pytest.mark.parametrize("how", ["folder", "list"])
def test_saved_session_opens_its_sequence(make_napari_viewer_proxy, folder, how, tmp_path):
    viewer = make_napari_viewer_proxy()
    files = [str(path) for path in sorted(folder.glob("*.png"))]
    viewer.open(str(folder) if how == "folder" else files, stack=how == "list", plugin="napari")
    controller = Controller(viewer, run_now)
    errors = []
    controller.workspace.failed.connect(errors.append)
    controller.predictors.load(Bright)
    controller.images.annotate(viewer.layers[0])
    work = session_files_of(controller, tmp_path / "work")
    viewer.dims.set_current_step(0, 2)
    controller.clicks.click_at((2, 40, 30), positive=True)
    work.save(tmp_path / "tube.simpleclick.json")
    masks = controller.workspace.labels.data.copy()
    assert masks[2, 40, 30] == 1
    viewer.layers.clear()
    work.open(tmp_path / "tube.simpleclick.json")
    assert errors == []
    np.testing.assert_array_equal(controller.workspace.labels.data, masks)
    assert len(viewer.layers) == 3


def test_session_of_a_stack_whose_files_changed_asks_for_the_image(make_napari_viewer_proxy, folder, tmp_path):
    viewer = make_napari_viewer_proxy()
    files = sorted(folder.glob("*.png"))
    viewer.open([str(path) for path in files], stack=True, plugin="napari")
    controller = Controller(viewer, run_now)
    errors = []
    controller.workspace.failed.connect(errors.append)
    controller.predictors.load(Bright)
    controller.images.annotate(viewer.layers[0])
    work = session_files_of(controller, tmp_path / "work")
    controller.clicks.click_at((2, 40, 30), positive=True)
    work.save(tmp_path / "tube.simpleclick.json")
    viewer.layers.clear()
    files[1].unlink()
    work.open(tmp_path / "tube.simpleclick.json")
    assert "open that image first" in str(errors.pop())
    assert len(viewer.layers) == 0
