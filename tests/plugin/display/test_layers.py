"""The layers that the plugin adds: clicks are shown with as few drawings as can be."""

import itertools

import numpy as np
import pytest
from napari.layers import Image, Points
from napari.layers.utils.layer_utils import _FeatureTable

from napari_simpleclick.clicks import Click
from napari_simpleclick.plugin.display.layers import (
    NEGATIVE_COLOR,
    POSITIVE_COLOR,
    create_labels,
    create_points,
    set_new_sign,
    show_clicks,
)

PLACES = [(0.0, 1.0, 1.0), (0.0, 2.0, 2.0), (0.0, 3.0, 3.0)]
CLICKS = [Click(1, 1), Click(2, 2, positive=False), Click(3, 3)]


@pytest.fixture
def points() -> Points:
    layer = create_points(Image(np.zeros((2, 9, 9), np.uint8)))
    show_clicks(layer, PLACES, CLICKS)
    return layer


@pytest.fixture
def drawings(points):
    """What the canvas was told of the layer since."""
    told = []
    for name in ("data", "features", "face_color", "border_color", "symbol", "size"):
        getattr(points.events, name).connect(lambda _event, name=name: told.append(name))
    return told


def colors(points):
    return ["#" + "".join(f"{round(255 * value):02x}" for value in rgba[:3]) for rgba in points.face_color]


def test_signs_are_told_by_colour_symbol_and_text(points):
    assert colors(points) == [POSITIVE_COLOR, NEGATIVE_COLOR, POSITIVE_COLOR]
    assert [str(symbol) for symbol in points.symbol] == ["disc", "square", "disc"]
    assert list(points.features["sign"]) == ["+", "−", "+"]


def test_same_clicks_are_not_drawn_again(points, drawings):
    show_clicks(points, PLACES, CLICKS)
    set_new_sign(points, positive=True)
    assert drawings == []


def test_moved_click_changes_places_only(points, drawings):
    show_clicks(points, [(0, 5, 5), *PLACES[1:]], CLICKS)
    assert drawings == ["data"]
    assert points.data[0].tolist() == [0, 5, 5]


def test_turned_click_changes_signs_only(points, drawings):
    show_clicks(points, PLACES, [CLICKS[0], Click(2, 2), CLICKS[2]])
    assert "data" not in drawings
    assert colors(points) == [POSITIVE_COLOR] * 3


def test_point_that_the_user_added_gets_the_colour_of_its_sign(points):
    set_new_sign(points, positive=False)
    points.add([0, 4, 4])
    show_clicks(points, [*PLACES, (0, 4, 4)], [*CLICKS, Click(4, 4, positive=False)])
    assert colors(points)[-1] == NEGATIVE_COLOR
    assert str(points.symbol[-1]) == "square"
    assert not points.selected_data


def test_canvas_finds_the_points_of_a_hidden_layer_whose_clicks_were_taken_back(points):
    points.visible = False
    places = []
    points.events.face_color.connect(lambda _event: places.append(points._view_data))
    points.events.data.connect(lambda _event: places.append(points._view_data))
    show_clicks(points, PLACES[1:2], CLICKS[1:2])
    assert [place.tolist() for place in places] == [[[2.0, 2.0]]] * len(places)
    assert places


def test_no_clicks_leave_an_empty_layer(points):
    show_clicks(points, [], [])
    assert points.data.shape == (0, 3)
    assert len(points.features) == 0


def test_status_line_that_reads_beside_the_window_never_asks_for_points_that_are_gone(points, monkeypatch):
    read, resize = [], _FeatureTable.resize

    def resize_and_read(table, size):
        """What napari's thread for the status line may do in the middle of a change of the points."""
        resize(table, size)
        read.append(points.get_value((0.0, 2.0, 2.0), dims_displayed=[1, 2]))

    monkeypatch.setattr(_FeatureTable, "resize", resize_and_read)
    for count in (1, 0, 3):
        show_clicks(points, PLACES[:count], CLICKS[:count])
    assert len(read) == 3
    assert points.shown.all()
    assert points.get_value((0.0, 2.0, 2.0), dims_displayed=[1, 2]) == 1


def test_colours_of_objects_are_bright_and_never_grey():
    from colorsys import rgb_to_hsv

    labels = create_labels(Image(np.zeros((4, 5), np.uint8)))
    colors = [labels.get_color(number) for number in range(1, 40)]
    assert labels.get_color(0) is None or labels.get_color(0)[3] == 0
    for red, green, blue, _ in colors:
        _, saturation, value = rgb_to_hsv(red, green, blue)
        assert saturation > 0.4
        assert value > 0.9
    assert all(np.abs(first - second).max() > 0.2 for first, second in itertools.pairwise(colors))
