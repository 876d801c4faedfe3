"""Work is saved by itself and comes back after a crash."""

import os

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image
from tests.fakes import Bright, annotated, autosave_of, tube

from napari_simpleclick.annotation.session_files.format import SessionFileError, read_session
from napari_simpleclick.files import in_use
from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.jobs.worker import run_now


@pytest.fixture
def worked(tmp_path):
    """A controller with clicked, propagated, painted and erased slices of two objects, and its recovery."""
    controller, propagation = annotated(tube(6))
    propagation.propagate(1, count=3)
    controller.objects.next_object()
    controller.workspace.labels.paint((5, 70, 80), 2)
    controller.workspace.labels.paint((0, 40, 25), 0)
    autosave = autosave_of(controller, tmp_path)
    autosave.save()
    ALIVE.append(autosave)
    return controller, autosave


ALIVE = []
"""Recoveries that were made here; those of a crashed process hold no lock any more."""


def crash():
    while ALIVE:
        journal = ALIVE.pop().journal
        if journal and journal._held:
            journal._held.release()


def reopened(data, folder):
    """The same image in a new viewer, as after a crash: nothing but the file is left."""
    crash()
    controller, _ = annotated(data)
    controller.undo.undo()
    controller.workspace.begin_anew()
    ALIVE.append(autosave_of(controller, folder))
    return controller, ALIVE[-1]


def test_masks_clicks_and_reviews_come_back(worked, tmp_path):
    before, _ = worked
    controller, autosave = reopened(tube(6), tmp_path)
    assert autosave.restore() == 2
    np.testing.assert_array_equal(controller.workspace.labels.data, before.workspace.labels.data)
    assert controller.workspace.annotator.summaries() == before.workspace.annotator.summaries()
    assert controller.workspace.annotator.sessions.clicks(1) == before.workspace.annotator.sessions.clicks(1)
    assert controller.workspace.annotator.sessions.origins(1) == before.workspace.annotator.sessions.origins(1)
    assert controller.workspace.object_id == 2


def test_what_was_done_before_the_crash_can_be_taken_back(worked, tmp_path):
    before, _ = worked
    controller, autosave = reopened(tube(6), tmp_path)
    autosave.restore()
    while before.workspace.annotator.can_undo:
        before.undo.undo()
        controller.undo.undo()
        np.testing.assert_array_equal(controller.workspace.labels.data, before.workspace.labels.data)
    assert not controller.workspace.annotator.can_undo
    assert not controller.workspace.labels.data.any()


def test_restored_work_can_be_clicked_on(worked, tmp_path):
    controller, autosave = reopened(tube(6), tmp_path)
    autosave.restore()
    controller.workspace.select_object(1)
    controller.clicks.click_at((0, 42, 25), positive=True)
    assert controller.workspace.labels.data[0, 40, 25] == 1
    assert autosave.find() is None


def test_work_after_restoring_is_saved_as_a_whole(worked, tmp_path):
    controller, autosave = reopened(tube(6), tmp_path)
    autosave.restore()
    controller.clicks.click_at((5, 40, 30), positive=True)
    autosave.save()
    again, autosave = reopened(tube(6), tmp_path)
    autosave.restore()
    np.testing.assert_array_equal(again.workspace.labels.data, controller.workspace.labels.data)


def test_other_images_are_offered_nothing(worked, tmp_path):
    _, autosave = reopened(tube(6, radius=8), tmp_path)
    assert autosave.find() is None
    assert autosave.restore() == 0


def test_every_run_has_its_own_file_so_that_no_work_is_written_over(worked, tmp_path):
    _, before = worked
    path, text = before.journal.path, before.journal.path.read_text()
    controller, autosave = reopened(tube(6), tmp_path)
    assert autosave.find() == path
    for column in (20, 30, 25):
        controller.clicks.click_at((0, 40, column), positive=True)
        autosave.save()
    assert autosave.journal.path != path
    assert path.read_text() == text


