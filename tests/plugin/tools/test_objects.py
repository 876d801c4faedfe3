"""Objects as wholes on napari's viewer model: names, classes, locks, merge, remove, shared pixels, what is shown."""

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image
from tests.fakes import Disks

from napari_simpleclick.annotation.object_edits import merge
from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.jobs.worker import run_now


@pytest.fixture
def stack():
    """A controller with objects 1 and 2 side by side on slice 2, 1 present."""
    viewer = ViewerModel()
    image = viewer.add_layer(Image(np.zeros((5, 60, 80), np.uint8)))
    controller = Controller(viewer, run_now)
    controller.messages, controller.errors = [], []
    controller.workspace.status.connect(controller.messages.append)
    controller.workspace.failed.connect(lambda error: controller.errors.append(str(error)))
    controller.disks = Disks()
    controller.predictors.load(lambda: controller.disks)
    controller.images.annotate(image)
    viewer.dims.set_current_step(0, 2)
    click(controller, 1, 30, 30)
    click(controller, 2, 30, 60)
    controller.workspace.select_object(1)
    return controller


def click(controller, object_id, row, col, *, plane=2, positive=True):
    controller.workspace.viewer.dims.set_current_step(0, plane)
    controller.workspace.select_object(object_id)
    controller.clicks.click_at((plane, row, col), positive=positive)


def brush(controller, row, col, label, *, size=8, plane=2):
    """A stroke as the mouse makes it: napari tells of it when it is done."""
    labels = controller.workspace.labels
    labels.brush_size = size
    with labels.block_history():
        labels.paint((plane, row, col), label)


def test_name_class_and_lock_are_kept_and_undone(stack):
    stack.objects.describe(1, name="nucleus", class_id=3)
    stack.objects.describe(2, locked=True)
    first, second = stack.workspace.annotator.summaries()
    assert (first.properties.name, first.properties.class_id) == ("nucleus", 3)
    assert second.properties.locked
    stack.undo.undo()
    stack.undo.undo()
    assert all(not summary.properties.plain() for summary in stack.workspace.annotator.summaries())
    stack.undo.redo()
    assert stack.workspace.annotator.summaries()[0].properties.name == "nucleus"


def test_named_object_is_listed_before_its_first_click(stack):
    stack.objects.describe(7, name="later")
    assert [(s.object_id, s.slices) for s in stack.workspace.annotator.summaries()] == [(1, 1), (2, 1), (7, 0)]


@pytest.mark.parametrize("bad", [0, -3])
def test_class_below_one_is_refused(stack, bad):
    stack.objects.describe(1, class_id=bad)
    assert stack.errors == [f"A class is a number from 1 on (0 is the background), got {bad}."]
    assert stack.workspace.annotator.summaries()[0].properties.class_id == 1


@pytest.mark.parametrize(
    "attempt",
    [
        lambda c: c.clicks.click_at((2, 10, 10), positive=True),
        lambda c: c.objects.clear_slice(),
        lambda c: c.objects.remove(),
        lambda c: c.objects.remove(2, 1),
        lambda c: c.objects.merge(2, 1),
        lambda c: brush(c, 50, 10, 1),
        lambda c: setattr(c.workspace.points, "data", np.array([[2.0, 10.0, 15.0]])),
        lambda c: c.propagation.propagate(1),
    ],
    ids=["click", "reset", "remove", "remove two", "merge", "brush", "drag", "propagate"],
)
def test_nothing_changes_a_locked_object_and_the_message_tells_the_cure(stack, attempt):
    stack.objects.describe(1, locked=True)
    before, points = stack.workspace.labels.data.copy(), stack.workspace.points.data.copy()
    attempt(stack)
    np.testing.assert_array_equal(stack.workspace.labels.data, before)
    np.testing.assert_array_equal(stack.workspace.points.data, points)
    assert any("Object 1 is locked. Unlock it" in text for text in (*stack.errors, *stack.messages))
    stack.objects.describe(1, locked=False)
    stack.clicks.click_at((2, 10, 10), positive=True)
    assert stack.workspace.labels.data[2, 10, 10] == 1


@pytest.mark.parametrize("overlap", ["keep", "overwrite"])
def test_locked_object_loses_no_pixel_to_clicks_brush_and_eraser_of_others(stack, overlap):
    stack.workspace.change_settings(overlap=overlap)
    stack.workspace.labels.preserve_labels = False  # as if the user had unticked it
    stack.objects.describe(1, locked=True)
    mine = stack.workspace.labels.data == 1
    click(stack, 2, 30, 34)
    np.testing.assert_array_equal(stack.workspace.labels.data == 1, mine)
    brush(stack, 30, 30, 2, size=30)
    np.testing.assert_array_equal(stack.workspace.labels.data == 1, mine)
    brush(stack, 30, 30, 0, size=30)
    np.testing.assert_array_equal(stack.workspace.labels.data == 1, mine)
    assert (stack.workspace.labels.data == 2).any()


