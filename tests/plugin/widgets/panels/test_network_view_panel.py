"""What the network got, as a picture, with a stand-in for the network."""

from dataclasses import replace

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image

from napari_simpleclick.arrays import Box
from napari_simpleclick.inference.network_view import NEGATIVE, POSITIVE, network_view
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.jobs.worker import run_now
from napari_simpleclick.plugin.widgets.panels.network_view_panel import NetworkView

ROI = Box(20, 84, 10, 74)


class HalfSure:
    """Looks at one region and answers 0.5 in its upper half."""

    def predict(self, image, clicks, previous=None, *, view=None):
        shown = np.zeros((64, 64), np.float32)
        shown[:32] = 0.5
        return Prediction(shown, ROI, image.shape[:2])


@pytest.fixture
def controller():
    viewer = ViewerModel()
    rows, _ = np.mgrid[:100, :100]
    image = viewer.add_layer(Image(np.stack([rows, rows]).astype(np.uint8), contrast_limits=(0, 255)))
    controller = Controller(viewer, run_now)
    controller.predictors.load(lambda: HalfSure())
    controller.images.annotate(image)
    return controller


@pytest.fixture
def panel(controller, qtbot):
    widget = NetworkView(controller.workspace, run_now)
    qtbot.addWidget(widget)
    controller.workspace.changed.connect(widget.refresh)
    controller.workspace.slice_changed.connect(widget.refresh)
    yield widget
    widget.close()  # it has to live until here: signals hold it weakly


def test_the_picture_is_the_region_with_clicks_and_the_mask_before(controller):
    controller.clicks.click_at((0, 30, 20), positive=True)
    session = next(iter(controller.workspace.annotator.sessions.values()))
    first = network_view(session)
    assert first.shape == (64, 64, 3)
    np.testing.assert_array_equal(first[10, 10], POSITIVE)
    np.testing.assert_array_equal(first[50, 40], (70, 70, 70))  # row 20 + 50 of the picture
    controller.clicks.click_at((0, 70, 60), positive=False)
    second = network_view(session)
    np.testing.assert_array_equal(second[50, 50], NEGATIVE)
    assert second[20, 40, 0] > second[20, 40, 2] + 10  # yellow where the mask before was
    assert np.ptp(second[50, 20]) == 0


def test_the_panel_shows_it_on_demand_and_follows(controller, panel):
    controller.clicks.click_at((0, 30, 20), positive=True)
    assert panel.picture.pixmap().isNull()
    panel.button.setChecked(True)
    before = panel.picture.pixmap().toImage()
    assert not before.isNull()
    controller.clicks.click_at((0, 70, 60), positive=False)
    assert panel.picture.pixmap().toImage() != before
    controller.workspace.labels.paint((1, 30, 20), 1)
    controller.workspace.viewer.dims.set_current_step(0, 1)
    assert "No click" in panel.picture.text(), "painted, but not clicked"
    panel.button.setChecked(False)
    assert panel.picture.isHidden()


def test_restored_work_tells_to_click_once_more(controller, panel):
    controller.clicks.click_at((0, 30, 20), positive=True)
    annotator = controller.workspace.annotator
    steps = {place: session.steps for place, session in annotator.sessions.items()}
    annotator.restore(
        {place[1]: session.image for place, session in annotator.sessions.items()},
        {place: tuple(replace(step, circumstances=None) for step in made) for place, made in steps.items()},
    )
    panel.button.setChecked(True)
    assert "click once more" in panel.picture.text()
