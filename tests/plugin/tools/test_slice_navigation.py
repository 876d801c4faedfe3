"""Keys that go through slices, where there are some and where there are none."""

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image
from tests.fakes import Disks

from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.jobs.worker import run_now


def test_another_axis_and_the_whole_volume_are_heard_like_another_slice():
    viewer = ViewerModel()
    controller = Controller(viewer, run_now)
    controller.images.annotate(viewer.add_layer(Image(np.zeros((5, 30, 40), np.uint8))))
    heard = []
    controller.workspace.slice_changed.connect(lambda: heard.append(controller.workspace.shown_plane))
    viewer.dims.order = (2, 0, 1)
    assert heard[-1].axes == (0, 1)
    viewer.dims.ndisplay = 3
    assert heard[-1] is None
    heard.clear()
    controller.shut_down()
    viewer.dims.ndisplay = 2
    viewer.dims.order = (0, 1, 2)
    assert not heard


@pytest.mark.parametrize(
    ("shape", "displayed", "told"),
    [((5, 30, 40), 3, "switch to 2-D display"), ((30, 40), 2, "The image has no other slice.")],
)
def test_the_next_slice_is_refused_with_the_reason(shape, displayed, told):
    viewer = ViewerModel()
    controller = Controller(viewer, run_now)
    controller.predictors.load(Disks)
    controller.images.annotate(viewer.add_layer(Image(np.zeros(shape, np.uint8))))
    messages = []
    controller.workspace.status.connect(messages.append)
    viewer.dims.ndisplay = displayed
    controller.slices.step(1)
    assert told in messages[-1]
    viewer.dims.ndisplay = 2
    controller.slices.step(1)
    assert len(shape) == 2 or viewer.dims.current_step[0] == 3
