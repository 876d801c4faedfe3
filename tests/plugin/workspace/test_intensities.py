"""What the network sees of an image layer: as shown, or as chosen."""

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image
from tests.fakes import autosave_of

from napari_simpleclick.arrays import Box
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.jobs.worker import run_now
from napari_simpleclick.plugin.workspace.intensities import AS_SHOWN, MR, PERCENTILE, choice, choices, choose
from napari_simpleclick.plugin.workspace.planes import contrast_limits


@pytest.fixture
def ct():
    volume = np.full((4, 40, 40), -1000, np.int16)
    volume[:, 10:30, 10:30] = 40
    volume[:, 18:22, 18:22] = 900
    return Image(volume, name="ct", contrast_limits=(-1000, 1000))


def test_windows_are_offered_where_numbers_can_be_hounsfield_units(ct):
    assert "CT: lung" in choices(ct)
    assert MR not in choices(ct)
    assert not any("CT" in name for name in choices(Image(np.arange(64, dtype=np.uint16).reshape(8, 8))))
    assert choices(Image(np.zeros((8, 8, 3), np.uint8), rgb=True)) == [AS_SHOWN]
    assert choices(Image(np.full((8, 8), np.nan, np.float32), contrast_limits=(0, 1))) == [AS_SHOWN, PERCENTILE, MR]


def test_choice_replaces_the_limits_of_the_layer_and_is_taken_back(ct):
    choose(ct, "CT: bone")
    assert contrast_limits(ct) == (-450, 1050)
    assert choice(ct) == "CT: bone"
    ct.contrast_limits = (0, 10)
    assert contrast_limits(ct) == (-450, 1050)
    choose(ct, AS_SHOWN)
    assert contrast_limits(ct) == (0, 10)


def test_mr_leaves_the_background_out():
    volume = np.zeros((50, 50), np.float32)
    volume[20:30, 20:30] = np.linspace(100, 200, 100).reshape(10, 10)
    image = Image(volume)
    choose(image, MR)
    low, high = contrast_limits(image)
    assert 100 <= low < 102
    assert 198 < high <= 200


def test_coarsest_level_tells_the_limits_of_a_multiscale_image():
    fine = np.tile(np.linspace(0, 1000, 64, dtype=np.float32), (64, 1))
    image = Image([fine, fine[::4, ::4] + 5000], multiscale=True, contrast_limits=(0, 1))
    choose(image, PERCENTILE)
    assert contrast_limits(image)[0] > 4999


def test_choice_that_the_image_does_not_have_is_refused_with_a_list():
    image = Image(np.zeros((8, 8), np.uint8), name="photo")
    with pytest.raises(ValueError, match="'photo' cannot be seen as 'CT: lung': choose one of as shown, percentiles"):
        choose(image, "CT: lung")
    assert choice(image) == AS_SHOWN


def test_network_is_given_the_chosen_window(ct):
    seen = []

    class Predictor:
        def predict(self, image, clicks, previous=None, *, view=None):
            seen.append(np.asarray(image[:, :]))
            raise RuntimeError("enough")

    viewer = ViewerModel()
    viewer.add_layer(ct)
    controller = Controller(viewer, run_now)
    controller.predictors.load(Predictor)
    controller.images.annotate(ct)
    choose(ct, "CT: soft tissue")
    controller.clicks.click_at((0, 15, 15), positive=True)
    assert seen[0][0, 0, 0] == 0
    assert seen[0][15, 15, 0] == round(255 * 200 / 400)
    assert seen[0][20, 20, 0] == 255


def test_choice_is_kept_in_session_files_and_comes_back(ct, tmp_path):
    def opened(layer):
        viewer = ViewerModel()
        viewer.add_layer(layer)
        controller = Controller(viewer, run_now)
        controller.predictors.load(Everything)
        controller.images.annotate(layer)
        return controller, autosave_of(controller, tmp_path)

    controller, autosave = opened(ct)
    choose(ct, "CT: lung")
    controller.clicks.click_at((0, 15, 15), positive=True)
    autosave.save_now()
    again = Image(ct.data, name="again", contrast_limits=(0, 10))
    _, autosave = opened(again)
    assert choice(again) == AS_SHOWN
    assert autosave.restore() == 1
    assert choice(again) == "CT: lung"
    assert contrast_limits(again) == (-1350, 150)


class Everything:
    """Answers with the whole plane."""

    def predict(self, image, clicks, previous=None, *, view=None):
        height, width, _ = image.shape
        return Prediction.from_mask(np.ones((height, width), np.float32), Box(0, height, 0, width), size=32)


def test_menu_offers_what_the_image_has_and_chooses(make_napari_viewer_proxy, qtbot, ct):
    viewer = make_napari_viewer_proxy()
    viewer.add_layer(ct)
    _, widget = viewer.window.add_plugin_dock_widget("napari-simpleclick", "SimpleClick")
    menu = widget.setup.seen_menu
    qtbot.waitUntil(
        lambda: widget.controller.workspace.annotator is not None, timeout=60_000
    )  # which says what to do next
    qtbot.waitUntil(lambda: [menu.itemText(row) for row in range(menu.count())] == choices(ct), timeout=10_000)
    menu.setCurrentText("CT: lung")
    menu.textActivated.emit("CT: lung")
    qtbot.waitUntil(lambda: "'CT: lung'" in widget.status.text(), timeout=10_000)
    assert contrast_limits(ct) == (-1350, 150)
    menu.textActivated.emit("MR: without background")
    qtbot.waitUntil(lambda: "choose one of" in widget.status.text(), timeout=10_000)
    assert menu.currentText() == "CT: lung"
