"""Session files: what was done, line by line, restored and replayed."""

import base64
import json
import zlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_simpleclick.annotation.annotator import Annotator
from napari_simpleclick.annotation.object_edits import describe, merge, paint, remove
from napari_simpleclick.annotation.session_files.check import check_about, check_edit
from napari_simpleclick.annotation.session_files.format import SessionFileError, read_session
from napari_simpleclick.annotation.session_files.mask_codec import equal
from napari_simpleclick.annotation.session_files.recorder import SessionRecorder
from napari_simpleclick.annotation.session_files.replay import Replay
from napari_simpleclick.annotation.session_files.restore import RestoredSession
from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.data.memory import NotEnoughMemoryError
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.propagation.confidence import clicked_anew
from napari_simpleclick.inference.propagation.follow import follow

SHAPE = (60, 70)
PLANES = [((1, 2), place, None, None) for place in range(4)]
IMAGES = {key: np.full((*SHAPE, 3), place, np.uint8) for place, key in enumerate(PLANES)}


class Soft:
    """Answers with soft discs, on top of a part of the map before: every earlier click still shows."""

    def __init__(self):
        self.facts = {"model": "soft", "engine": "numpy"}

    def predict(self, image, clicks, previous=None, *, view=None):
        rows, cols = np.mgrid[: SHAPE[0] : 64j, : SHAPE[1] : 64j]
        newest = clicks[-1]
        disc = np.exp(-((rows - newest.row) ** 2 + (cols - newest.col) ** 2) / (80 + 30 * len(clicks)))
        before = previous.at(np.arange(SHAPE[0]), np.arange(SHAPE[1])) if previous else np.zeros(SHAPE, np.float32)
        small = before[np.ix_(np.arange(64) * (SHAPE[0] - 1) // 63, np.arange(64) * (SHAPE[1] - 1) // 63)]
        answer = np.maximum(disc, 0.9 * small) if newest.positive else np.minimum(1 - disc, small)
        return Prediction(answer.astype(np.float32), Box(0, SHAPE[0], 0, SHAPE[1]), SHAPE)


def worked():
    """An annotator that did a bit of everything."""
    annotator = Annotator(Soft())
    annotator.click(1, PLANES[0], IMAGES[PLANES[0]], Click(20, 20))
    annotator.click(1, PLANES[0], IMAGES[PLANES[0]], Click(26, 30))
    annotator.click(2, PLANES[0], IMAGES[PLANES[0]], Click(24, 40), view=Box(0, 40, 0, 50))
    propagate(annotator, 1, PLANES[0], PLANES[1])
    annotator.click(1, PLANES[1], IMAGES[PLANES[1]], Click(40, 22, positive=False))
    paint(annotator, [(PLANES[2], IMAGES[PLANES[2]], (Box(5, 9, 6, 12), np.ones((4, 6), bool)))], 3)
    describe(annotator, 3, name="axon", locked=True)
    annotator.click(2, PLANES[3], IMAGES[PLANES[3]], Click(9, 9))
    annotator.undo()
    return annotator


def propagate(annotator, object_id, plane, target):
    source = annotator.sessions[object_id, plane].newest
    found = follow(annotator.predictor, source.prediction, IMAGES[target], known=IMAGES[plane])
    annotator.draw([((object_id, target), IMAGES[target], found)], "propagated", source=source)


def propagate_anew(annotator, object_id, plane, target):
    """As `propagate`, where the outline of a click without a mask was taken."""
    source, image = annotator.sessions[object_id, plane].newest, IMAGES[target]
    followed = follow(annotator.predictor, source.prediction, image, known=IMAGES[plane])
    found = clicked_anew(annotator.predictor, image, followed.object_mask())
    annotator.draw([((object_id, target), image, found)], "propagated", source=source, confidence=0.8, anew=True)
    return followed, found


def saved(path, annotator):
    path.write_text(SessionRecorder(annotator).line({"saved": "now"}))
    return path


def restored(path):
    content = RestoredSession(read_session(path))
    annotator = Annotator(Soft())
    annotator.restore(IMAGES, content.steps(), content.history(), content.objects())
    return annotator, content


def replayed(path):
    return list(Replay(read_session(path), lambda key, _settings: IMAGES[key], lambda _place: Soft()).run())


def state(annotator):
    """Everything that a user sees: masks, clicks, reviews, names."""
    masks = {
        place: annotator.sessions.prediction(*place).mask().tobytes()
        for place, s in annotator.sessions.items()
        if s.steps
    }
    numbers = {number for number, _ in masks}
    told = {number: (annotator.sessions.clicks(number), annotator.sessions.origins(number)) for number in numbers}
    return masks, told, {number: about for number, about in annotator.objects.items() if about.plain()}


def test_restored_work_is_the_same(tmp_path):
    before = worked()
    after, _ = restored(saved(tmp_path / "a", before))
    assert state(after) == state(before)


def test_undo_and_redo_go_on_after_restoring(tmp_path):
    before = worked()
    after, _ = restored(saved(tmp_path / "a", before))
    for act in ("redo", *["undo"] * 12, *["redo"] * 12):
        getattr(before, act)()
        getattr(after, act)()
        assert state(after) == state(before)


def test_replay_gives_the_same_masks(tmp_path):
    found = replayed(saved(tmp_path / "a", worked()))
    assert {each.place for each in found} == {(1, PLANES[0]), (2, PLANES[0]), (1, PLANES[1]), (3, PLANES[2])}
    assert all(each.same for each in found)
    assert {each.place: each.clicks for each in found}[1, PLANES[0]] == 2


def test_replay_knows_whether_propagation_took_the_outline_of_a_click_without_a_mask(tmp_path):
    annotator = worked()
    followed, found = propagate_anew(annotator, 1, PLANES[0], PLANES[3])
    assert (followed.mask() != found.mask()).any()
    assert all(each.same for each in replayed(saved(tmp_path / "a", annotator)))
    after, content = restored(tmp_path / "a")
    assert after.sessions[1, PLANES[3]].newest.anew
    recorder = SessionRecorder(after)
    recorder.take_over(content)
    (tmp_path / "b").write_text(recorder.line({}))
    assert all(each.same for each in replayed(tmp_path / "b"))


def test_replay_tells_what_another_model_does(tmp_path):
    class Larger(Soft):
        def predict(self, image, clicks, previous=None, *, view=None):
            answer = super().predict(image, clicks, previous, view=view)
            return replace(answer, network_map=np.sqrt(answer.network_map)) if image[0, 0, 0] == 1 else answer

    content = read_session(saved(tmp_path / "a", worked()))
    found = Replay(content, lambda key, _settings: IMAGES[key], lambda _place: Larger()).run()
    assert [(each.place, each.differing > 0) for each in found if not each.same] == [((1, PLANES[1]), True)]


def test_work_after_restoring_is_replayed_from_masks_as_it_was_done(tmp_path):
    annotator, content = restored(saved(tmp_path / "a", worked()))
    annotator.click(1, PLANES[0], IMAGES[PLANES[0]], Click(33, 33))
    propagate(annotator, 1, PLANES[0], PLANES[3])
    recorder = SessionRecorder(annotator)
    recorder.take_over(content)
    (tmp_path / "b").write_text(recorder.line({}))
    assert all(each.same for each in replayed(tmp_path / "b"))
    assert state(restored(tmp_path / "b")[0]) == state(annotator)


def test_answers_that_were_changed_without_the_network_are_replayed(tmp_path):
    annotator = worked()
    annotator.revise(1, PLANES[0], lambda known: replace(known, roi=Box(0, 50, 0, 60)))
    annotator.click(1, PLANES[0], IMAGES[PLANES[0]], Click(50, 12))
    path = saved(tmp_path / "a", annotator)
    assert all(each.same for each in replayed(path))
    assert state(restored(path)[0]) == state(annotator)


def test_lines_tell_only_what_is_new(tmp_path):
    annotator = worked()
    recorder = SessionRecorder(annotator)
    first = recorder.line({})
    assert recorder.line({}) is None
    annotator.click(1, PLANES[3], IMAGES[PLANES[3]], Click(50, 50))
    line = recorder.line({})
    assert len(json.loads(line)["steps"]) == 1
    (tmp_path / "a").write_text(first + line)
    assert state(restored(tmp_path / "a")[0]) == state(annotator)


def test_torn_last_line_costs_only_that_line(tmp_path):
    annotator = worked()
    recorder = SessionRecorder(annotator)
    first, before = recorder.line({}), state(annotator)
    annotator.click(1, PLANES[0], IMAGES[PLANES[0]], Click(50, 50))
    (tmp_path / "a").write_text(first + recorder.line({})[:-20])
    assert state(restored(tmp_path / "a")[0]) == before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "\x00\xff",
        '{"format": 2, "steps": {"1": {}}}',
        '{"format": 2, "newest": [[1, [], 7]]}',
        '{"format": 2, "steps": {"1": {"plane": [], "after": 1}}}',
        '{"format": 2}\nx\n{}',
        '{"format": 2, "newest": 3}',
    ],
)
def test_damaged_file_is_told(tmp_path, text):
    (tmp_path / "a").write_text(text)
    with pytest.raises(SessionFileError, match="no session file, or damaged"):
        read_session(tmp_path / "a")


