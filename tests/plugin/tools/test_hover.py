"""Previews under the mouse, with a stand-in for the network."""

from types import SimpleNamespace

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image
from tests.fakes import Blocks, FakeTimer

from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.jobs.worker import run_now
from napari_simpleclick.plugin.tools.hover import HoverPreview


@pytest.fixture
def network():
    return Blocks()


@pytest.fixture
def controller(network):
    viewer = ViewerModel()
    image = viewer.add_layer(Image(np.zeros((3, 64, 64), np.uint8), scale=(4, 2, 2)))
    controller = Controller(viewer, run_now)
    controller.messages = []
    controller.workspace.status.connect(controller.messages.append)
    controller.predictors.load(lambda: network)
    controller.images.annotate(image)
    viewer.dims.set_current_step(0, 1)
    return controller


class Drafts:
    """Hands a draft on when it is told to."""

    def __init__(self):
        self.asked = []

    def __call__(self, done):
        self.asked.append(done)

    def hand_on(self, draft):
        self.asked.pop()(draft)


@pytest.fixture
def drafts():
    return Drafts()


@pytest.fixture
def hover(controller, drafts):
    parts = controller.workspace, controller.jobs, controller.canvas, controller.mouse
    hover = HoverPreview(*parts, FakeTimer, drafts)
    hover.switch(True)
    return hover


def move(hover, row, col):
    """Move the mouse to a row and column of the displayed slice."""
    hover(hover.workspace.viewer, SimpleNamespace(position=(4, 2 * row, 2 * col), pos=(10 * row, 10 * col)))


def shown(hover):
    """Place of the preview, as first and last index along every axis; None where nothing is shown."""
    if hover.layer is None or not hover.layer.visible:
        return None
    places = np.argwhere(hover.layer.data)
    return tuple(places.min(axis=0)), tuple(places.max(axis=0))


def test_a_resting_mouse_outlines_what_a_click_would_give_and_changes_nothing(hover, controller):
    active = controller.workspace.viewer.layers.selection.active
    move(hover, 20, 30)
    assert shown(hover) is None
    hover.timer.elapse()
    assert shown(hover) == ((1, 16, 26), (1, 24, 34))
    assert hover.layer.data[1, 20, 26:35].tolist() == [1, 1, 0, 0, 0, 0, 0, 1, 1], "an outline"
    assert not controller.workspace.labels.data.any()
    assert not controller.workspace.annotator.can_undo
    assert controller.workspace.annotator.summaries() == []
    assert controller.workspace.viewer.layers.selection.active is active
    np.testing.assert_allclose(hover.layer.scale, controller.workspace.labels.scale)


def test_moving_on_hides_it_and_the_next_rest_shows_another(hover):
    move(hover, 20, 30)
    hover.rest()
    move(hover, 40, 40)
    assert shown(hover) is None
    hover.rest()
    assert shown(hover) == ((1, 36, 36), (1, 44, 44))


@pytest.mark.parametrize("end", ["click", "slice", "object", "undo"])
def test_it_goes_when_something_is_done(hover, controller, end):
    controller.clicks.click_at((4, 80, 80), positive=True)
    move(hover, 20, 30)
    hover.rest()
    assert shown(hover) is not None
    {
        "click": lambda: controller.clicks.click_at((4, 40, 60), positive=True),
        "slice": lambda: controller.workspace.viewer.dims.set_current_step(0, 2),
        "object": controller.objects.next_object,
        "undo": controller.undo.undo,
    }[end]()
    assert shown(hover) is None
    assert not hover.layer.data.any()


def test_an_answer_that_comes_after_the_mouse_moved_is_dropped(hover, controller):
    waiting = []
    controller.jobs.run = lambda *job: waiting.append(job)
    move(hover, 20, 30)
    hover.rest()
    move(hover, 40, 40)
    for job in waiting:
        run_now(*job)
    assert shown(hover) is None


class Clock:
    """Seconds; a stand-in for a network lets them pass."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr("napari_simpleclick.plugin.tools.hover.perf_counter", clock)
    return clock


class Lasting(Blocks):
    """Takes its time."""

    def __init__(self, clock, seconds):
        self.clock, self.seconds, self.answered = clock, seconds, 0

    def predict(self, *request, **view):
        self.clock.now += self.seconds
        self.answered += 1
        return super().predict(*request, **view)


def rest_three_times(hover):
    for col in (20, 30, 40):
        move(hover, 20, col)
        hover.rest()


def test_where_the_network_is_slow_a_fast_draft_goes_on(hover, controller, clock, drafts):
    slow, draft = Lasting(clock, 0.3), Lasting(clock, 0.1)
    controller.predictors.exchange(slow)
    rest_three_times(hover)
    assert (slow.answered, hover.on, shown(hover)) == (3, True, None)
    rest_three_times(hover)
    assert slow.answered == 3, "nothing is asked until the draft is there"
    drafts.hand_on(draft)
    assert controller.messages[-1] == "Previews are coarser from now on: each took 300 ms here."
    rest_three_times(hover)
    rest_three_times(hover)
    assert (slow.answered, draft.answered, hover.on) == (3, 6, True)
    assert shown(hover) == ((1, 16, 36), (1, 24, 44))
    assert drafts.asked == []

    hover.switch(False)
    hover.switch(True)
    rest_three_times(hover)
    assert draft.answered == 9, "it is known that the network is slow"
    fast = Lasting(clock, 0.1)
    controller.predictors.exchange(fast)
    rest_three_times(hover)
    assert (fast.answered, draft.answered) == (3, 9), "another network shows what it can do"


def test_a_draft_of_a_network_that_answers_no_more_is_dropped(hover, controller, clock, drafts):
    controller.predictors.exchange(Lasting(clock, 0.3))
    rest_three_times(hover)
    fast = Lasting(clock, 0.1)
    controller.predictors.exchange(fast)
    move(hover, 20, 30)
    hover.rest()
    drafts.hand_on(Lasting(clock, 0.1))
    rest_three_times(hover)
    assert fast.answered == 4


@pytest.mark.parametrize("seconds", [None, 0.3])
def test_without_a_fast_draft_it_is_switched_off_and_says_so(hover, controller, clock, drafts, seconds):
    controller.predictors.exchange(Lasting(clock, 0.4))
    rest_three_times(hover)
    drafts.hand_on(seconds and Lasting(clock, seconds))
    rest_three_times(hover)
    assert not hover.on
    assert hover.layer is None
    assert controller.messages[-1] == f"Previews are off: each takes {1000 * (seconds or 0.4):.0f} ms here."


def test_slow_ones_among_fast_ones_change_nothing(hover, controller, clock, drafts):
    network = Lasting(clock, 0.3)
    controller.predictors.exchange(network)
    for col, seconds in zip(range(10, 60, 5), (0.3, 0.3, 0.1) * 3, strict=False):
        network.seconds = seconds
        move(hover, 20, col)
        hover.rest()
    assert hover.on
    assert drafts.asked == []


def test_off_the_picture_without_it_and_with_a_locked_object_nothing_is_shown(hover, controller):
    move(hover, 20, 300)
    hover.rest()
    assert shown(hover) is None
    controller.objects.describe(1, locked=True)
    move(hover, 20, 30)
    hover.rest()
    assert shown(hover) is None
    controller.objects.describe(1, locked=False)
    hover.rest()
    assert shown(hover) is not None
    hover.switch(False)
    assert hover.layer is None
    assert [layer.name for layer in controller.workspace.viewer.layers if "preview" in layer.name] == []
