"""The controller on napari's viewer model, without a window and with a stand-in for the network."""

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image
from tests.fakes import Disks

from napari_simpleclick.clicks import Click
from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.jobs.worker import run_now
from napari_simpleclick.plugin.workspace.planes import contrast_limits, displayed_plane

CLICK = Click(30, 40)


@pytest.fixture
def disks():
    return Disks()


def controller_on(data, disks, **settings):
    """A controller that annotates an image layer of these data."""
    viewer = ViewerModel()
    image = viewer.add_layer(Image(data, **settings))
    controller = Controller(viewer, run_now)
    controller.messages, controller.errors = [], []
    controller.workspace.status.connect(controller.messages.append)
    controller.workspace.failed.connect(controller.errors.append)
    controller.predictors.load(lambda: disks)
    controller.images.annotate(image)
    return controller


@pytest.fixture
def stack(disks):
    return controller_on(np.random.default_rng(0).integers(0, 255, (5, 60, 80), np.uint8), disks)


def test_click_paints_the_displayed_slice_only(stack):
    stack.workspace.viewer.dims.set_current_step(0, 3)
    stack.clicks.click_at((3, 30, 40), positive=True)
    labels = stack.workspace.labels.data
    assert labels[3, 30, 40] == 1
    assert np.count_nonzero(labels[3]) == np.count_nonzero(labels) > 80


def test_negative_click_takes_away(stack):
    stack.clicks.click_at((2, 30, 40), positive=True)
    stack.clicks.click_at((2, 30, 43), positive=False)
    assert stack.workspace.labels.data[2, 30, 43] == 0
    assert stack.workspace.labels.data[2, 30, 35] == 1


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 0, 1), (2, 1, 0), (0, 2, 1)])
def test_click_lands_on_its_voxel_along_every_displayed_axis(stack, order):
    stack.workspace.viewer.dims.order = order
    for axis, step in enumerate((2, 30, 40)):
        stack.workspace.viewer.dims.set_current_step(axis, step)
    stack.clicks.click_at((2, 30, 40), positive=True)
    assert stack.workspace.labels.data[2, 30, 40] == 1
    spread = np.ptp(np.argwhere(stack.workspace.labels.data), axis=0)
    assert spread[order[0]] == 0
    assert (spread[list(order[1:])] > 0).all()


def test_click_respects_scale_and_translation(disks):
    placed = {"scale": (50, 4, 4), "translate": (100, -20, 8), "units": ("nm",) * 3, "axis_labels": ("z", "y", "x")}
    controller = controller_on(np.zeros((5, 60, 80), np.uint8), disks, **placed)
    controller.workspace.viewer.dims.set_point(0, 100 + 50 * 4)
    controller.clicks.click_at((300, -20 + 4 * 10, 8 + 4 * 70), positive=True)
    assert controller.workspace.labels.data[4, 10, 70] == 1
    for layer in (controller.workspace.labels, controller.workspace.points):
        np.testing.assert_array_equal(layer.scale, placed["scale"])
        np.testing.assert_array_equal(layer.translate, placed["translate"])
        assert [str(unit) for unit in layer.units] == ["nanometer"] * 3
        assert layer.axis_labels == placed["axis_labels"]


@pytest.mark.parametrize(
    "placed",
    [
        {"rotate": 30},
        {"shear": [0, 0, 0.5]},
        {"scale": (1, -1, 1)},
        {"scale": (1e-7, 1e-8, 1e-8)},
        {"affine": np.array([[1, 0, 0, 100], [0, 0.3, 0, 5], [0, 0, -0.3, -7], [0, 0, 0, 1]])},
    ],
)
def test_click_on_a_turned_sheared_mirrored_or_tiny_layer_lands_on_its_voxel(disks, placed):
    controller = controller_on(np.zeros((5, 60, 80), np.uint8), disks, **placed)
    world = controller.workspace.image.data_to_world((3, 30, 40))
    controller.workspace.viewer.dims.set_point(0, world[0])
    controller.clicks.click_at(world, positive=True)
    assert controller.workspace.labels.data[3, 30, 40] == 1
    assert not controller.workspace.labels.data[[0, 1, 2, 4]].any()