CHANGES = [
    (("steps", "1", "click"), [1e400, 2, True], "a click"),
    (("steps", "1", "click"), [1, 2], "a click"),
    (("steps", "1", "click"), [1, 2, True, "circle", [[1, 2], [3, 4]]], "a prompt"),
    (("steps", "1", "click"), [1, 2, True, ["box"], [[1, 2], [3, 4]]], "a prompt"),
    (("steps", "1", "click"), [1, 2, True, "box", [[1, 2]]], "a prompt"),
    (("steps", "1", "click"), [1, 2, True, "scribble", [[1, 2], [3, None]]], "a prompt"),
    (("steps", "1", "click"), [1, 2, True, "scribble", [[1, 2], [2e9, 4]]], "a prompt"),
    (("steps", "1", "origin"), "imagined", "clicked, painted"),
    (("steps", "1", "plane"), [[1, 1], 0, None, None], "a plane"),
    (("steps", "1", "plane"), [[1, 2], 0, 5, None], "no place on the plane's own axes"),
    (("steps", "1", "shape"), [0, 70], "height and width"),
    (("steps", "1", "mask"), [[0, 60000, 0, 60000], "eJw="], "a box inside its plane"),
    (("steps", "1", "mask"), [[5, 5, 0, 1], "eJw="], "a mask of a box and bits"),
    (("steps", "1", "after"), 2, "step 1 follows step 2"),
    (("steps", "2", "after"), 2, "step 2 follows step 2"),
    (("steps", "3", "after"), -1, "step 3 follows step -1"),
    (("steps", "1", "predictor"), 7, "one of 1 predictors"),
    (("steps", "1", "view"), [1, 2, 3], "a view of four numbers"),
    (("steps", "1", "time"), "yesterday", "a time"),
    (("about", "image"), {"shape": ["a"]}, "a shape of two sizes or more"),
    (("about", "settings"), {"object": 0}, "an object from 1"),
    (("about", "unanswered"), [{"object": 1}], "two axes of a plane"),
    (("objects", "3", "color"), "<img src=x>", "a color #rrggbb"),
    (("objects", "3", "locked"), "yes", "locked of kind bool"),
]


