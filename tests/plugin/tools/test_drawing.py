"""Boxes, lassos and scribbles drawn with the mouse: what the annotator gets, what is shown, and what stays."""

from types import SimpleNamespace

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image, Shapes
from tests.fakes import Disks

from napari_simpleclick.clicks import Click
from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.display.drawn_prompts import PROMPTS
from napari_simpleclick.plugin.display.layers import NEGATIVE_COLOR, POSITIVE_COLOR
from napari_simpleclick.plugin.jobs.worker import run_now
from napari_simpleclick.prompts import box, lasso, scribble


@pytest.fixture
def controller():
    viewer = ViewerModel()
    image = viewer.add_layer(Image(np.zeros((3, 60, 80), np.uint8), scale=(2, 0.5, 0.5)))
    controller = Controller(viewer, run_now)
    controller.messages = []
    controller.workspace.status.connect(controller.messages.append)
    controller.predictors.load(Disks)
    controller.images.annotate(image)
    return controller


def drag(controller, *places, button=1, modifiers=()):
    """Press at the first place (row and column in pixels), move over the others, release at the last."""
    plane = controller.workspace.shown_plane
    event = SimpleNamespace(button=button, modifiers=modifiers, type="mouse_press")

    def go(place):
        event.pos = tuple(10 * part for part in place)
        event.position = tuple(controller.workspace.image.data_to_world(plane.to_volume(*place)))

    go(places[0])
    handler = controller.mouse(controller.workspace.viewer, event)
    next(handler, None)
    panned = camera(controller).mouse_pan
    event.type = "mouse_move"
    for place in places[1:]:
        go(place)
        next(handler, None)
    event.type = "mouse_release"
    next(handler, None)
    return panned


def camera(controller):
    viewer = controller.workspace.viewer
    return getattr(viewer, "scene", viewer).camera


def made(controller):
    return [click for _, click in controller.workspace.clicks(controller.workspace.object_id)]


def shown(controller):
    layers = [layer for layer in controller.workspace.viewer.layers if PROMPTS in layer.metadata]
    return layers[0] if layers else None


@pytest.mark.parametrize(
    ("tool", "expected"),
    [
        ("box", box((10, 20), (30, 40))),
        ("lasso", lasso([(10, 20), (25, 50), (30, 40)])),
        ("scribble", scribble([(10, 20), (25, 50), (30, 40)])),
    ],
)
def test_a_drag_with_a_tool_is_a_prompt_and_does_not_move_the_picture(controller, tool, expected):
    controller.drawing.choose(tool)
    panned = drag(controller, (10, 20), (25, 50), (30, 40))
    assert made(controller) == [expected]
    assert not panned
    assert camera(controller).mouse_pan
    assert controller.workspace.labels.data.any()
    assert not len(controller.workspace.points.data), "a corner of a box is no click"
    layer = shown(controller)
    assert isinstance(layer, Shapes)
    np.testing.assert_allclose(layer.data[0][:, 1:], expected.path)
    assert controller.workspace.viewer.layers.selection.active is controller.workspace.points


def test_without_a_tool_a_drag_moves_the_picture(controller):
    assert drag(controller, (10, 20), (30, 40))
    assert made(controller) == []


def test_a_still_click_with_a_tool_is_a_click(controller):
    controller.drawing.choose("box")
    drag(controller, (10, 20))
    assert made(controller) == [Click(10, 20)]
    assert shown(controller) is None


def test_the_right_button_draws_what_is_not_the_object(controller):
    controller.drawing.choose("scribble")
    drag(controller, (10, 20), (12, 30))
    drag(controller, (40, 20), (42, 30), button=2)
    assert [prompt.positive for prompt in made(controller)] == [True, False]
    colors = shown(controller).edge_color
    assert not np.allclose(colors[0], colors[1])
    controller.drawing.choose("box")
    drag(controller, (44, 20), (46, 30), button=2)
    assert made(controller).pop() == scribble([(44, 20), (46, 30)], positive=False), "nobody boxes what is not it"
    controller.undo.undo()
    controller.drawing.choose("scribble")
    controller.workspace.toggle_polarity()
    drag(controller, (50, 20), (52, 30), button=2)
    assert [prompt.positive for prompt in made(controller)] == [True, False, True]
    assert POSITIVE_COLOR != NEGATIVE_COLOR


