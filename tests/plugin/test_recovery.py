"""Work is saved by itself and comes back after a crash."""

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image
from tests.plugin.test_propagation import annotated, tube

from napari_simpleclick.inference.session_file import SessionFileError
from napari_simpleclick.plugin.recovery import Recovery


@pytest.fixture
def worked():
    """A controller with clicked, propagated, painted and erased slices of two objects, and its recovery."""
    controller, propagation = annotated(tube(6))
    propagation.propagate(1, 3)
    controller.next_object()
    controller.labels.paint((5, 70, 80), 2)
    controller.labels.paint((0, 40, 25), 0)
    recovery = Recovery(controller)
    recovery.save()
    return controller, recovery


def reopened(data):
    """The same image in a new viewer, as after a crash: nothing but the file is left."""
    controller, _ = annotated(data)
    controller.undo()
    controller.annotator.sessions.clear()
    return controller, Recovery(controller)


def test_masks_clicks_and_reviews_come_back(worked):
    before, _ = worked
    controller, recovery = reopened(tube(6))
    assert recovery.restore() == 2
    np.testing.assert_array_equal(controller.labels.data, before.labels.data)
    assert controller.annotator.summaries() == before.annotator.summaries()
    assert controller.annotator.clicks(1) == before.annotator.clicks(1)
    assert controller.annotator.origins(1) == before.annotator.origins(1)


def test_restored_work_can_be_clicked_on(worked):
    controller, recovery = reopened(tube(6))
    recovery.restore()
    controller.click_at((0, 42, 25), positive=True)
    assert controller.labels.data[0, 40, 25] == 1
    assert recovery.find() is None


def test_other_images_are_offered_nothing(worked):
    _, recovery = reopened(tube(6, radius=8))
    assert recovery.find() is None
    assert recovery.restore() == 0


def test_file_before_is_kept_and_nothing_half_written(worked):
    controller, recovery = worked
    controller.undo()
    recovery.save()
    names = sorted(path.name for path in recovery.folder.iterdir())
    assert [name.partition(".")[2] for name in names] == ["simpleclick.before", "simpleclick.json"]


def test_earlier_work_that_was_not_restored_is_never_written_over(worked):
    _, before = worked
    text = before.path.read_text()
    controller, recovery = reopened(tube(6))
    assert recovery.find() == before.path
    for column in (20, 30, 25):
        controller.click_at((0, 40, column), positive=True)
        recovery.save()
    assert text in [path.read_text() for path in recovery.folder.iterdir() if path != recovery.path]


def test_nothing_is_written_when_nothing_changed(worked):
    _, recovery = worked
    written = recovery.path.stat().st_mtime_ns
    recovery.save()
    assert recovery.path.stat().st_mtime_ns == written


@pytest.mark.parametrize("text", ["", "{}", '{"format": 1, "objects": [3]}', '{"format": 99}'])
def test_damaged_file_is_told(worked, text):
    controller, recovery = reopened(tube(6))
    path = recovery.find()
    path.write_text(text)
    with pytest.raises(SessionFileError, match=path.name):
        recovery.restore()
    assert not controller.labels.data.any()


def test_untouched_image_writes_no_file(tmp_path):
    viewer = ViewerModel()
    viewer.add_layer(Image(np.zeros((30, 30), np.uint8)))
    controller, _ = annotated(tube(2))
    controller.annotator.sessions.clear()
    Recovery(controller, tmp_path / "none").save()
    assert not (tmp_path / "none").exists()