def test_policy_keep_leaves_shared_pixels_where_they_are(stack):
    before = stack.workspace.labels.data == 1
    click(stack, 2, 30, 34)
    np.testing.assert_array_equal(stack.workspace.labels.data == 1, before)
    brush(stack, 30, 30, 2, size=30)
    np.testing.assert_array_equal(stack.workspace.labels.data == 1, before)
    assert stack.workspace.labels.preserve_labels


def test_policy_overwrite_gives_them_to_the_object_edited_last_and_undo_gives_them_back(stack):
    before = stack.workspace.labels.data.copy()
    stack.workspace.change_settings(overlap="overwrite")
    click(stack, 2, 30, 34)
    assert stack.workspace.labels.data[2, 30, 34] == 2
    assert (stack.workspace.labels.data == 1).sum() < (before == 1).sum()
    stack.undo.undo()
    np.testing.assert_array_equal(stack.workspace.labels.data, before)
    brush(stack, 30, 30, 2)
    assert stack.workspace.labels.data[2, 30, 30] == 2
    stack.undo.undo()
    np.testing.assert_array_equal(stack.workspace.labels.data, before)


def test_network_sees_that_other_objects_are_something_else(stack):
    click(stack, 2, 30, 34)
    click(stack, 2, 50, 50)
    assert stack.disks.previous.at(np.array([30]), np.array([34])) > 0.5, "the overlap is shown as it was answered"
    stack.workspace.change_settings(others_negative=True)
    click(stack, 2, 10, 50)
    assert stack.disks.previous.at(np.array([30]), np.array([34])) < 0.1
    assert stack.workspace.labels.data[2, 30, 34] == 1


def test_merged_objects_are_one_with_the_clicks_of_the_first_and_undo_parts_them(stack):
    click(stack, 2, 20, 60, plane=3)
    stack.objects.describe(2, name="part")
    before = stack.workspace.labels.data.copy()
    stack.objects.merge(1, 2)
    np.testing.assert_array_equal(stack.workspace.labels.data, (before > 0).astype(np.uint16))
    (summary,) = stack.workspace.annotator.summaries()
    assert (summary.object_id, summary.slices, summary.clicks) == (1, 2, 2)
    assert stack.workspace.object_id == 1
    assert stack.messages[-1].startswith("Object 1: ")
    assert "nothing here" not in stack.messages[-1]
    click(stack, 1, 30, 45)
    assert (stack.workspace.labels.data[2, 30, [30, 45]] == 1).all()
    stack.undo.undo()
    stack.undo.undo()
    np.testing.assert_array_equal(stack.workspace.labels.data, before)
    assert [s.properties.name for s in stack.workspace.annotator.summaries()] == ["", "part"]


def test_merging_needs_two_objects(stack):
    stack.objects.merge(1)
    assert "Select two or more rows" in stack.messages[-1]
    assert len(stack.workspace.annotator.summaries()) == 2
    assert merge(stack.workspace.annotator, 1, 1) == []


def test_several_objects_are_removed_at_once_with_their_names(stack):
    stack.objects.describe(2, name="artefact")
    before = stack.workspace.labels.data.copy()
    stack.objects.remove(1, 2)
    assert not stack.workspace.labels.data.any()
    assert stack.workspace.annotator.summaries() == []
    stack.undo.undo()
    np.testing.assert_array_equal(stack.workspace.labels.data, before)
    assert stack.workspace.annotator.summaries()[1].properties.name == "artefact"


def test_labels_can_be_classes_and_objects_stay_apart(stack):
    objects = stack.workspace.labels.data.copy()
    stack.objects.describe(1, class_id=4)
    stack.objects.describe(2, class_id=4)
    stack.workspace.change_settings(label_by="classes")
    np.testing.assert_array_equal(stack.workspace.labels.data, 4 * (objects > 0))
    click(stack, 2, 30, 34)  # would overlap object 1
    assert set(np.unique(stack.workspace.labels.data)) == {0, 4}
    stack.objects.describe(1, class_id=5)
    assert stack.workspace.labels.data[2, 30, 30] == 5
    assert stack.workspace.labels.data[2, 30, 60] == 4
    stack.undo.undo()
    stack.undo.undo()
    stack.workspace.change_settings(label_by="objects")
    np.testing.assert_array_equal(stack.workspace.labels.data, objects)


def test_brush_paints_the_present_object_when_labels_are_classes(stack):
    stack.objects.describe(2, class_id=6)
    stack.workspace.change_settings(label_by="classes")
    stack.workspace.select_object(2)
    assert stack.workspace.labels.selected_label == 6
    brush(stack, 10, 10, 6)
    stack.workspace.change_settings(label_by="objects")
    assert stack.workspace.labels.data[2, 10, 10] == 2
    stack.undo.undo()
    assert stack.workspace.labels.data[2, 10, 10] == 0


