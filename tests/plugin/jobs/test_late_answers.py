"""What happens while an answer is on its way: nothing stale is shown, nothing is lost, and the newest state wins."""

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image
from tests.fakes import Disks, autosave_of

from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.jobs.worker import run_now


class Worker:
    """Runs jobs when it is told to, and brings the answers when it is told again."""

    def __init__(self):
        self.jobs, self.answers = [], []

    def __call__(self, job, done, failed):
        self.jobs.append((job, done, failed))

    def work(self):
        jobs, self.jobs = self.jobs, []
        for job, done, failed in jobs:
            run_now(
                job,
                lambda result, done=done: self.answers.append(lambda: done(result)),
                lambda error, failed=failed: self.answers.append(lambda: failed(error)),
            )

    def deliver(self):
        answers, self.answers = self.answers, []
        for answer in answers:
            answer()

    def finish(self):
        while self.jobs or self.answers:
            self.work()
            self.deliver()


@pytest.fixture
def late():
    """A controller on the first of two images, its model loaded, whose answers come when the worker is told."""
    viewer = ViewerModel()
    slices = np.random.default_rng(0).integers(0, 255, (1, 60, 80), np.uint8).repeat(5, axis=0)
    for name in ("other", "image"):
        viewer.add_layer(Image(slices.copy(), name=name))
    controller = Controller(viewer, Worker())
    controller.disks, controller.errors, controller.messages = Disks(), [], []
    controller.workspace.failed.connect(controller.errors.append)
    controller.workspace.status.connect(controller.messages.append)
    controller.predictors.load(lambda: controller.disks)
    controller.images.annotate(viewer.layers["image"])
    controller.jobs.run.finish()
    return controller


def same_by_hand(*clicks):
    """The labels after these clicks, each answered before the next."""
    viewer = ViewerModel()
    image = viewer.add_layer(Image(np.zeros((5, 60, 80), np.uint8)))
    controller = Controller(viewer, run_now)
    controller.predictors.load(Disks)
    controller.images.annotate(image)
    for place, positive in clicks:
        controller.clicks.click_at(place, positive=positive)
    return controller.workspace.labels.data


def test_clicks_that_wait_are_answered_in_order_and_the_newest_state_wins(late):
    clicks = [((2, 30, 40), True), ((2, 30, 50), True), ((2, 32, 45), False)]
    for place, positive in clicks:
        late.clicks.click_at(place, positive=positive)
    assert late.canvas.busy == 3
    late.jobs.run.work()
    assert not late.workspace.labels.data.any()
    late.jobs.run.deliver()
    assert late.canvas.busy == 0
    np.testing.assert_array_equal(late.workspace.labels.data, same_by_hand(*clicks))
    assert len(late.workspace.points.data) == 3


def test_answer_for_another_image_is_dropped(late):
    late.clicks.click_at((2, 30, 40), positive=True)
    late.jobs.run.work()
    late.images.annotate(late.workspace.viewer.layers["other"])
    late.jobs.run.finish()
    assert not late.workspace.labels.data.any()
    assert len(late.workspace.points.data) == 0
    assert late.canvas.busy == 0
    assert late.errors == []


@pytest.mark.parametrize("answered", ["before", "between", "after"])
def test_work_goes_on_where_it_was_left_for_another_image(late, answered):
    clicks = [((2, 30, 40), True), ((2, 30, 50), True), ((2, 32, 45), False)]
    late.clicks.click_at(*clicks[0][:1], positive=True)
    late.jobs.run.finish()
    late.clicks.click_at(*clicks[1][:1], positive=True)
    if answered == "before":
        late.jobs.run.finish()
    late.images.annotate(late.workspace.viewer.layers["other"])
    late.clicks.click_at((0, 10, 10), positive=True)
    if answered == "between":
        late.jobs.run.finish()
    late.images.annotate(late.workspace.viewer.layers["image"])
    late.jobs.run.finish()
    late.clicks.click_at(*clicks[2][:1], positive=False)
    late.jobs.run.finish()
    np.testing.assert_array_equal(late.workspace.labels.data, same_by_hand(*clicks))
    assert len(late.workspace.points.data) == 3
    assert late.workspace.unanswered() == []
    assert [layer.name for layer in late.workspace.viewer.layers].count("image masks") == 1
    late.undo.undo()
    late.jobs.run.finish()
    np.testing.assert_array_equal(late.workspace.labels.data, same_by_hand(*clicks[:2]))
    assert late.errors == []


