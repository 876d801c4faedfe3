"""The status line tells what a click does with the tool that is chosen."""

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image
from tests.fakes import Disks

from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.jobs.worker import run_now
from napari_simpleclick.plugin.tools.tool_status import CLICK_TOOLS, MASK_TOOLS


@pytest.fixture(scope="module")
def controller():
    viewer = ViewerModel()
    controller = Controller(viewer, run_now)
    controller.messages = []
    controller.workspace.status.connect(controller.messages.append)
    controller.predictors.load(Disks)
    controller.images.annotate(viewer.add_layer(Image(np.zeros((30, 40), np.uint8))))
    controller.workspace.select_object(3)
    return controller


@pytest.mark.parametrize(("layer", "tools"), [("labels", MASK_TOOLS), ("points", CLICK_TOOLS)])
def test_every_tool_is_told_and_clicking_again_after_it(controller, layer, tools):
    layer = getattr(controller.workspace, layer)
    for mode in tools:
        layer.mode = mode
        assert controller.messages[-1] == tools[mode].replace("{}", "3")
    layer.mode = "pan_zoom"
    assert controller.messages[-1] == "Left click adds to object 3, right click removes from it."
