"""Clicks where another object is: offered instead of made; and markers that are there before the answer is."""

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image
from tests.fakes import Disks

from napari_simpleclick.clicks import Click
from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.display.layers import CLICK_SIZE
from napari_simpleclick.plugin.jobs.worker import run_now


def make(run=run_now):
    """A controller with object 1, "mito", around (30, 30), and object 2 present, without a click."""
    viewer = ViewerModel()
    image = viewer.add_layer(Image(np.zeros((60, 80), np.uint8)))
    controller = Controller(viewer, run)
    controller.messages = []
    controller.workspace.status.connect(controller.messages.append)
    controller.predictors.load(Disks)
    controller.images.annotate(image)
    return controller


@pytest.fixture
def controller():
    controller = make()
    controller.clicks.click_at((30, 30), positive=True)
    controller.objects.describe(1, name="mito")
    controller.objects.next_object()
    return controller


def labels(controller):
    return controller.workspace.labels.data


def test_a_click_on_another_object_tells_whose_it_is_and_changes_nothing(controller):
    before = labels(controller).copy()
    controller.clicks.offer_at((30, 33), positive=True)
    assert controller.messages[-1] == (
        "This place belongs to object 1 'mito': Alt+click takes its pixels, Ctrl+click goes on with it."
    )
    np.testing.assert_array_equal(labels(controller), before)
    assert controller.clicks.taken.owner == 1
    controller.clicks.offer_at((30, 50), positive=True)
    assert controller.clicks.taken is None, "the offer is of the last click"
    assert labels(controller)[30, 50] == 2


def test_the_offer_takes_pixels_of_that_object_alone_and_is_undone(controller):
    controller.clicks.offer_at((30, 39), positive=True)  # object 2, whose disk goes on to the left of column 36
    controller.workspace.select_object(3)
    before = labels(controller).copy()
    controller.clicks.offer_at((30, 34), positive=True)
    controller.clicks.take_over()
    assert labels(controller)[30, 34] == 3
    np.testing.assert_array_equal(labels(controller) == 2, before == 2)
    controller.undo.undo()
    np.testing.assert_array_equal(labels(controller), before)
    controller.clicks.offer_at((30, 34), positive=True, take_over=True)
    assert labels(controller)[30, 34] == 3


def test_the_offer_goes_on_with_the_object_that_is_there(controller):
    controller.clicks.offer_at((30, 33), positive=True)
    controller.clicks.select_owner()
    assert (controller.workspace.object_id, controller.clicks.taken) == (1, None)
    controller.workspace.select_object(2)
    controller.clicks.select_at((31, 31))
    assert controller.workspace.object_id == 1
    controller.clicks.select_at((5, 5))
    assert controller.messages[-1] == "There is no object here to go on with."


@pytest.mark.parametrize("case", ["negative", "own", "overwrite"])
def test_clicks_that_may_be_there_are_made(controller, case):
    if case == "own":
        controller.workspace.select_object(1)
    if case == "overwrite":
        controller.workspace.change_settings(overlap="overwrite")
    controller.clicks.offer_at((30, 33), positive=case != "negative")
    assert controller.clicks.taken is None
    assert len(controller.workspace.points.data) == (2 if case == "own" else 1)


def test_a_locked_object_gives_up_nothing(controller):
    controller.objects.describe(1, locked=True)
    before = labels(controller).copy()
    controller.clicks.offer_at((30, 33), positive=True, take_over=True)
    assert "it is locked" in controller.messages[-1]
    controller.clicks.take_over()
    assert (labels(controller)[before == 1] == 1).all()


def test_a_marker_is_there_before_the_answer_and_goes_if_that_fails():
    waiting = []
    controller = make(lambda *job: waiting.append(job))
    job, done, _ = waiting.pop()
    done(job())
    points = controller.workspace.points
    controller.clicks.click_at((30, 30), positive=True)
    controller.clicks.click_at((40, 50), positive=False)
    np.testing.assert_array_equal(points.data, [[30, 30], [40, 50]])
    assert points.features["positive"].tolist() == [True, False]
    assert not labels(controller).any()
    job, done, _ = waiting.pop(0)
    done(job())
    assert labels(controller)[30, 30] == 1
    assert len(points.data) == 2
    _, _, failed = waiting.pop(0)
    failed(ValueError("no memory"))
    np.testing.assert_array_equal(points.data, [[30, 30]])


def test_points_dragged_while_an_answer_is_awaited_are_no_new_clicks():
    waiting = []
    controller = make(lambda *job: waiting.append(job))
    job, done, _ = waiting.pop()
    done(job())
    points = controller.workspace.points
    controller.clicks.click_at((30, 30), positive=True)
    points.data = np.array([[20.0, 20.0]])
    while waiting:
        job, done, _ = waiting.pop(0)
        done(job())
    assert [click for _, click in controller.workspace.clicks(1)] == [Click(20, 20)]
    np.testing.assert_array_equal(points.data, [[20, 20]])
    assert labels(controller)[20, 20] == 1
    assert labels(controller)[30, 30] == 0


def test_a_small_object_is_not_hidden_under_its_clicks(controller):
    controller.workspace.select_object(1)
    workspace = controller.workspace
    camera = getattr(workspace.viewer, "scene", workspace.viewer).camera
    for zoom in (40.0, 1.0, 3.0):
        camera.zoom = zoom
        size = workspace.points.canvas_size_limits[1]
        assert size == pytest.approx(max(4, min(CLICK_SIZE, 11 * zoom / 6)))  # the object is 11 pixels wide
        assert workspace.points.text.visible == (size >= 9)
    for row, col in ((28, 28), (32, 32)):
        controller.clicks.click_at((row, col), positive=True)
    area = np.count_nonzero(labels(controller) == 1) * zoom**2
    assert 3 * np.pi * (workspace.points.canvas_size_limits[1] / 2) ** 2 < area / 4


def test_a_key_hides_the_clicks_as_long_as_it_is_held(controller):
    points = controller.workspace.points
    show_again = controller.canvas.toggle_clicks()
    assert not points.visible
    show_again()
    assert points.visible
