"""Sessions saved under a name, opened again, their clicks exported."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import tifffile
from napari.components import ViewerModel
from napari.layers import Image
from napari.layers._source import layer_source
from tests.fakes import Bright, annotated, autosave_of, session_files_of, tube

from napari_simpleclick.annotation.session_files.format import SessionFileError, read_session
from napari_simpleclick.data.click_files import read_clicks
from napari_simpleclick.data.fingerprint import earlier_fingerprints
from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.io.session_reader import get_session_reader, go_on
from napari_simpleclick.plugin.jobs.worker import run_now
from napari_simpleclick.plugin.workspace.slices import slice_states
from napari_simpleclick.prompts import box, scribble


def files_of(controller, folder):
    controller.failures = []
    controller.workspace.failed.connect(controller.failures.append)
    return session_files_of(controller, folder / "recovery")


@pytest.fixture
def saved(tmp_path):
    """A session with two objects, and the labels as they were."""
    controller, propagation = annotated(tube(6))
    propagation.propagate(1, count=2)
    controller.objects.next_object()
    controller.clicks.click_at((5, 40, 30), positive=True)
    controller.clicks.click_at((5, 41, 31), positive=False)
    files_of(controller, tmp_path).save(tmp_path / "tube.json")
    return tmp_path / "tube.simpleclick.json", controller.workspace.labels.data.copy()


def test_session_is_opened_on_its_image_among_others(saved, tmp_path):
    path, labels = saved
    viewer = ViewerModel()
    for data, name in ((tube(6), "mine"), (tube(6, radius=5), "other")):
        viewer.add_layer(Image(data, name=name))
    controller = Controller(viewer, run_now)
    controller.predictors.load(Bright)
    controller.images.annotate(viewer.layers["other"])
    files_of(controller, tmp_path).open(path)
    assert controller.failures == []
    assert controller.workspace.image.name == "mine"
    np.testing.assert_array_equal(controller.workspace.labels.data, labels)


def test_boxes_and_scribbles_come_back_and_answer_the_same(tmp_path):
    controller, _ = annotated(tube(6))
    prompts = [box((30, 20), (50, 40)), scribble([(35, 35), (40, 30), (42, 25)], positive=False)]
    plane = controller.workspace.shown_plane
    for prompt in prompts:
        controller.clicks.ask(2, plane, prompt)
    labels = controller.workspace.labels.data.copy()
    files_of(controller, tmp_path).save(tmp_path / "drawn.json")
    again, _ = annotated(tube(6))
    files_of(again, tmp_path).open(tmp_path / "drawn.simpleclick.json")
    assert [click for _, click in again.workspace.clicks(2)] == prompts
    np.testing.assert_array_equal(again.workspace.labels.data, labels)
    again.undo.undo()
    assert [click for _, click in again.workspace.clicks(2)] == prompts[:1]
    files_of(again, tmp_path).export_clicks(tmp_path / "clicks.csv")
    assert [click.object_id for click in read_clicks(tmp_path / "clicks.csv")] == [1], "a corner of a box is no click"


def test_other_pixels_of_the_same_shape_are_told(saved, tmp_path):
    path, labels = saved
    controller, _ = annotated(tube(6, radius=5))
    files_of(controller, tmp_path).open(path)
    assert "Its image was another one" in controller.messages[-1]
    np.testing.assert_array_equal(controller.workspace.labels.data, labels)


def test_confidence_is_kept_so_that_review_goes_on_with_the_least_certain_slice(saved, tmp_path):
    path, _ = saved
    stored = json.loads(path.read_text())
    propagated = [step for step in stored["steps"].values() if step["origin"] == "propagated"]
    assert [0 < step["confidence"] <= 1 for step in propagated] == [True, True]
    for step, sure in zip(propagated, (0.55, 0.45), strict=True):
        step["confidence"] = sure
    del stored["about"]["settings"]["object"]
    path.write_text(json.dumps(stored))
    controller, _ = annotated(tube(6))
    files = files_of(controller, tmp_path)
    files.open(path)
    assert controller.failures == []
    assert slice_states(controller.workspace).confidence == {1: 0.55, 2: 0.45}
    controller.slices.review()
    assert controller.workspace.viewer.dims.current_step[0] == 2

    files.save(tmp_path / "again.json")
    kept = read_session(tmp_path / "again.simpleclick.json").steps.values()
    assert sorted(step["confidence"] for step in kept if "confidence" in step) == [0.45, 0.55]


def test_session_of_an_earlier_version_has_no_confidence(saved, tmp_path):
    path, labels = saved
    stored = json.loads(path.read_text())
    for step in stored["steps"].values():
        step.pop("confidence", None)
    path.write_text(json.dumps(stored))
    controller, _ = annotated(tube(6))
    files_of(controller, tmp_path).open(path)
    assert controller.failures == []
    np.testing.assert_array_equal(controller.workspace.labels.data, labels)
    controller.workspace.select_object(1)
    assert slice_states(controller.workspace).confidence == {}


def of_a_single_point_in_time(content, data):
    """The same work as earlier versions saved it, which kept a single point in time of NIfTI as an axis."""

    def earlier(plane):
        axes, *places = plane
        return [[axis + 1 for axis in axes], 0, *places]

    content["about"]["image"] |= {"shape": [1, *data.shape], "hash": earlier_fingerprints(data[None])[0]}
    for record in content["steps"].values():
        record["plane"] = earlier(record["plane"])
    for entry in content["newest"]:
        entry[1] = earlier(entry[1])
    for edit in (edit for action in content["done"][1] for edit in action):
        edit[1] = earlier(edit[1])
    return content


def test_session_of_a_single_point_in_time_is_opened_on_the_volume(saved, tmp_path):
    path, labels = saved
    path.write_text(json.dumps(of_a_single_point_in_time(json.loads(path.read_text()), tube(6))))
    controller, _ = annotated(tube(6))
    files_of(controller, tmp_path).open(path)
    assert controller.failures == []
    assert "another one" not in controller.messages[-1]
    np.testing.assert_array_equal(controller.workspace.labels.data, labels)
    for _ in range(4):  # two clicks on the background, two propagated slices
        controller.undo.undo()
    assert np.count_nonzero(controller.workspace.labels.data) < np.count_nonzero(labels)
    for _ in range(4):
        controller.undo.redo()
    np.testing.assert_array_equal(controller.workspace.labels.data, labels)
    files_of(controller, tmp_path).save(tmp_path / "again.json")
    assert read_session(tmp_path / "again.simpleclick.json").about["image"]["shape"] == [6, 80, 100]


def test_work_that_was_saved_by_itself_at_a_single_point_in_time_is_offered(saved, tmp_path):
    path, labels = saved
    content = of_a_single_point_in_time(json.loads(path.read_text()), tube(6))
    kept = tmp_path / "recovery" / f"{content['about']['image']['hash']}.00000001.simpleclick.json"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(json.dumps(content))
    controller, _ = annotated(tube(6))
    controller.workspace.begin_anew()
    autosave = autosave_of(controller, tmp_path / "recovery")
    assert autosave.find() == kept
    assert autosave.restore() == 2
    np.testing.assert_array_equal(controller.workspace.labels.data, labels)


def test_file_notes_image_versions_model_and_times(saved):
    path, _ = saved
    content = read_session(path)
    assert content.about["image"]["shape"] == [6, 80, 100]
    assert content.about["image"]["hash"].startswith("v2-")
    assert {"napari-simpleclick", "napari", "torch", "numpy"} <= content.about["versions"].keys()
    assert all(record["time"] > 1.7e9 for record in content.steps.values())
    assert path.read_bytes().count(b"\n") == 1


def test_clicks_are_exported_with_objects_planes_and_times(tmp_path):
    controller, _ = annotated(tube(6))
    controller.objects.next_object()
    controller.clicks.click_at((0, 70, 80), positive=False)
    files_of(controller, tmp_path).export_clicks(tmp_path / "clicks")
    first, second = read_clicks(tmp_path / "clicks.csv")
    assert (first.object_id, first.at, first.positive, first.axes) == (1, (0, 40, 25), True, (1, 2))
    assert (second.object_id, second.at, second.positive) == (2, (0, 70, 80), False)
    assert first.time <= second.time


def test_nothing_to_save_is_told(tmp_path):
    controller, _ = annotated(tube(2))
    controller.workspace.begin_anew()
    files = files_of(controller, tmp_path)
    for act, name in ((files.save, "a.simpleclick.json"), (files.export_clicks, "a.csv")):
        with pytest.raises(SessionFileError, match="no work yet"):
            act(tmp_path / name)
        assert not (tmp_path / name).exists()


def test_recovery_file_that_cannot_be_removed_is_named_and_the_others_go(tmp_path, monkeypatch):
    controller, _ = annotated(tube(2))
    files = files_of(controller, tmp_path)
    folder = files.autosave.folder
    folder.mkdir(exist_ok=True)
    paths = [folder / f"0123.{number:08d}.simpleclick.json" for number in range(1, 23)]
    for path in paths:
        path.write_text("x")
        os.utime(path, (1e9, 1e9))
    unlink = Path.unlink

    def held(path, missing_ok=False):
        if path == paths[3]:
            raise PermissionError(13, "held by another program", str(path))
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", held)
    files.ask = lambda _question: True
    with pytest.raises(OSError, match=r"1 old recovery files cannot be removed, such as .*00000004.*Close programs"):
        files.remove_old()
    gone = [path for path in paths if not path.exists()]
    assert len(gone) > 5
    assert controller.messages[-1] == f"{len(gone)} old recovery files were removed."


def test_damaged_file_is_told_and_the_work_stays(saved, tmp_path):
    path, _ = saved
    path.write_text("{")
    controller, _ = annotated(tube(6))
    shown = controller.workspace.labels.data.copy()
    files_of(controller, tmp_path).open(path)
    assert "no session file, or damaged" in str(controller.failures[0])
    np.testing.assert_array_equal(controller.workspace.labels.data, shown)


def test_reader_takes_one_session_file_and_needs_a_window(saved):
    path, _ = saved
    assert get_session_reader(str(path)) is go_on
    assert get_session_reader([str(path)]) is go_on
    assert get_session_reader([str(path), str(path)]) is None
    assert get_session_reader("clicks.json") is None
    with pytest.raises(SessionFileError, match="napari's window"):
        go_on(str(path))


@pytest.mark.parametrize("told", ["harmful.py", "tube.tif"])
def test_file_that_a_session_names_is_never_run(saved, tmp_path, told):
    path, _ = saved
    (tmp_path / "harmful.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    shutil.copy(tmp_path / "harmful.py", tmp_path / "tube.tif")
    content = json.loads(path.read_text())
    content["about"]["image"] |= {"path": told, "reader": "napari", "hash": "v2-0123"}
    path.write_text(json.dumps(content))
    controller = Controller(ViewerModel(), run_now)
    controller.predictors.load(Bright)
    files_of(controller, tmp_path).open(path)
    assert controller.failures
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("agrees", [False, True])
def test_image_elsewhere_is_opened_only_if_the_user_agrees(saved, tmp_path, agrees, monkeypatch):
    path, labels = saved
    used = []

    def opened(viewer, paths, *, stack, plugin):
        used.append(plugin)
        return [viewer.add_layer(Image(tifffile.imread(paths[0])))]

    monkeypatch.setattr(ViewerModel, "open", opened)  # without a window napari knows no plugins
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    tifffile.imwrite(folder / "tube.tif", tube(6))
    content = json.loads(path.read_text())
    content["about"]["image"]["path"] = str(folder / "tube.tif")
    path.write_text(json.dumps(content))
    controller, asked = Controller(ViewerModel(), run_now), []
    controller.predictors.load(Bright)
    files = files_of(controller, tmp_path)
    files.ask = lambda question: asked.append(question) or agrees
    files.open(path)
    assert str(folder / "tube.tif") in asked[0]
    assert len(asked) == 1
    assert (controller.workspace.image is not None) == agrees
    assert used == []  # TIFF is read by ours, whatever a file says
    if agrees:
        np.testing.assert_array_equal(controller.workspace.labels.data, labels)


def test_saved_session_tells_no_folder_of_the_user(tmp_path):
    with layer_source(path=str(tmp_path / "images" / "tube.tif")):
        image = Image(tube(6))
    controller = Controller(ViewerModel(), run_now)
    controller.workspace.viewer.add_layer(image)
    controller.predictors.load(Bright)
    controller.images.annotate(image)
    controller.clicks.click_at((0, 40, 25), positive=True)
    files_of(controller, tmp_path).save(tmp_path / "s.json")
    text = (tmp_path / "s.simpleclick.json").read_text()
    assert read_session(tmp_path / "s.simpleclick.json").about["image"]["path"] == "images/tube.tif"
    assert str(tmp_path) not in text
