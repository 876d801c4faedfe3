"""Layers deleted, renamed or moved, images and docks closed, files dropped: the work is there, in a real window."""

from pathlib import Path
from threading import Event

import numpy as np
import pytest
import tifffile
from napari.utils.notifications import notification_manager

from napari_simpleclick.annotation.session_files.format import read_session
from napari_simpleclick.data.samples import sample_volume

SPOT = (3, 100, 130)


@pytest.fixture
def stack(tmp_path):
    path = tmp_path / "stack.tif"
    tifffile.imwrite(path, np.asarray(sample_volume("em-like")[0].data))
    return path


@pytest.fixture
def working(make_napari_viewer_proxy, qtbot, stack):
    """A window with an image from a file, the widget, and one clicked object."""
    viewer = make_napari_viewer_proxy()
    viewer.open(str(stack), plugin="napari")
    _, widget = viewer.window.add_plugin_dock_widget("napari-simpleclick", "SimpleClick")
    qtbot.waitUntil(lambda: widget.controller.workspace.annotator is not None, timeout=60_000)
    click(widget, qtbot)
    return viewer, widget


def click(widget, qtbot, spot=SPOT):
    widget.controller.workspace.viewer.dims.set_current_step(0, spot[0])
    widget.controller.clicks.click_at(spot, positive=True)
    settle(widget, qtbot)


def settle(widget, qtbot):
    qtbot.waitUntil(lambda: widget.controller.canvas.busy == 0, timeout=60_000)


def saved(folder):
    """The newest session file."""
    return max(Path(folder).rglob("recovery/*.simpleclick.json"), key=lambda path: path.stat().st_mtime_ns)


@pytest.mark.parametrize("which", ["labels", "points"])
def test_deleted_layer_comes_back_as_it_was(working, qtbot, which):
    viewer, widget = working
    controller = widget.controller
    masks = controller.workspace.labels.data.copy()
    viewer.layers.remove(getattr(controller.workspace, which).name)
    assert "your clicks are kept" in widget.status.text()
    widget.setup.annotate_button.click()
    np.testing.assert_array_equal(controller.workspace.labels.data, masks)
    assert len(controller.workspace.points.data) == 1
    click(widget, qtbot, (3, 104, 134))
    assert controller.workspace.labels.data[3, 104, 134] == 1


def test_renamed_and_moved_layers_are_still_ours(working, qtbot):
    viewer, widget = working
    controller = widget.controller
    for number, layer in enumerate(list(viewer.layers)):
        layer.name = f"layer {number}"
    viewer.layers.reverse()
    click(widget, qtbot, (3, 104, 134))
    assert controller.workspace.labels.data[3, 104, 134] == 1
    assert len(controller.workspace.points.data) == 2
    assert widget.setup.image_menu.currentText() == controller.workspace.image.name


def test_closed_image_is_offered_its_work_when_it_is_opened_again(working, qtbot, stack):
    viewer, widget = working
    qtbot.waitUntil(lambda: widget.autosave.journal is not None, timeout=10_000)
    widget.save_timer.stop()
    click(widget, qtbot, (4, 100, 130))
    masks = widget.controller.workspace.labels.data.copy()
    viewer.layers.clear()
    assert "image was closed" in widget.status.text()
    viewer.open(str(stack), plugin="napari")
    qtbot.waitUntil(lambda: not widget.restore_button.isHidden(), timeout=60_000)
    widget.restore_button.click()
    settle(widget, qtbot)
    np.testing.assert_array_equal(widget.controller.workspace.labels.data, masks)


def test_quitting_saves_the_last_click(working, qtbot, tmp_path, qapp):
    _, widget = working
    qtbot.waitUntil(lambda: widget.autosave.journal is not None, timeout=10_000)
    widget.save_timer.stop()
    click(widget, qtbot, (4, 100, 130))
    qapp.aboutToQuit.emit()
    clicks = [step["click"] for step in read_session(saved(tmp_path)).steps.values() if "click" in step]
    assert len(clicks) == 2


def test_quitting_where_nothing_can_be_saved_tells_and_ends_everything(working, qtbot, tmp_path, qapp):
    _, widget = working
    qtbot.waitUntil(lambda: widget.autosave.journal is not None, timeout=10_000)
    widget.save_timer.stop()
    click(widget, qtbot, (4, 100, 130))
    widget.autosave.journal.close()
    widget.autosave.journal.path = tmp_path / "gone.txt" / "work.simpleclick.json"
    (tmp_path / "gone.txt").write_text("a file is in the way")
    with pytest.warns(UserWarning, match="latest work was not saved"):
        qapp.aboutToQuit.emit()
    assert widget.controller.workspace.image is None
    assert widget.worker.stopped