def test_hidden_object_is_not_drawn_but_kept_and_colours_can_be_chosen(stack):
    automatic = stack.workspace.labels.colormap
    masks = stack.workspace.labels.data.copy()
    stack.objects.describe(1, visible=False)
    assert stack.workspace.labels.colormap.map(1)[3] == 0
    np.testing.assert_allclose(stack.workspace.labels.colormap.map(2), automatic.map(2))
    np.testing.assert_array_equal(stack.workspace.labels.data, masks)
    stack.objects.describe(2, color="#ff0000")
    np.testing.assert_allclose(stack.workspace.labels.colormap.map(2), [1, 0, 0, 1])
    np.testing.assert_allclose(stack.canvas.colors.colors([2]), [[1, 0, 0, 1]])
    click(stack, 3, 10, 10)
    np.testing.assert_allclose(stack.workspace.labels.colormap.map(3), automatic.map(3))
    for _ in range(3):
        stack.undo.undo()
    assert stack.workspace.labels.colormap.map(1)[3] == 1
    np.testing.assert_allclose(stack.workspace.labels.colormap.map(2), automatic.map(2))


def test_stroke_seen_from_the_side_belongs_to_the_slices_of_the_object(stack):
    before = stack.workspace.labels.data.copy()
    stack.workspace.viewer.dims.order = (2, 0, 1)
    stack.workspace.viewer.dims.set_current_step(2, 30)
    with stack.workspace.labels.block_history():
        stack.workspace.labels.brush_size = 3
        stack.workspace.labels.paint((2, 30, 30), 0)
    erased = stack.workspace.labels.data.copy()
    assert erased[2, 30, 30] == 0
    assert {key[0] for key in stack.workspace.annotator.sessions.origins(1)} == {(1, 2)}
    stack.undo.undo()
    np.testing.assert_array_equal(stack.workspace.labels.data, before)
    stack.undo.redo()
    np.testing.assert_array_equal(stack.workspace.labels.data, erased)


def test_removed_labels_layer_comes_back_in_the_chosen_form(stack):
    stack.objects.describe(1, class_id=2)
    stack.objects.describe(2, visible=False, class_id=3)
    stack.workspace.change_settings(overlap="overwrite")
    stack.workspace.change_settings(label_by="classes")
    masks = stack.workspace.labels.data.copy()
    stack.workspace.viewer.layers.remove(stack.workspace.labels)
    stack.images.annotate(stack.workspace.image)
    np.testing.assert_array_equal(stack.workspace.labels.data, masks)
    assert stack.workspace.labels.colormap.map(3)[3] == 0
    assert not stack.workspace.labels.preserve_labels


def test_labels_grow_to_32_bits_for_more_than_65535_objects(stack):
    stack.clicks.click_at((1, 10, 10), positive=True)
    before = stack.workspace.labels.data.copy()
    assert before.dtype == np.uint16
    stack.workspace.select_object(65_536)
    stack.clicks.click_at((1, 40, 40), positive=True)
    assert stack.errors == []
    assert stack.workspace.labels.selected_label == 65_536
    assert stack.workspace.labels.data.dtype == np.uint32
    assert stack.workspace.labels.data[2, 40, 40] == 65_536
    np.testing.assert_array_equal(stack.workspace.labels.data[before > 0], before[before > 0])
    stack.undo.undo()
    np.testing.assert_array_equal(stack.workspace.labels.data, before)
    stack.workspace.select_object(70_000)
    stack.workspace.labels.paint((2, 50, 70), 70_000)
    assert stack.workspace.annotator.sessions.mask((70_000, next(iter(stack.workspace.planes)))) is not None


def test_class_above_65535_is_shown(stack):
    stack.clicks.click_at((1, 10, 10), positive=True)
    stack.workspace.change_settings(label_by="classes")
    stack.objects.describe(1, class_id=100_000)
    assert stack.workspace.labels.data[2, 10, 10] == 100_000


def test_outlines_stay_outlines_when_the_layer_is_put_back(stack):
    stack.workspace.change_settings(outlines=True)
    assert stack.workspace.labels.contour > 0
    stack.workspace.viewer.layers.remove(stack.workspace.labels)
    stack.images.annotate(stack.workspace.image)
    assert stack.workspace.labels.contour > 0
    stack.workspace.change_settings(outlines=False)
    assert stack.workspace.labels.contour == 0


def test_removal_tells_how_many_and_a_removed_number_is_not_used_again(stack):
    stack.objects.remove(1, 2)
    assert stack.messages[-1] == "2 objects removed from 2 slices: Ctrl+Z brings them back."
    stack.objects.next_object()
    assert stack.workspace.object_id == 3
    stack.undo.undo()
    assert stack.workspace.labels.data[2].any()


def test_object_is_removed_from_here_to_the_end_and_comes_back_at_once(stack):
    for plane in (0, 1, 3, 4):
        click(stack, 1, 30, 30, plane=plane)
    before = stack.workspace.labels.data.copy()
    stack.workspace.viewer.dims.set_current_step(0, 2)
    stack.objects.clear_rest()
    there = [bool((plane == 1).any()) for plane in stack.workspace.labels.data]
    assert there == [True, True, False, False, False]
    assert "removed from 3 slices, from here to the end" in stack.messages[-1]
    stack.undo.undo()
    np.testing.assert_array_equal(stack.workspace.labels.data, before)
    stack.objects.next_object()
    stack.objects.clear_rest()
    assert "is not on this slice or after it" in stack.messages[-1]
