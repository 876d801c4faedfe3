"""The slice strip: what it shows, says and does."""

import re
from itertools import combinations

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image
from qtpy.QtCore import QPoint, Qt
from qtpy.QtGui import QColor
from skimage.color import deltaE_ciede2000, rgb2lab
from tests.fakes import Bright, tube

from napari_simpleclick.inference.session import UNREVIEWED
from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.display.layers import NEGATIVE_COLOR, POSITIVE_COLOR
from napari_simpleclick.plugin.jobs.worker import run_now
from napari_simpleclick.plugin.widgets.panels.slice_strip import COLORS, EMPTY, SliceStrip, legend
from napari_simpleclick.plugin.workspace.slices import SliceStates, slice_states


@pytest.fixture
def controller():
    """The tube clicked on slices 2 and 6 of 10."""
    viewer = ViewerModel()
    data = tube(10)
    image = viewer.add_layer(Image(data, contrast_limits=(0, 255)))
    controller = Controller(viewer, run_now)
    controller.predictors.load(Bright)
    controller.images.annotate(image)
    for place in (2, 6):
        viewer.dims.set_current_step(0, place)
        controller.clicks.click_at((place, *np.argwhere(data[place]).mean(axis=0)), positive=True)
    return controller


def test_states_tell_where_every_slice_came_from(controller):
    propagation = controller.propagation
    propagation.interpolate()
    propagation.propagate(1, count=2)
    controller.workspace.viewer.dims.set_current_step(0, 4)
    propagation.accept()
    controller.workspace.labels.paint((8, 70, 80), 1)
    states = slice_states(controller.workspace)
    assert (states.count, states.shown) == (10, 3), "the least certain one to review is shown next"
    assert states.origins == {
        2: "clicked", 3: "interpolated", 4: "accepted", 5: "interpolated", 6: "clicked", 7: "propagated", 8: "painted"
    }  # fmt: skip
    assert states.clicks == {2: 1, 6: 1}
    assert re.fullmatch(r"Slice 7: propagated, confidence (9\d|100) %, not reviewed", states.text(7))
    assert states.text(2) == "Slice 2: clicked, 1 click"
    controller.objects.next_object()
    assert slice_states(controller.workspace).origins == {}


def test_slices_along_another_axis_are_not_those_of_this_one(controller):
    controller.workspace.viewer.dims.order = (1, 0, 2)
    states = slice_states(controller.workspace)
    assert states.count == 80
    assert states.origins == {}


def test_states_without_slices_are_empty(controller):
    controller.workspace.viewer.dims.ndisplay = 3
    assert slice_states(controller.workspace) == SliceStates()


def test_review_goes_from_one_unreviewed_slice_to_the_next(controller):
    propagation = controller.propagation
    propagation.interpolate()
    controller.workspace.viewer.dims.set_current_step(0, 3)
    controller.slices.review()
    assert controller.workspace.viewer.dims.current_step[0] == 4
    controller.slices.review(-1)
    assert controller.workspace.viewer.dims.current_step[0] == 3
    controller.slices.review(-1)
    controller.slices.review(-1)
    assert controller.workspace.viewer.dims.current_step[0] == 4, "after the last one comes the first"
    propagation.accept(everywhere=True)
    messages = []
    controller.workspace.status.connect(messages.append)
    controller.slices.review()
    assert messages == ["Object 1: nothing to review."]


def test_all_slices_are_accepted_at_once_and_undone_at_once(controller):
    propagation = controller.propagation
    propagation.interpolate()
    masks = controller.workspace.labels.data.copy()
    propagation.accept(everywhere=True)
    assert set(slice_states(controller.workspace).origins.values()) == {"clicked", "accepted"}
    np.testing.assert_array_equal(controller.workspace.labels.data, masks)
    controller.undo.undo()
    assert sum(origin == "interpolated" for origin in slice_states(controller.workspace).origins.values()) == 3


@pytest.fixture
def strip(qtbot):
    strip = SliceStrip()
    qtbot.addWidget(strip)
    strip.resize(300, strip.sizeHint().height())
    strip.show()
    return strip


def test_click_and_arrows_go_to_the_slice(strip, qtbot):
    places = []
    strip.chosen.connect(places.append)
    strip.show_states(SliceStates(10, 4))
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(75, 15))
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(299, 15))
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End):
        qtbot.keyClick(strip, key)
    assert places == [2, 9, 3, 5, 0, 9]


def test_every_origin_has_its_colour_and_the_unreviewed_are_hatched(strip):
    strip.show_states(SliceStates(10, 9, dict(enumerate(COLORS))))
    picture = strip.grab().toImage()
    for place, (origin, color) in enumerate(COLORS.items()):
        cell = {picture.pixelColor(place * 30 + x, 15).name() for x in range(2, 28)}
        assert color in cell
        assert (len(cell) > 1) == (origin in ("propagated", "interpolated")), origin
        assert origin in legend({origin})
        assert origin not in legend(set(COLORS) - {origin})
    assert picture.pixelColor(7 * 30 + 15, 15) == QColor(EMPTY)


def test_strip_without_slices_and_with_thousands_can_be_drawn(strip, qtbot):
    strip.show_states(SliceStates())
    strip.grab()
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(75, 15))
    strip.show_states(SliceStates(5000, 4999, {place: "propagated" for place in range(1000, 2000)}, locked=True))
    strip.grab()
    assert strip.slice_at(299.99) == 4999
    assert strip.slice_at(-5) == 0


def test_screen_readers_are_told_what_there_is(strip):
    strip.show_states(SliceStates(10, 3, {3: "clicked", 4: "propagated", 5: "propagated"}, {3: 2}))
    assert strip.accessibleName() == "Slices of the object"
    assert strip.accessibleDescription() == "Slice 3: clicked, 2 clicks. Of 10 slices: 1 clicked, 2 propagated"


VISION = {
    "normal": np.eye(3),
    "without red": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "without green": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "without blue": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}
"""Of linear RGB: Machado et al. (2009), full severity."""


def seen(color, vision):
    """A colour as somebody sees it, in CIELAB."""
    linear = np.power([QColor(color).redF(), QColor(color).greenF(), QColor(color).blueF()], 2.2)
    return rgb2lab(np.clip(VISION[vision] @ linear, 0, 1) ** (1 / 2.2))


@pytest.mark.parametrize("vision", VISION)
def test_colour_blind_people_tell_apart_what_hatching_does_not(vision):
    reviewed = {color for origin, color in COLORS.items() if origin not in UNREVIEWED}
    for group in ({EMPTY, *reviewed}, {EMPTY, *COLORS.values()} - reviewed, {POSITIVE_COLOR, NEGATIVE_COLOR}):
        for pair in combinations(sorted(group), 2):
            assert deltaE_ciede2000(*(seen(color, vision) for color in pair)) > 15, pair
