"""Whatever is done to objects, undone and done again: the masks are those of what was done and not undone."""

from dataclasses import dataclass, field

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_simpleclick.annotation.annotator import Annotator
from napari_simpleclick.annotation.label_painting import paint_changes, restore_under
from napari_simpleclick.annotation.object_edits import accept, clear, describe, merge, paint, remove
from napari_simpleclick.annotation.objects import LockedError
from napari_simpleclick.annotation.thresholds import set_threshold
from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.propagation.shape_interpolation import between

SHAPE = (24, 30)
PLANES = 3
WHOLE = Box(0, SHAPE[0], 0, SHAPE[1])
IMAGE = np.zeros((*SHAPE, 3), np.uint8)


class Disks:
    """A stand-in for the network: disks around positive clicks, none around negative ones, on what was there before."""

    def predict(self, image, clicks, previous=None, *, view=None):
        rows, cols = np.mgrid[: SHAPE[0], : SHAPE[1]]
        shown = np.zeros(SHAPE, np.float32) if previous is None else 0.6 * previous.probability
        for click in clicks:
            shown[np.hypot(rows - click.row, cols - click.col) < 6] = 0.9 if click.positive else 0.1
        return Prediction.from_mask(shown, WHOLE, size=32)


OBJECTS, PLANE = st.integers(1, 3), st.integers(0, PLANES - 1)
CLICK = st.builds(Click, st.integers(0, SHAPE[0] - 1), st.integers(0, SHAPE[1] - 1), st.booleans())
CORNER = st.tuples(st.integers(0, SHAPE[0] - 5), st.integers(0, SHAPE[1] - 5))
ACTION = st.one_of(
    st.tuples(st.just("click"), OBJECTS, PLANE, CLICK),
    st.tuples(st.just("click"), OBJECTS, PLANE, CLICK),
    st.tuples(st.just("flip_or_drop"), OBJECTS, PLANE, st.integers(0, 3), st.booleans()),
    st.tuples(st.just("stroke"), st.integers(0, 3), PLANE, CORNER),
    st.tuples(st.just("propagated"), OBJECTS, PLANE, CORNER),
    st.tuples(st.just("filled"), OBJECTS),
    st.tuples(st.just("accepted"), OBJECTS, st.sets(PLANE)),
    st.tuples(st.just("scaled"), OBJECTS, PLANE, st.floats(0.3, 2.0)),
    st.tuples(st.just("threshold"), OBJECTS, PLANE, st.sampled_from([0.05, 0.3, 0.49, 0.52, 0.95])),
    st.tuples(st.just("clear"), OBJECTS, PLANE),
    st.tuples(st.just("remove"), OBJECTS),
    st.tuples(st.just("merge"), OBJECTS, OBJECTS),
    st.tuples(st.just("lock"), OBJECTS, st.booleans()),
    st.tuples(st.just("name"), OBJECTS, st.sampled_from(["", "cell", "nucleus"])),
    st.tuples(st.just("class_id"), OBJECTS, st.integers(1, 3)),
    st.tuples(st.just("visible"), OBJECTS, st.booleans()),
)
EVENT = st.one_of(
    ACTION,
    ACTION,
    ACTION,
    st.just(("undo",)),
    st.just(("redo",)),
    st.tuples(st.just("policy"), st.sampled_from(["keep", "overwrite"]), st.booleans()),
)