def test_many_starts_delete_no_work_and_the_richest_is_offered(worked, tmp_path):
    _, rich = worked
    for _ in range(12):
        controller, autosave = reopened(tube(6), tmp_path)
        assert autosave.find() == rich.journal.path
        controller.clicks.click_at((0, 40, 30), positive=True)
        autosave.save()
    assert len(list(tmp_path.glob("*.simpleclick.json"))) == 13


def test_file_that_somebody_removed_is_written_anew_as_a_whole(worked, tmp_path):
    controller, autosave = worked
    autosave.journal.path.unlink()
    autosave.save()
    autosave.journal.path.unlink()
    autosave.journal.path.write_text("something else")
    controller.clicks.click_at((5, 40, 30), positive=True)
    autosave.save()
    again, other = reopened(tube(6), tmp_path)
    other.restore()
    np.testing.assert_array_equal(again.workspace.labels.data, controller.workspace.labels.data)


def test_two_windows_on_one_image_write_files_of_their_own(worked, tmp_path):
    _, first = worked
    controller, _ = annotated(tube(6))
    second = autosave_of(controller, tmp_path)
    second.present_journal().path = first.journal.path  # both looked for a number at the same time
    text = first.journal.path.read_text()
    second.save()
    assert second.journal.path != first.journal.path
    assert first.journal.path.read_text() == text
    assert second.journal.path.exists()


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="links as POSIX has them")
def test_dangling_link_does_not_switch_saving_off(worked, tmp_path):
    _, autosave = worked
    path = autosave.journal.path
    path.with_name(path.name.replace("00000001", "00000099")).symlink_to(tmp_path / "nowhere")
    controller, again = reopened(tube(6), tmp_path)
    assert again.find() == path
    controller.clicks.click_at((0, 40, 30), positive=True)
    again.save()
    assert again.journal.path.is_file()


@pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")
def test_saved_work_is_its_owners_alone_and_tells_no_folders(worked, tmp_path):
    _, autosave = worked
    assert autosave.journal.path.stat().st_mode & 0o777 == 0o600
    assert tmp_path.stat().st_mode & 0o777 == 0o700
    assert str(tmp_path) not in autosave.journal.path.read_text()


def test_saving_adds_what_is_new_and_nothing_if_nothing_is(worked):
    controller, autosave = worked
    before = autosave.journal.path.read_bytes()
    autosave.save()
    assert autosave.journal.path.read_bytes() == before
    controller.clicks.click_at((5, 40, 30), positive=True)
    autosave.save()
    after = autosave.journal.path.read_bytes()
    assert after.startswith(before)
    assert after.count(b"\n") == 2


def test_file_that_grew_is_written_anew(worked, monkeypatch, tmp_path):
    monkeypatch.setattr("napari_simpleclick.plugin.sessions.journal.SMALLEST_BYTES_ADDED", 100)
    controller, autosave = worked
    longest = 0
    for _ in range(40):
        controller.undo.undo()
        autosave.save()
        controller.undo.redo()
        autosave.save()
        longest = max(longest, autosave.journal.path.read_bytes().count(b"\n"))
    assert 3 < longest < 60
    again, other = reopened(tube(6), tmp_path)
    other.restore()
    np.testing.assert_array_equal(again.workspace.labels.data, controller.workspace.labels.data)


def test_full_disk_is_told_and_the_next_save_writes_everything(worked, monkeypatch, tmp_path):
    controller, autosave = worked
    errors = []
    controller.workspace.failed.connect(errors.append)

    def full(_number):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("napari_simpleclick.plugin.sessions.journal.os.fsync", full)
        controller.clicks.click_at((5, 40, 30), positive=True)
        autosave.save()
    assert "the disk is full" in str(errors[0])
    autosave.save()
    again, other = reopened(tube(6), tmp_path)
    other.restore()
    np.testing.assert_array_equal(again.workspace.labels.data, controller.workspace.labels.data)