def changed(path, keys, value):
    """A session file with another value at a place."""
    content = json.loads(path.read_text())
    part = content
    for key in keys[:-1]:
        part = part.setdefault(key, {})
    part[keys[-1]] = value
    path.write_text(json.dumps(content))
    return path


@pytest.mark.parametrize(("keys", "value", "expected"), CHANGES)
def test_value_of_another_kind_is_named_with_what_is_expected(tmp_path, keys, value, expected):
    with pytest.raises(SessionFileError, match=expected):
        read_session(changed(saved(tmp_path / "a", worked()), keys, value))


@pytest.mark.parametrize("steps", [(0, "x"), ("x", 0), (-1, 0), (0, 1.5)])
def test_history_refers_to_steps_by_numbers(steps):
    check_edit(((1, ((1, 2), 0, None, None)), 0, 1), None)
    with pytest.raises(ValueError, match="numbers of steps"):
        check_edit(((1, ((1, 2), 0, None, None)), *steps), None)


def test_pending_clicks_of_a_colour_image_have_no_index_of_the_colour():
    asked = {"object": 1, "axes": [1, 2], "point": [0, 5, 6], "click": [5, 6, True]}
    check_about({"image": {"shape": [4, 60, 70, 3], "rgb": True}, "unanswered": [asked]})
    with pytest.raises(ValueError, match="a point of 3 indices"):
        check_about({"image": {"shape": [4, 60, 70, 3], "rgb": True}, "unanswered": [{**asked, "point": [0, 5, 6, 1]}]})