@dataclass
class Work:
    """An annotator, the labels of its planes, and the actions that were done and not undone."""

    annotator: Annotator = field(default_factory=lambda: Annotator(Disks()))
    labels: np.ndarray = field(default_factory=lambda: np.zeros((PLANES, *SHAPE), np.uint16))
    done: list = field(default_factory=list)
    undone: list = field(default_factory=list)

    def play(self, name, *details):
        """Do, undo or set something; a locked object refuses."""
        before = {
            place: self.annotator.sessions.mask(place) for place in self.annotator.sessions if self.locked(place[0])
        }
        if name == "policy":
            self.annotator.overlap, self.annotator.others_negative = details
        elif name == "undo":
            self.show(self.annotator.undo())
            self.undone += [self.done.pop()] if self.done else []
            return
        elif name == "redo":
            self.show(self.annotator.redo())
            self.done += [self.undone.pop()] if self.undone else []
            return
        else:
            policy = self.annotator.overlap, self.annotator.others_negative
            known = self.annotator.history[0]
            try:
                self.act(name, *details)
            except LockedError:
                assert self.locked(details[0]) or (name == "merge" and self.locked(details[1]))
            now = self.annotator.history[0]
            if len(now) < len(known):  # back at the threshold of before
                self.undone.append(self.done.pop())
            elif now != known:
                self.done[len(now) - 1 :] = [(policy, (name, *details))]
                self.undone.clear()
        for place, mask in before.items():
            assert same(self.annotator.sessions.mask(place), mask), f"{name} changed a locked object"

    def act(self, name, object_id, *details):
        annotator = self.annotator
        if name == "click":
            plane, click = details
            self.show(annotator.click(object_id, plane, IMAGE, click))
        elif name == "flip_or_drop":
            plane, number, flip = details
            clicks = list(annotator.sessions.clicks(object_id).get(plane, ()))
            if number < len(clicks):
                old = clicks[number]
                clicks[number : number + 1] = [Click(old.row, old.col, not old.positive)] if flip else []
                self.show(annotator.replace(object_id, plane, clicks))
        elif name == "stroke":
            plane, (row, col) = details
            pixels = (Box(row, row + 5, col, col + 5), np.ones((5, 5), bool))
            self.labels[plane][pixels[0].slices] = object_id
            try:
                paint(annotator, [(plane, IMAGE, pixels)], object_id)
            finally:
                restore_under(self.labels[plane], pixels, annotator.sessions.masks_on(plane))
        elif name == "propagated":
            plane, (row, col) = details
            mask = Prediction.from_boxed((Box(row, row + 5, col, col + 5), np.ones((5, 5), bool)), SHAPE)
            self.show(annotator.draw([((object_id, plane), IMAGE, mask)], "propagated"))
        elif name == "filled":
            first, last = (annotator.sessions.mask((object_id, plane)) for plane in (0, PLANES - 1))
            if first and last:
                middle = Prediction.from_boxed(between(first, last, 0.5, SHAPE), SHAPE)
                self.show(annotator.draw([((object_id, 1), IMAGE, middle)], "interpolated"))
        elif name == "accepted":
            known = [plane for plane in sorted(*details) if (object_id, plane) in annotator.sessions]
            self.show(accept(annotator, object_id, known))
        elif name == "threshold":
            self.show(set_threshold(annotator, object_id, *details))
        elif name == "scaled":
            plane, factor = details
            self.show(annotator.revise(object_id, plane, lambda prediction: scaled(prediction, factor)))
        elif name == "clear":
            self.show(clear(annotator, object_id, details))
        elif name == "remove":
            self.show(remove(annotator, object_id))
        elif name == "merge":
            self.show(merge(annotator, object_id, *details))
        else:
            self.show(describe(annotator, object_id, **{{"lock": "locked"}.get(name, name): details[0]}))

    def show(self, changes):
        for plane in {change.plane for change in changes} - {None}:
            paint_changes(self.labels[plane], [change for change in changes if change.plane == plane])

    def locked(self, object_id):
        return self.annotator.locked(object_id)

    def masks(self):
        masks = {place: self.annotator.sessions.mask(place) for place in self.annotator.sessions}
        return {place: mask for place, mask in masks.items() if mask is not None}


def scaled(prediction, factor):
    if prediction.network_map is None:
        return prediction
    return Prediction(np.clip(factor * prediction.network_map, 0, 1), prediction.roi, prediction.plane_shape)


def same(first, second):
    if first is None or second is None:
        return first is second
    return first[0] == second[0] and np.array_equal(first[1], second[1])