def test_closed_dock_saves_the_last_click_and_a_new_one_offers_it(working, qtbot, tmp_path):
    viewer, widget = working
    qtbot.waitUntil(lambda: widget.autosave.journal is not None, timeout=10_000)
    widget.save_timer.stop()
    click(widget, qtbot, (5, 100, 130))
    masks = widget.controller.workspace.labels.data.copy()
    viewer.window.remove_dock_widget(widget)
    widget.deleteLater()
    qtbot.wait(300)
    content = read_session(saved(tmp_path))
    assert sum("click" in record for record in content.steps.values()) == 2
    for layer in list(viewer.layers)[1:]:
        viewer.layers.remove(layer)
    _, again = viewer.window.add_plugin_dock_widget("napari-simpleclick", "SimpleClick")
    qtbot.waitUntil(lambda: not again.restore_button.isHidden(), timeout=60_000)
    again.restore_button.click()
    settle(again, qtbot)
    np.testing.assert_array_equal(again.controller.workspace.labels.data, masks)


def test_session_dropped_on_another_window_opens_its_image_and_goes_on(working, qtbot, tmp_path):
    viewer, widget = working
    masks = widget.controller.workspace.labels.data.copy()
    file = tmp_path / "work.simpleclick.json"
    widget.session_files.save(file)
    viewer.layers.clear()
    viewer.open(str(file), plugin="napari-simpleclick")
    qtbot.waitUntil(lambda: "object is back" in widget.status.text(), timeout=60_000)
    assert widget.controller.workspace.image.name == "stack"
    np.testing.assert_array_equal(widget.controller.workspace.labels.data, masks)
    click(widget, qtbot, (3, 104, 134))
    assert widget.controller.workspace.labels.data[3, 104, 134] == 1


def test_damaged_session_is_told_and_the_work_stays(working, qtbot, tmp_path):
    _, widget = working
    file = tmp_path / "broken.simpleclick.json"
    file.write_text("{")
    masks = widget.controller.workspace.labels.data.copy()
    widget.session_files.open(file)
    qtbot.waitUntil(lambda: "damaged" in widget.status.text(), timeout=10_000)
    np.testing.assert_array_equal(widget.controller.workspace.labels.data, masks)


class Held:
    """A predictor whose answer comes when the test lets it."""

    def __init__(self, predictor):
        self.predictor, self.asked, self.free, self.error = predictor, Event(), Event(), None
        self.facts = predictor.facts

    def predict(self, *arguments, **settings):
        self.asked.set()
        assert self.free.wait(60)
        if self.error:
            raise self.error
        return self.predictor.predict(*arguments, **settings)


@pytest.fixture
def held(working, qtbot, tmp_path):
    """A click whose answer is on its way; one was answered and is saved in any case."""
    viewer, widget = working
    qtbot.waitUntil(lambda: any(tmp_path.rglob("recovery/*.simpleclick.json")), timeout=60_000)
    widget.save_timer.stop()
    held = widget.controller.workspace.annotator.predictor = Held(widget.controller.workspace.annotator.predictor)
    widget.controller.clicks.click_at((3, 104, 134), positive=True)
    assert held.asked.wait(60)
    yield viewer, widget, held
    held.free.set()


def clicks_in(folder):
    return sum("click" in record for record in read_session(saved(folder)).steps.values())


def test_dock_closed_while_a_click_is_answered(held, qtbot, tmp_path):
    viewer, widget, predictor = held
    viewer.window.remove_dock_widget(widget)
    widget.deleteLater()
    qtbot.wait(200)
    predictor.free.set()
    qtbot.wait(200)
    assert clicks_in(tmp_path) == 1
    assert len(viewer.layers) == 3


def test_window_closed_while_a_click_is_answered(held, qtbot, tmp_path):
    viewer, _, predictor = held
    viewer.close()
    qtbot.wait(200)
    predictor.free.set()
    qtbot.wait(200)
    assert clicks_in(tmp_path) == 1


def test_all_layers_closed_while_a_click_is_answered(held, qtbot, tmp_path, stack):
    viewer, widget, predictor = held
    viewer.layers.clear()
    predictor.free.set()
    settle(widget, qtbot)
    qtbot.waitUntil(lambda: clicks_in(tmp_path) == 2, timeout=60_000)
    viewer.open(str(stack), plugin="napari")
    qtbot.waitUntil(lambda: not widget.restore_button.isHidden(), timeout=60_000)
    widget.restore_button.click()
    settle(widget, qtbot)
    assert [len(made) for made in widget.controller.workspace.annotator.sessions.clicks(1).values()] == [2]
    assert widget.controller.workspace.labels.data[3, 104, 134] == 1


def test_failure_on_the_worker_is_shown_by_napari_and_the_work_stays(held, qtbot):
    _, widget, predictor = held
    masks = widget.controller.workspace.labels.data.copy()
    predictor.error = MemoryError("no memory left on the GPU")
    predictor.free.set()
    settle(widget, qtbot)
    qtbot.waitUntil(lambda: widget.status.text() == "no memory left on the GPU", timeout=10_000)
    assert notification_manager.records[-1].message == "no memory left on the GPU"
    np.testing.assert_array_equal(widget.controller.workspace.labels.data, masks)
    assert len(widget.controller.workspace.points.data) == 1