@pytest.mark.parametrize("answered", [True, False])
def test_a_closed_widget_leaves_its_work_to_the_next(late, answered):
    clicks = [((2, 30, 40), True), ((2, 30, 50), True), ((2, 32, 45), False)]
    late.clicks.click_at(*clicks[0][:1], positive=True)
    late.jobs.run.finish()
    late.clicks.click_at(*clicks[1][:1], positive=True)
    if answered:
        late.jobs.run.finish()
    late.shut_down()

    again = Controller(late.workspace.viewer, Worker())
    again.images.annotate(late.workspace.viewer.layers["image"])
    again.clicks.click_at(*clicks[2][:1], positive=False)
    again.predictors.load(Disks)
    again.jobs.run.finish()
    np.testing.assert_array_equal(again.workspace.labels.data, same_by_hand(*clicks))
    assert len(again.workspace.points.data) == 3
    assert again.workspace.unanswered() == []
    assert sorted(layer.name for layer in again.workspace.viewer.layers) == [
        "image",
        "image clicks",
        "image masks",
        "other",
    ]
    again.undo.undo()
    again.jobs.run.finish()
    np.testing.assert_array_equal(again.workspace.labels.data, same_by_hand(*clicks[:2]))


def test_masks_painted_in_after_their_widget_was_closed_stay(late):
    late.clicks.click_at((2, 30, 40), positive=True)
    late.jobs.run.finish()
    left = late.workspace.labels
    late.shut_down()
    left.paint((4, 5, 5), 3)
    again = Controller(late.workspace.viewer, Worker())
    again.images.annotate(late.workspace.viewer.layers["image"])
    again.predictors.load(Disks)
    again.jobs.run.finish()
    assert left in again.workspace.viewer.layers
    assert left.data[4, 5, 5] == 3
    assert again.workspace.labels.data[2].any()
    assert again.workspace.labels != left


def test_masks_painted_in_after_they_were_left_stay(late):
    late.clicks.click_at((2, 30, 40), positive=True)
    late.jobs.run.finish()
    left = late.workspace.labels
    late.images.annotate(late.workspace.viewer.layers["other"])
    left.paint((4, 5, 5), 3)
    late.images.annotate(late.workspace.viewer.layers["image"])
    assert left in late.workspace.viewer.layers
    assert left.data[4, 5, 5] == 3
    assert late.workspace.labels != left


def test_object_that_is_removed_while_its_answer_is_on_its_way_is_gone_and_comes_back_whole(late):
    clicks = [((2, 30, 40), True), ((2, 30, 50), True)]
    late.clicks.click_at(*clicks[0][:1], positive=True)
    late.jobs.run.finish()
    late.clicks.click_at(*clicks[1][:1], positive=True)
    late.objects.remove(1)
    late.jobs.run.finish()
    assert not late.workspace.labels.data.any()
    assert len(late.workspace.points.data) == 0
    late.undo.undo()
    late.jobs.run.finish()
    np.testing.assert_array_equal(late.workspace.labels.data, same_by_hand(*clicks))
    assert late.errors == []


def test_undo_while_an_answer_is_on_its_way_takes_that_click_back(late):
    late.clicks.click_at((2, 30, 40), positive=True)
    late.jobs.run.finish()
    late.clicks.click_at((2, 30, 50), positive=True)
    late.undo.undo()
    late.jobs.run.finish()
    np.testing.assert_array_equal(late.workspace.labels.data, same_by_hand(((2, 30, 40), True)))
    assert len(late.workspace.points.data) == 1


def test_another_slice_and_object_are_chosen_while_an_answer_is_on_its_way(late):
    late.clicks.click_at((2, 30, 40), positive=True)
    late.jobs.run.work()
    late.slices.step(1)
    late.objects.next_object()
    late.jobs.run.deliver()
    np.testing.assert_array_equal(late.workspace.labels.data, same_by_hand(((2, 30, 40), True)))
    assert late.workspace.object_id == 2
    assert late.workspace.viewer.dims.current_step[0] == 3
    assert len(late.workspace.points.data) == 0