@given(st.lists(EVENT, max_size=25))
@settings(max_examples=150, deadline=None)
def test_any_history_equals_a_replay_of_what_was_done_and_not_undone(events):
    work = Work()
    for event in events:
        work.play(*event)
    replayed = Work()
    for (overlap, others_negative), action in work.done:
        replayed.annotator.overlap, replayed.annotator.others_negative = overlap, others_negative
        replayed.act(*action)
    assert work.masks().keys() == replayed.masks().keys()
    assert all(same(mask, replayed.masks()[place]) for place, mask in work.masks().items())
    for object_id in (1, 2, 3):
        sessions, again = work.annotator.sessions, replayed.annotator.sessions
        assert sessions.clicks(object_id) == again.clicks(object_id)
        assert sessions.origins(object_id) == again.origins(object_id)
    np.testing.assert_array_equal(work.labels, replayed.labels)
    said = [{n: about for n, about in w.annotator.objects.items() if about.plain()} for w in (work, replayed)]
    assert said[0] == said[1]


@given(st.lists(EVENT, max_size=25))
@settings(max_examples=100, deadline=None)
def test_labels_are_the_masks_and_no_pixel_has_two_objects(events):
    work = Work()
    for event in events:
        work.play(*event)
    composed = np.zeros_like(work.labels)
    for (object_id, plane), (box, mask) in work.masks().items():
        part = composed[plane][box.slices]
        assert not part[mask].any(), "two objects have a pixel"
        part[mask] = object_id
    np.testing.assert_array_equal(work.labels, composed)


@given(st.lists(EVENT, max_size=20))
@settings(max_examples=40, deadline=None)
def test_everything_can_be_undone_and_done_again(events):
    work = Work()
    for event in events:
        work.play(*event)
    labels, count = work.labels.copy(), len(work.done)
    while work.annotator.can_undo:
        work.play("undo")
    assert not work.labels.any()
    assert work.annotator.summaries() == []
    for _ in range(count):
        work.play("redo")
    np.testing.assert_array_equal(work.labels, labels)


def clicked(*thresholds):
    """An object clicked once, then given these thresholds."""
    work = Work()
    work.play("click", 1, 0, Click(10, 12, True))
    for threshold in thresholds:
        work.play("threshold", 1, 0, threshold)
    return work


def test_a_lower_threshold_takes_more_pixels_and_a_higher_one_less():
    areas = [clicked(threshold).masks()[1, 0][1].sum() for threshold in (0.05, 0.49, 0.85)]
    assert areas[0] > areas[1] > areas[2] > 0


def test_thresholds_one_after_the_other_are_one_thing_to_undo():
    work = clicked(0.3, 0.6, 0.85)
    assert len(work.annotator.history[0]) == 2
    work.play("undo")
    assert same(work.masks()[1, 0], clicked().masks()[1, 0])
    work.play("redo")
    assert same(work.masks()[1, 0], clicked(0.85).masks()[1, 0])


def test_the_next_click_starts_from_the_usual_threshold():
    work = clicked(0.85)
    work.play("click", 1, 0, Click(11, 12, True))
    assert work.annotator.sessions.prediction(1, 0).threshold == 0.49


def test_what_was_painted_has_no_threshold():
    work = clicked()
    work.play("stroke", 1, 0, (2, 2))
    before = work.masks()
    work.play("threshold", 1, 0, 0.9)
    assert same(work.masks()[1, 0], before[1, 0])


def test_a_threshold_after_propagating_does_not_take_back_the_propagation():
    work = clicked(0.85)
    values = np.full((32, 32), 0.7, np.float32)
    work.show(work.annotator.draw([((1, 0), IMAGE, Prediction(values, WHOLE, SHAPE))], "propagated"))
    work.show(set_threshold(work.annotator, 1, 0, 0.6))
    assert work.masks()[1, 0][1].all()
    assert len(work.annotator.history[0]) == 4
