"""Whatever a user does in the layers: labels are the masks, points are the clicks, and undo leads back to the start."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from napari.components import ViewerModel
from napari.layers import Image
from tests.fakes import Disks

from napari_simpleclick.annotation.thresholds import set_threshold
from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.jobs.worker import run_now
from napari_simpleclick.plugin.workspace.planes import displayed_plane

SHAPE = (4, 24, 30)
PLACE = st.tuples(st.integers(0, SHAPE[1] - 1), st.integers(0, SHAPE[2] - 1))
OBJECT = st.integers(1, 3)
EVENT = st.one_of(
    st.tuples(st.just("click"), PLACE, st.booleans()),
    st.tuples(st.just("click"), PLACE, st.booleans()),
    st.tuples(st.just("slice"), st.integers(0, SHAPE[0] - 1)),
    st.tuples(st.just("object"), OBJECT),
    st.tuples(st.just("brush"), PLACE, st.integers(0, 3)),
    st.tuples(st.just("drag"), PLACE, st.integers(0, 3)),
    st.tuples(st.just("delete"), st.integers(0, 3)),
    st.tuples(st.just("merge"), OBJECT, OBJECT),
    st.tuples(st.just("lock"), OBJECT, st.booleans()),
    st.tuples(st.just("class"), OBJECT, st.integers(1, 3)),
    st.tuples(st.just("threshold"), st.sampled_from([0.05, 0.3, 0.49, 0.95])),
    st.tuples(st.just("show"), OBJECT, st.booleans()),
    st.tuples(st.just("follow to"), st.integers(0, SHAPE[0] - 1)),
    st.tuples(st.sampled_from(["undo", "undo", "redo", "flip", "reset", "next", "remove", "overwrite", "keep"])),
    st.tuples(st.sampled_from(["classes", "objects", "propagate", "fill", "fit", "accept", "restore layers"])),
    st.tuples(st.sampled_from(["restore clicks", "negative"])),
)


class User:
    """Does in the layers what an event names."""

    def __init__(self):
        viewer = ViewerModel()
        image = viewer.add_layer(Image(np.zeros(SHAPE, np.uint8)))
        self.controller = Controller(viewer, run_now)
        self.propagation = self.controller.propagation
        self.controller.predictors.load(Disks)
        self.controller.images.annotate(image)

    def do(self, name, *details):
        controller, viewer = self.controller, self.controller.workspace.viewer
        here = viewer.dims.current_step[0]
        match name, *details:
            case "click", place, positive:
                controller.clicks.click_at((here, *place), positive=positive)
            case "slice", place:
                viewer.dims.set_current_step(0, place)
            case "object", object_id:
                controller.workspace.select_object(object_id)
            case "brush", place, label:
                controller.workspace.labels.brush_size = 7
                with controller.workspace.labels.block_history():
                    controller.workspace.labels.paint((here, *place), label)
            case "drag", place, number if number < len(controller.workspace.points.data):
                moved = controller.workspace.points.data.copy()
                moved[number, 1:] = place
                controller.workspace.points.data = moved
            case "delete", number if number < len(controller.workspace.points.data):
                controller.workspace.points.selected_data = {number}
                controller.workspace.points.remove_selected()
            case "merge", first, second:
                controller.objects.merge(first, second)
            case "lock", object_id, on:
                controller.objects.describe(object_id, locked=on)
            case "class", object_id, class_id:
                controller.objects.describe(object_id, class_id=class_id)
            case "show", object_id, on:
                controller.objects.describe(object_id, visible=on)
            case "threshold", value:
                annotator, object_id = controller.workspace.annotator, controller.workspace.object_id
                key = displayed_plane(controller.workspace.image, viewer.dims).key
                controller.canvas.change(lambda: set_threshold(annotator, object_id, key, value))
            case "follow to", place:
                self.propagation.propagate_to(place)
            case "restore clicks":
                viewer.layers.remove(controller.workspace.points)
                controller.images.annotate(controller.workspace.image)
            case "restore layers":
                viewer.layers.remove(controller.workspace.labels)
                controller.images.annotate(controller.workspace.image)
            case _:
                self.actions.get(name, lambda: None)()

    @property
    def actions(self):
        controller, propagation = self.controller, self.propagation
        return {
            "undo": controller.undo.undo,
            "redo": controller.undo.redo,
            "flip": controller.edits.flip,
            "reset": controller.objects.clear_slice,
            "next": controller.objects.next_object,
            "remove": controller.objects.remove,
            "overwrite": lambda: controller.workspace.change_settings(overlap="overwrite"),
            "keep": lambda: controller.workspace.change_settings(overlap="keep"),
            "classes": lambda: controller.workspace.change_settings(label_by="classes"),
            "objects": lambda: controller.workspace.change_settings(label_by="objects"),
            "negative": lambda: controller.workspace.change_settings(
                others_negative=not controller.workspace.settings.others_negative
            ),
            "propagate": lambda: propagation.propagate(1, -1),
            "fill": propagation.interpolate,
            "fit": lambda: propagation.interpolate(fit=True),
            "accept": lambda: propagation.accept(everywhere=True),
        }

    def check(self):
        controller, annotator = self.controller, self.controller.workspace.annotator
        composed = np.zeros(SHAPE, np.uint16)
        for place in annotator.sessions:
            mask = annotator.sessions.mask(place)
            if mask is not None:
                part = controller.workspace.planes[place[1]].labels(composed)[mask[0].slices]
                assert not part[mask[1]].any(), "two objects have a pixel"
                part[mask[1]] = controller.workspace.label(place[0])
        np.testing.assert_array_equal(controller.workspace.labels.data, composed)
        clicks = annotator.sessions.clicks(controller.workspace.object_id).items()
        shown = [controller.workspace.planes[key].to_volume(c.row, c.col) for key, made in clicks for c in made]
        np.testing.assert_array_equal(controller.workspace.points.data, np.reshape(shown, (-1, 3)))


@given(st.lists(EVENT, max_size=20))
@settings(max_examples=60, deadline=None)
def test_layers_show_what_was_done_and_undo_leads_back(events):
    user = User()
    for event in events:
        user.do(*event)
        user.check()
    while user.controller.workspace.annotator.can_undo:
        user.do("undo")
    user.check()
    assert not user.controller.workspace.labels.data.any()
    assert len(user.controller.workspace.points.data) == 0