def test_folder_that_cannot_be_written_is_told_once_until_it_can(worked, tmp_path):
    controller, _ = worked
    errors = []
    controller.workspace.failed.connect(errors.append)
    folder = tmp_path / "no folder"
    folder.write_text("a file is in the way")
    autosave = autosave_of(controller, folder)
    for _ in range(3):
        autosave.save()
    assert len(errors) == 1
    assert "not saved by itself" in str(errors[0])
    assert "Session > Save session" in str(errors[0])
    folder.unlink()
    autosave.save()
    assert list(folder.glob("*.simpleclick.json"))
    assert len(errors) == 1


@pytest.mark.parametrize("text", ["", "{}", '{"format": 2, "newest": [3]}', '{"format": 99}'])
def test_damaged_file_is_told(worked, text, tmp_path):
    controller, autosave = reopened(tube(6), tmp_path)
    path = autosave.find()
    path.write_text(text)
    with pytest.raises(SessionFileError, match=path.name):
        autosave.restore()
    assert not controller.workspace.labels.data.any()


def test_file_of_another_image_is_refused_and_the_work_stays(worked):
    _, before = worked
    controller, _ = annotated(tube(3))
    shown = controller.workspace.labels.data.copy()
    with pytest.raises(SessionFileError, match=r"was made on .* of shape \(6, 80, 100\)"):
        autosave_of(controller, before.folder).open(before.journal.path)
    np.testing.assert_array_equal(controller.workspace.labels.data, shown)


def test_opening_another_file_lets_the_present_work_go_but_keeps_its_file(worked, tmp_path):
    before, first = worked
    controller, _ = annotated(tube(6), start=3)
    autosave = autosave_of(controller, tmp_path)
    autosave.save()
    mine = autosave.journal.path
    autosave.open(first.journal.path)
    np.testing.assert_array_equal(controller.workspace.labels.data, before.workspace.labels.data)
    controller.undo.undo()
    autosave.save()
    autosave.open(mine)
    assert [bool(plane.any()) for plane in controller.workspace.labels.data] == [False] * 3 + [True] + [False] * 2


def test_untouched_image_writes_no_file(tmp_path):
    controller = Controller(ViewerModel(), run_now)
    controller.predictors.load(Bright)
    controller.images.annotate(controller.workspace.viewer.add_layer(Image(np.zeros((30, 30), np.uint8))))
    autosave_of(controller, tmp_path / "none").save()
    assert not (tmp_path / "none").exists()


def test_restored_work_that_was_left_for_another_image_goes_on_in_its_file(worked, tmp_path):
    controller, autosave = reopened(tube(6), tmp_path)
    autosave.restore()
    image, masks = controller.workspace.image, controller.workspace.labels.data.copy()
    autosave.save_now()
    written = autosave.journal.path
    controller.images.annotate(controller.workspace.viewer.add_layer(Image(np.zeros((3, 30, 30), np.uint8))))
    assert autosave.find() is None
    controller.images.annotate(image)
    assert autosave.find() is None  # nothing is offered: it is all there
    np.testing.assert_array_equal(controller.workspace.labels.data, masks)
    controller.clicks.click_at((5, 70, 80), positive=True)
    autosave.save_now()
    assert autosave.journal.path == written
    before = [record for record in read_session(autosave.journal.path).steps.values() if "click" in record]
    assert [("time" in record and "predictor" in record) for record in before] == [True] * len(before)


def test_file_of_a_left_image_is_let_go_although_it_is_saved_late(worked, tmp_path):
    controller, autosave = worked
    written, waiting = autosave.journal.path, []
    autosave.run = lambda *job: waiting.append(job)
    controller.images.annotate(controller.workspace.viewer.add_layer(Image(np.zeros((3, 30, 30), np.uint8))))
    autosave.find()
    while waiting:
        run_now(*waiting.pop(0))
    assert not in_use(written)