def test_lines_outside_of_the_picture_end_at_its_border(controller):
    controller.drawing.choose("box")
    drag(controller, (-20, -30), (300, 400))
    assert made(controller) == [box((0, 0), (59, 79))]


def test_a_box_without_area_is_told_and_not_made(controller):
    controller.drawing.choose("box")
    drag(controller, (10, 20), (10.4, 40))
    assert made(controller) == []
    assert controller.messages[-1] == "That was too small for a box: draw it larger, or click."
    assert shown(controller) is None


def test_undo_takes_the_line_away_and_redo_brings_it_back(controller):
    controller.drawing.choose("lasso")
    drag(controller, (10, 20), (25, 50), (30, 40))
    controller.undo.undo()
    assert made(controller) == []
    assert shown(controller) is None
    controller.undo.redo()
    assert len(made(controller)) == 1
    assert shown(controller) is not None


def test_hiding_clicks_hides_the_lines(controller):
    controller.drawing.choose("box")
    drag(controller, (10, 20), (30, 40))
    back = controller.canvas.toggle_clicks()
    assert not shown(controller).visible
    back()
    assert shown(controller).visible


def test_a_drag_that_napari_gives_up_is_no_prompt(controller):
    controller.drawing.choose("box")
    event = SimpleNamespace(button=1, modifiers=(), type="mouse_press", pos=(0, 0), position=(0, 5, 5))
    handler = controller.mouse(controller.workspace.viewer, event)
    next(handler)
    event.type, event.pos, event.position = "mouse_move", (90, 90), (0, 12, 12)
    next(handler)
    handler.close()
    assert made(controller) == []
    assert camera(controller).mouse_pan


def test_another_object_shows_its_own_lines(controller):
    controller.drawing.choose("box")
    drag(controller, (10, 20), (30, 40))
    controller.objects.next_object()
    assert shown(controller) is None
    assert controller.messages[-1].startswith("Box: drag from corner to corner around object 2 with the left button")
    controller.workspace.select_object(1)
    assert len(shown(controller).data) == 1


def test_moving_a_click_keeps_the_lines(controller):
    controller.drawing.choose("box")
    drag(controller, (10, 20), (30, 40))
    drag(controller, (20, 30))
    points = controller.workspace.points
    points.data = points.data + np.array([0, 3, 0])
    assert made(controller) == [box((10, 20), (30, 40)), Click(23, 30)]


def test_keys_choose_a_tool_and_give_it_back(controller):
    controller.drawing.choose("box")
    controller.drawing.choose("lasso")
    assert controller.workspace.settings.tool == "lasso"
    controller.drawing.choose("lasso")
    assert controller.workspace.settings.tool == "click"
    controller.drawing.choose("scribble")
    controller.drawing.put_down()
    assert controller.workspace.settings.tool == "click"


def test_the_line_is_seen_while_it_is_drawn_and_on_its_slice_only(controller):
    controller.drawing.choose("scribble")
    seen = []
    show = controller.canvas.show_drawing
    controller.canvas.show_drawing = lambda line: (seen.append(line), show(line))
    drag(controller, (10, 20), (12, 30), (14, 40))
    assert [len(line[1].points) for line in seen[:-1]] == [1, 2, 3, 3]
    assert seen[-1] is None
    assert {row[0] for row in shown(controller).data[0]} == {controller.workspace.shown_plane.point[0]}


def test_a_layer_that_somebody_removed_comes_back(controller):
    controller.drawing.choose("box")
    drag(controller, (10, 20), (30, 40))
    controller.workspace.viewer.layers.remove(shown(controller))
    drag(controller, (20, 30), (40, 50))
    assert len(shown(controller).data) == 2