@pytest.mark.parametrize(
    ("data", "rgb", "point"),
    [
        (np.zeros((60, 80), np.uint8), False, (30, 40)),
        (np.zeros((60, 80, 3), np.uint8), True, (30, 40)),
        (np.zeros((4, 60, 80, 3), np.uint8), True, (2, 30, 40)),
        (np.zeros((2, 3, 60, 80), np.float32), False, (1, 2, 30, 40)),
        (np.full((3, 60, 80), 40_000, np.uint16), False, (1, 30, 40)),
    ],
)
def test_images_of_every_kind_can_be_clicked(disks, data, rgb, point):
    controller = controller_on(data, disks, rgb=rgb)
    for axis, step in enumerate(point[:-2]):
        controller.workspace.viewer.dims.set_current_step(axis, step)
    controller.clicks.click_at(point, positive=True)
    assert controller.errors == []
    assert controller.workspace.labels.data[point] == 1


def test_dask_and_multiscale_images_can_be_clicked(disks):
    import dask.array

    lazy = dask.array.zeros((3, 60, 80), chunks=(1, 60, 80), dtype=np.uint8)
    controller = controller_on(lazy, disks)
    controller.clicks.click_at((1, 30, 40), positive=True)
    assert controller.workspace.labels.data[1, 30, 40] == 1
    levels = [np.zeros((64, 80), np.uint8), np.zeros((32, 40), np.uint8)]
    controller = controller_on(levels, disks, multiscale=True)
    controller.clicks.click_at((30, 40), positive=True)
    assert controller.workspace.labels.data.shape == (64, 80)
    assert controller.workspace.labels.data[30, 40] == 1


def test_network_sees_what_the_contrast_limits_show(disks):
    data = np.linspace(-1, 3, 2 * 60 * 80, dtype=np.float32).reshape(2, 60, 80)
    data[0, 0, 0] = np.nan
    controller = controller_on(data, disks, contrast_limits=(0, 1))
    controller.clicks.click_at((0, 30, 40), positive=True)
    shown = np.asarray(disks.images[-1])
    assert shown.dtype == np.uint8
    assert shown[0, 0, 0] == 0
    assert shown[-1, -1, 0] == 255
    controller.workspace.image.contrast_limits = (0, 3)
    controller.clicks.click_at((0, 30, 45), positive=True)
    assert np.asarray(disks.images[-1])[-1, -1, 0] < 100


def test_8_bit_image_is_seen_as_it_is(stack):
    stack.workspace.image.contrast_limits = (0, 255)
    assert contrast_limits(stack.workspace.image) is None


def test_undo_and_redo_go_to_the_slice_of_the_click(stack):
    stack.workspace.viewer.dims.set_current_step(0, 1)
    stack.clicks.click_at((1, 30, 40), positive=True)
    before = stack.workspace.labels.data.copy()
    stack.slices.step(1)
    stack.clicks.click_at((2, 20, 20), positive=True)
    stack.slices.step(2)
    stack.undo.undo()
    assert stack.workspace.viewer.dims.current_step[0] == 2
    np.testing.assert_array_equal(stack.workspace.labels.data, before)
    stack.undo.undo()
    assert stack.workspace.viewer.dims.current_step[0] == 1
    assert not stack.workspace.labels.data.any()
    stack.undo.redo()
    np.testing.assert_array_equal(stack.workspace.labels.data, before)


def test_new_object_never_eats_an_old_one_and_its_clicks_come_back(stack):
    stack.clicks.click_at((2, 30, 40), positive=True)
    old = stack.workspace.labels.data == 1
    stack.objects.next_object()
    assert len(stack.workspace.points.data) == 0
    stack.clicks.click_at((2, 30, 45), positive=True)
    np.testing.assert_array_equal(stack.workspace.labels.data == 1, old)
    assert (stack.workspace.labels.data == 2).any()
    stack.workspace.select_object(1)
    np.testing.assert_array_equal(stack.workspace.points.data, [[2, 30, 40]])