@pytest.mark.parametrize("bits", ["", "!", "eJw=", base64.b64encode(zlib.compress(bytes(10**6))).decode()])
def test_bits_that_do_not_fit_their_box_are_told(tmp_path, bits):
    path = changed(saved(tmp_path / "a", worked()), ("steps", "1", "mask"), [[0, 9, 0, 9], bits])
    with pytest.raises(SessionFileError, match="is damaged: step 1"):
        RestoredSession.read(path)


def test_masks_beyond_memory_are_told_before_they_are_unpacked(tmp_path, monkeypatch):
    path = saved(tmp_path / "a", worked())
    monkeypatch.setattr("napari_simpleclick.data.memory.free_memory", lambda: 100)
    with pytest.raises(NotEnoughMemoryError, match="masks for a larger machine"):
        RestoredSession.read(path)


def test_file_of_a_later_version_is_told(tmp_path):
    (tmp_path / "a").write_text('{"format": 9, "about": {"versions": {"napari-simpleclick": "7.0"}}}')
    with pytest.raises(SessionFileError, match=r"has format 9, expected 2.*7\.0"):
        read_session(tmp_path / "a")


places = st.tuples(st.integers(1, 3), st.sampled_from(PLANES))
spots = st.tuples(st.integers(0, SHAPE[0] - 1), st.integers(0, SHAPE[1] - 1))
acts = st.one_of(
    st.tuples(st.just("click"), places, spots, st.booleans()),
    st.tuples(st.just("paint"), places, spots),
    st.tuples(st.just("propagate"), places, st.sampled_from(PLANES)),
    st.tuples(st.just("replace"), places, spots),
    st.tuples(st.just("revise"), places),
    st.tuples(st.just("merge"), st.permutations([1, 2, 3])),
    st.tuples(st.just("overlap"), st.sampled_from(["keep", "overwrite"])),
    st.tuples(st.just("others"), st.booleans()),
    *(st.tuples(st.just(name)) for name in ("undo", "redo", "save", "compact", "restart")),
    st.tuples(st.just("remove"), st.integers(1, 3)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(acts, max_size=25))
def test_any_work_with_any_saves_and_restarts_is_restored_and_replayed(tmp_path_factory, done):
    path = tmp_path_factory.mktemp("session") / "a"
    annotator = Annotator(Soft())
    recorder, text = SessionRecorder(annotator), ""
    for name, *values in (*done, ("save",)):
        if name in ("save", "compact", "restart"):
            if name == "compact":
                recorder.forget()
                text = ""
            text += recorder.line({}) or ""
            path.write_text(text)
        if name == "restart":
            annotator, content = restored(path)
            recorder, text = SessionRecorder(annotator), ""
            recorder.take_over(content)
        do(annotator, name, *values)
    assert state(restored(path)[0]) == state(annotator)
    found = replayed(path)
    assert all(each.same for each in found)
    assert {each.place for each in found} == {place for place, s in annotator.sessions.items() if s.steps}
    for each in found:
        assert equal(each.mask, annotator.sessions.prediction(*each.place).object_mask())


def do(annotator, name, *values):
    """One act of the list above."""
    if name == "click":
        (number, key), spot, positive = values
        annotator.click(number, key, IMAGES[key], Click(*spot, positive))
    elif name == "paint":
        (number, key), (row, col) = values
        box = Box(row, min(row + 7, SHAPE[0]), col, min(col + 9, SHAPE[1]))
        paint(annotator, [(key, IMAGES[key], (box, np.ones(box.shape, bool)))], number)
    elif name == "propagate":
        (number, key), target = values
        known = annotator.sessions.prediction(number, key)
        if known and known.object_mask():
            propagate(annotator, number, key, target)
    elif name == "replace":
        (number, key), spot = values
        annotator.replace(number, key, [*annotator.sessions.clicks(number).get(key, ())[:-1], Click(*spot)])
    elif name == "revise":  # as if it had come from a narrower region
        (number, key), *_ = values
        annotator.revise(number, key, lambda known: replace(known, roi=Box(0, SHAPE[0] - 1, 0, SHAPE[1])))
    elif name == "merge":
        merge(annotator, values[0][0], values[0][1])
    elif name == "overlap":
        annotator.overlap = values[0]
    elif name == "others":
        annotator.others_negative = values[0]
    elif name == "remove":
        remove(annotator, values[0])
    elif name in ("undo", "redo"):
        getattr(annotator, name)()