@pytest.mark.parametrize("which", ["labels", "points"])
def test_layer_that_is_removed_while_an_answer_is_on_its_way_comes_back_with_it(late, which):
    late.clicks.click_at((2, 30, 40), positive=True)
    late.jobs.run.work()
    late.workspace.viewer.layers.remove(getattr(late.workspace, which))
    late.jobs.run.deliver()
    late.images.annotate(late.workspace.image)
    late.jobs.run.finish()
    np.testing.assert_array_equal(late.workspace.labels.data, same_by_hand(((2, 30, 40), True)))
    assert len(late.workspace.points.data) == 1
    assert late.errors == []


def test_image_that_is_closed_while_an_answer_is_on_its_way_is_survived(late, tmp_path):
    autosave = autosave_of(late, tmp_path)
    autosave.save()
    late.clicks.click_at((2, 30, 40), positive=True)
    late.jobs.run.work()
    data = late.workspace.image.data
    late.workspace.viewer.layers.remove(late.workspace.image)
    autosave.save()
    late.jobs.run.deliver()
    assert late.errors == []
    assert late.canvas.busy == 0
    late.images.annotate(late.workspace.viewer.add_layer(Image(data, name="again")))
    late.jobs.run.finish()
    assert autosave.restore() == 1
    np.testing.assert_array_equal(late.workspace.labels.data, same_by_hand(((2, 30, 40), True)))


def test_failure_of_one_of_several_waiting_clicks_keeps_the_others(late):
    late.clicks.click_at((2, 30, 40), positive=True)
    late.jobs.run.work()
    late.disks.error = MemoryError("no memory left")
    late.clicks.click_at((2, 10, 10), positive=True)
    late.jobs.run.work()
    late.disks.error = None
    late.clicks.click_at((2, 30, 50), positive=True)
    late.jobs.run.finish()
    assert [str(error) for error in late.errors] == ["no memory left"]
    np.testing.assert_array_equal(late.workspace.labels.data, same_by_hand(((2, 30, 40), True), ((2, 30, 50), True)))


def test_stopped_loading_keeps_clicks_for_the_next_model():
    viewer = ViewerModel()
    image = viewer.add_layer(Image(np.zeros((5, 60, 80), np.uint8)))
    controller = Controller(viewer, run_now)
    messages = []
    controller.workspace.status.connect(messages.append)
    controller.images.annotate(image)
    controller.clicks.click_at((2, 30, 40), positive=True)
    controller.predictors.load(lambda: None)
    assert "choose one in the menu, your clicks wait for it" in messages[-1]
    controller.predictors.load(Disks)
    assert controller.workspace.labels.data[2, 30, 40] == 1
    controller.predictors.load(lambda: None)
    assert "the one before stays" in messages[-1]


def test_clicks_without_an_answer_are_saved_and_answered_when_the_work_is_restored(late, tmp_path):
    autosave = autosave_of(late, tmp_path)
    late.clicks.click_at((0, 20, 20), positive=True)
    late.jobs.run.finish()
    late.clicks.click_at((0, 40, 40), positive=True)
    late.jobs.run.work()
    late.objects.next_object()
    late.clicks.click_at((1, 30, 50), positive=True)
    late.clicks.click_at((1, 50, 70), positive=False)
    assert len(late.workspace.unanswered()) == 2
    autosave.save_now()
    late.jobs.run.jobs.clear()

    again = Controller(late.workspace.viewer, run_now)
    again.predictors.load(lambda: late.disks)
    again.images.annotate(late.workspace.image)
    assert autosave_of(again, tmp_path).restore() > 0
    assert {number: sum(map(len, again.workspace.annotator.sessions.clicks(number).values())) for number in (1, 2)} == {
        1: 2,
        2: 2,
    }
    assert again.workspace.unanswered() == []
    assert set(np.unique(again.workspace.labels.data[2])) == {0, 1, 2}


def test_failed_click_waits_for_nothing(late):
    late.disks.predict = None
    late.clicks.click_at((0, 20, 20), positive=True)
    assert len(late.workspace.unanswered()) == 1
    late.jobs.run.finish()
    assert late.workspace.unanswered() == []
    assert late.errors


@pytest.fixture
def interrupted(late, tmp_path):
    """A controller on an image with earlier work in a file, and its recovery."""
    first = autosave_of(late, tmp_path)
    late.clicks.click_at((0, 20, 20), positive=True)
    late.jobs.run.finish()
    first.save_now()
    late.workspace.begin_anew()
    late.workspace.labels.data[:] = 0
    return late, autosave_of(late, tmp_path)