def test_reset_removes_clicks_and_mask_of_this_slice_only(stack):
    stack.workspace.viewer.dims.set_current_step(0, 1)
    stack.clicks.click_at((1, 30, 40), positive=True)
    stack.slices.step(1)
    stack.clicks.click_at((2, 30, 40), positive=True)
    stack.objects.clear_slice()
    assert not stack.workspace.labels.data[2].any()
    assert stack.workspace.labels.data[1].any()
    np.testing.assert_array_equal(stack.workspace.points.data, [[1, 30, 40]])


def test_dragged_click_moves_its_mask(stack):
    stack.clicks.click_at((2, 30, 40), positive=True)
    stack.workspace.points.data = np.array([[2.0, 10.0, 15.0]])
    assert stack.workspace.labels.data[2, 10, 15] == 1
    assert stack.workspace.labels.data[2, 30, 40] == 0


def test_deleted_click_is_as_if_never_made(stack):
    stack.clicks.click_at((2, 30, 40), positive=True)
    before = stack.workspace.labels.data.copy()
    stack.clicks.click_at((2, 20, 20), positive=True)
    stack.workspace.points.selected_data = {1}
    stack.workspace.points.remove_selected()
    np.testing.assert_array_equal(stack.workspace.labels.data, before)


def test_clicks_of_other_slices_can_be_deleted_and_dragged(stack):
    for place in (1, 2):
        stack.workspace.viewer.dims.set_current_step(0, place)
        stack.clicks.click_at((place, 30, 40), positive=True)
    stack.workspace.viewer.dims.set_current_step(0, 4)
    stack.workspace.points.data = np.array([[1.0, 10.0, 15.0], [2.0, 30.0, 40.0]])
    assert stack.workspace.labels.data[1, 10, 15] == 1
    assert stack.workspace.labels.data[1, 30, 40] == 0
    stack.workspace.points.selected_data = {0}
    stack.workspace.points.remove_selected()
    assert not stack.workspace.labels.data[1].any()
    assert stack.workspace.labels.data[2, 30, 40] == 1
    stack.undo.undo()
    assert stack.workspace.labels.data[1, 10, 15] == 1


def test_points_added_with_the_tool_of_napari_are_clicks(stack):
    stack.workspace.viewer.dims.set_current_step(0, 3)
    stack.workspace.points.add((3, 30, 40))
    stack.workspace.points.add((3, 20, 20))
    assert stack.workspace.annotator.sessions.clicks(1) == {
        displayed_plane(stack.workspace.image, stack.workspace.viewer.dims).key: (CLICK, Click(20, 20))
    }
    assert (stack.workspace.labels.data[3, [30, 20], [40, 20]] == 1).all()
    stack.workspace.toggle_polarity()
    stack.workspace.points.add((3, 30, 45))
    assert stack.workspace.labels.data[3, 30, 45] == 0


def test_newest_click_of_the_slice_or_the_selected_ones_are_turned(stack):
    stack.workspace.viewer.dims.set_current_step(0, 2)
    stack.edits.flip()
    assert stack.messages[-1] == "There is no click on this slice to turn."
    stack.clicks.click_at((2, 30, 40), positive=True)
    stack.clicks.click_at((2, 30, 44), positive=True)
    before = stack.workspace.labels.data.copy()
    stack.edits.flip()
    assert list(stack.workspace.points.features["positive"]) == [True, False]
    assert stack.workspace.labels.data[2, 30, 44] == 0
    stack.workspace.points.selected_data = {1}
    stack.workspace.viewer.dims.set_current_step(0, 0)
    stack.edits.flip()
    np.testing.assert_array_equal(stack.workspace.labels.data, before)
    stack.undo.undo()
    stack.undo.undo()
    np.testing.assert_array_equal(stack.workspace.labels.data, before)