def test_earlier_work_is_read_and_unpacked_on_the_worker(interrupted, monkeypatch):
    controller, autosave = interrupted
    autosave.restore_soon()
    controller.jobs.run.work()
    assert not controller.workspace.annotator.sessions
    monkeypatch.setattr("napari_simpleclick.annotation.session_files.restore.unpacked", None)
    controller.jobs.run.finish()
    assert controller.errors == []
    assert len(controller.workspace.annotator.sessions.clicks(1)) == 1
    assert controller.workspace.labels.data.any()


def test_earlier_work_does_not_replace_clicks_that_were_made_while_it_was_read(interrupted):
    controller, autosave = interrupted
    autosave.restore_soon()
    controller.jobs.run.work()
    controller.clicks.click_at((2, 50, 60), positive=True)
    controller.jobs.run.finish()
    assert any("You clicked first" in message for message in controller.messages)
    assert sum(map(len, controller.workspace.annotator.sessions.clicks(1).values())) == 1
    assert not controller.workspace.labels.data[0].any()


def test_damaged_earlier_work_is_told_and_the_window_goes_on(interrupted):
    controller, autosave = interrupted
    autosave.find().write_text("{")
    autosave.restore_soon()
    controller.jobs.run.finish()
    assert "no session file, or damaged" in str(controller.errors[0])
    assert controller.canvas.busy == 0


def test_click_that_is_answered_while_it_is_saved_comes_back_once(late, tmp_path):
    autosave = autosave_of(late, tmp_path)
    late.clicks.click_at((0, 20, 20), positive=True)
    noted = autosave.about()
    assert len(noted["unanswered"]) == 1
    late.jobs.run.finish()
    autosave.present_journal().save(noted)
    autosave.journal.close()  # as the end of a process does: a file in use is not offered
    late.workspace.begin_anew()
    assert autosave_of(late, tmp_path).restore() == 1
    late.jobs.run.finish()
    assert [len(clicks) for clicks in late.workspace.annotator.sessions.clicks(1).values()] == [1]


def test_propagation_ends_when_its_image_is_closed(late):
    propagation = late.propagation
    late.clicks.click_at((2, 30, 40), positive=True)
    late.jobs.run.finish()
    propagation.propagate(1)
    late.jobs.run.work()
    late.workspace.viewer.layers.remove(late.workspace.image)
    late.jobs.run.finish()
    assert not propagation.running
    late.images.annotate(late.workspace.viewer.layers["other"])
    late.clicks.click_at((2, 30, 40), positive=True)
    late.jobs.run.finish()
    propagation.propagate(1, count=1)
    late.jobs.run.finish()
    assert late.workspace.labels.data[3].any()


def test_click_whose_answer_is_dropped_waits_no_more(late, tmp_path):
    late.clicks.click_at((2, 30, 40), positive=True)
    late.jobs.run.finish()
    autosave = autosave_of(late, tmp_path)
    autosave.save()
    path = autosave.journal.path
    late.clicks.click_at((2, 10, 10), positive=True)
    late.jobs.run.work()
    autosave.open(path)
    late.jobs.run.finish()
    assert late.workspace.unanswered() == []


def test_stroke_whose_answer_is_dropped_leaves_the_masks_of_the_work_that_was_opened(late, tmp_path):
    late.clicks.click_at((2, 30, 40), positive=True)
    late.jobs.run.finish()
    autosave = autosave_of(late, tmp_path)
    autosave.save()
    masks = late.workspace.labels.data.copy()
    with late.workspace.labels.block_history():
        late.workspace.labels.paint((2, 10, 10), 1)
    late.jobs.run.work()
    autosave.open(autosave.journal.path)
    late.jobs.run.finish()
    np.testing.assert_array_equal(late.workspace.labels.data, masks)


def test_chosen_colours_are_prepared_once_on_the_worker_and_shown_then(late):
    late.clicks.click_at((2, 30, 40), positive=True)
    late.jobs.run.finish()
    automatic = late.workspace.labels.colormap
    late.objects.describe(1, color="#ff0000")
    late.objects.describe(1, color="#00ff00")
    assert late.workspace.labels.colormap is automatic
    assert len(late.jobs.run.jobs) == 1
    late.jobs.run.finish()
    np.testing.assert_allclose(late.workspace.labels.colormap.map(1), [0, 1, 0, 1])
    late.objects.describe(1, color="#0000ff")
    assert not late.jobs.run.jobs
    np.testing.assert_allclose(late.workspace.labels.colormap.map(1), [0, 0, 1, 1])