def test_points_show_the_sign_by_colour_and_shape(stack):
    stack.clicks.click_at((2, 30, 40), positive=True)
    stack.clicks.click_at((2, 30, 20), positive=False)
    assert [str(symbol) for symbol in stack.workspace.points.symbol] == ["disc", "square"]
    assert list(stack.workspace.points.text.values) == ["+", "−"]
    assert not np.allclose(stack.workspace.points.face_color[0], stack.workspace.points.face_color[1])
    assert list(stack.workspace.points.features["positive"]) == [True, False]


def test_slices_stay_as_many_as_the_image_has(stack):
    stack.clicks.click_at((2, 30, 40), positive=True)
    assert stack.workspace.viewer.dims.range[0].start == 0
    assert stack.workspace.viewer.dims.range[0].stop == 4


def test_failed_click_leaves_everything_as_it_was(stack, disks):
    stack.clicks.click_at((2, 30, 40), positive=True)
    before = stack.workspace.labels.data.copy()
    disks.error = MemoryError("no memory left")
    stack.clicks.click_at((2, 10, 10), positive=True)
    assert [str(error) for error in stack.errors] == ["no memory left"]
    np.testing.assert_array_equal(stack.workspace.labels.data, before)
    np.testing.assert_array_equal(stack.workspace.points.data, [[2, 30, 40]])
    assert stack.canvas.busy == 0


def test_click_in_3d_display_is_refused_with_the_cure(stack):
    stack.workspace.viewer.dims.ndisplay = 3
    stack.clicks.click_at((2, 30, 40), positive=True)
    assert "switch to 2-D display" in str(stack.errors[0])
    assert not stack.workspace.labels.data.any()


def test_click_beside_the_image_does_nothing(stack):
    stack.clicks.click_at((2, -5, 40), positive=True)
    stack.clicks.click_at((2, 30, 500), positive=True)
    assert stack.errors == []
    assert not stack.workspace.labels.data.any()


@pytest.mark.parametrize("removed", ["labels", "points"])
def test_removed_layer_comes_back_with_clicks_and_masks(stack, removed):
    stack.clicks.click_at((2, 30, 40), positive=True)
    before = stack.workspace.labels.data.copy()
    stack.workspace.viewer.layers.remove(getattr(stack.workspace, removed))
    assert "Press Annotate to put it back" in stack.messages[-1]
    stack.clicks.click_at((2, 10, 10), positive=True)
    stack.images.annotate(stack.workspace.image)
    np.testing.assert_array_equal(stack.workspace.labels.data, before)
    np.testing.assert_array_equal(stack.workspace.points.data, [[2, 30, 40]])


def test_closed_image_is_survived(stack):
    stack.clicks.click_at((2, 30, 40), positive=True)
    stack.workspace.viewer.layers.clear()
    stack.clicks.click_at((2, 10, 10), positive=True)
    stack.undo.undo()
    assert stack.errors == []


def test_renamed_layers_are_survived(stack):
    stack.workspace.labels.name, stack.workspace.points.name, stack.workspace.image.name = "a", "b", "c"
    stack.clicks.click_at((2, 30, 40), positive=True)
    assert stack.workspace.labels.data[2, 30, 40] == 1


def test_click_before_the_model_is_loaded_says_so_and_is_answered_when_it_is(disks):
    viewer = ViewerModel()
    image = viewer.add_layer(Image(np.zeros((60, 80), np.uint8)))
    controller = Controller(viewer, run_now)
    messages = []
    controller.workspace.status.connect(messages.append)
    controller.images.annotate(image)
    controller.clicks.click_at((30, 40), positive=True)
    assert "still loading" in messages[-1]
    controller.objects.next_object()
    assert controller.workspace.object_id == 2
    controller.clicks.click_at((10, 10), positive=True)
    assert not controller.workspace.labels.data.any()
    controller.predictors.load(lambda: disks)
    assert (controller.workspace.labels.data[30, 40], controller.workspace.labels.data[10, 10]) == (1, 2)
    assert controller.workspace.unanswered() == []


def test_model_that_cannot_be_loaded_is_told_and_the_old_one_stays(stack):
    def fail():
        raise FileNotFoundError("get it there")

    stack.predictors.load(fail)
    assert [str(error) for error in stack.errors] == ["get it there"]
    stack.clicks.click_at((2, 30, 40), positive=True)
    assert stack.workspace.labels.data[2, 30, 40] == 1


def test_displayed_plane_of_a_plane_image_above_a_stack(stack):
    plane = Image(np.zeros((60, 80), np.uint8))
    stack.workspace.viewer.add_layer(plane)
    assert displayed_plane(plane, stack.workspace.viewer.dims).shape == (60, 80)


def test_slices_that_the_image_does_not_have_cannot_be_clicked(stack):
    stack.workspace.viewer.add_layer(Image(np.zeros((9, 60, 80), np.uint8), name="longer"))
    stack.workspace.viewer.dims.set_current_step(0, 4)
    stack.clicks.click_at((4, 30, 40), positive=True)
    assert stack.workspace.labels.data[4, 30, 40] == 1
    stack.workspace.viewer.dims.set_current_step(0, 7)
    stack.clicks.click_at((7, 10, 70), positive=True)
    assert stack.workspace.labels.data[:, 10, 70].sum() == 0
    assert "no such slice" in str(stack.errors[-1])


def test_status_tells_size_time_and_the_next_click_after_a_click(stack):
    stack.clicks.click_at((2, 30, 40), positive=True)
    assert stack.messages[-1].startswith("Object 1: ")
    assert stack.messages[-1].endswith(" ms. Left click adds, right click removes.")


def test_status_tells_what_undo_and_redo_did(stack):
    stack.clicks.click_at((2, 30, 40), positive=True)
    stack.objects.describe(1, name="cell")
    told = []
    for act in (stack.undo.undo, stack.undo.undo, stack.undo.undo, stack.undo.redo, stack.undo.redo, stack.undo.redo):
        act()
        told.append(stack.messages[-1])
    pixels = f"{np.count_nonzero(stack.workspace.labels.data)} pixels"
    assert told == [
        "Taken back. Object 1: name, class, colour, lock or visibility.",
        "Taken back. Object 1: nothing here.",
        "There is nothing to take back.",
        f"Done again. Object 1: {pixels}.",
        "Done again. Object 1: name, class, colour, lock or visibility.",
        "There is nothing to do again.",
    ]


def test_edited_clicks_are_told_too(stack):
    stack.clicks.click_at((2, 30, 40), positive=True)
    stack.messages.clear()
    stack.workspace.points.data = np.array([[2.0, 10.0, 15.0]])
    assert stack.messages[-1].startswith("Object 1: ")


def test_nothing_is_drawn_on_slices_without_clicks(stack):
    """There napari draws a point of size 0 at the origin, which limits of the size would make visible."""
    assert stack.workspace.points.canvas_size_limits[0] == 0
    stack.workspace.viewer.dims.set_current_step(0, 2)
    stack.clicks.click_at((2, 30, 40), positive=True)
    assert stack.workspace.points.canvas_size_limits[0] == stack.workspace.points.canvas_size_limits[1] > 0
    stack.slices.step(1)
    assert stack.workspace.points.canvas_size_limits[0] == 0
    stack.workspace.viewer.dims.ndisplay = 3
    stack.workspace.select_object(1)
    assert stack.workspace.points.canvas_size_limits[0] > 0
    stack.workspace.viewer.dims.ndisplay = 2
    stack.slices.step(-1)
    assert stack.workspace.points.canvas_size_limits[0] > 0
    stack.undo.undo()
    assert stack.workspace.points.canvas_size_limits[0] == 0


def test_what_was_done_on_a_closed_image_is_out_of_reach(stack):
    workspace = stack.workspace
    stack.clicks.click_at((2, 30, 40), positive=True)
    closed = workspace.annotator
    workspace.viewer.layers.remove(workspace.image)
    assert workspace.annotator.summaries() == []
    stack.undo.undo()
    assert stack.messages[-1] == "There is nothing to take back."
    stack.objects.remove(1)
    assert [summary.clicks for summary in closed.summaries()] == [1], "saved as it was when the image was closed"
