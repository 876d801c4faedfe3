"""`napari-simpleclick replay`: a session made with the plugin's controller gives the same masks without a window."""

import json
import os
import shutil

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Layer
from tests.fakes import command, command_in_new_process, session_files_of

from napari_simpleclick.annotation.thresholds import set_threshold
from napari_simpleclick.data.fingerprint import earlier_fingerprints
from napari_simpleclick.data.io import read_volume
from napari_simpleclick.data.samples import FOLDER
from napari_simpleclick.inference.engines.device import devices_at_hand
from napari_simpleclick.inference.predictor_settings import PredictorSettings
from napari_simpleclick.model.weights import DEFAULT_MODEL
from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.io.readers import get_reader
from napari_simpleclick.plugin.jobs.model_loader import compiled_form
from napari_simpleclick.plugin.jobs.worker import run_now
from napari_simpleclick.plugin.workspace.image_file import FILE
from napari_simpleclick.plugin.workspace.planes import displayed_plane
from napari_simpleclick.prompts import box, scribble

MODEL = DEFAULT_MODEL
IMAGE = FOLDER / "ms_lesion.nii.gz"


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """A session with two engines, propagation, stroke, box, scribble, a moved contrast, an undo, and its labels."""
    folder = tmp_path_factory.mktemp("session")
    viewer = ViewerModel()
    image = viewer.add_layer(Layer.create(*get_reader(str(IMAGE))(str(IMAGE))[0]))
    controller = Controller(viewer, run_now)
    controller.predictors.load(lambda: PredictorSettings(model=MODEL, device="cpu").create_in_torch())
    controller.images.annotate(image)
    truth = np.asarray(read_volume(FOLDER / "ms_lesion_labels.nii.gz").data) > 0
    place = int(truth.sum(axis=(1, 2)).argmax())
    viewer.dims.set_current_step(0, place)
    spots = np.argwhere(truth[place])
    for spot in (spots[len(spots) // 2], spots[0]):
        controller.clicks.click_at(image.data_to_world((place, *spot)), positive=True)
    key = displayed_plane(image, viewer.dims).key
    controller.canvas.change(lambda: set_threshold(controller.workspace.annotator, 1, key, 0.35))
    image.contrast_limits = (10, 200)
    controller.propagation.propagate(1, count=2)
    viewer.dims.set_current_step(0, place)
    controller.predictors.exchange(compiled_form(PredictorSettings(model=MODEL, device="cpu"))[0])
    controller.objects.next_object()
    controller.clicks.click_at(image.data_to_world((place, *spots[-1])), positive=True)
    controller.clicks.click_at(image.data_to_world((place, 3, 3)), positive=False)
    controller.workspace.labels.paint((place, 8, 8), 2)
    controller.objects.next_object()
    plane = displayed_plane(image, viewer.dims)
    for prompt in (box((20, 30), (60, 50)), scribble([(10, 30), (12, 40), (14, 50)], positive=False)):
        controller.clicks.ask(3, plane, prompt)
    controller.undo.undo()
    controller.undo.redo()
    path = folder / "work.simpleclick.json"
    session_files_of(controller, folder).save(path)
    content = json.loads(path.read_text())
    content["about"]["image"]["path"] = IMAGE.name
    shutil.copy(IMAGE, folder)
    path.write_text(json.dumps(content) + "\n")
    return path, controller.workspace.labels.data.copy()


def test_masks_are_the_same_bit_for_bit(session, tmp_path):
    path, labels = session
    engines = [facts["engine"] for facts in json.loads(path.read_text())["predictors"]]
    assert engines[0] == "torch float32 on cpu"
    done = command_in_new_process("replay", path, "-o", tmp_path / "mask.nii.gz")
    assert done.returncode == 0, done.stdout + done.stderr
    count = len(json.loads(path.read_text())["newest"])
    assert count >= 4
    assert f"{count} of {count} masks are the same" in done.stdout
    mask = np.asarray(read_volume(tmp_path / "mask.nii.gz").data)
    np.testing.assert_array_equal(mask, labels)


def changed(path, folder, change):
    content = json.loads(path.read_text())
    change(content)
    if not (folder / IMAGE.name).exists():
        shutil.copy(IMAGE, folder)
    other = folder / "other.simpleclick.json"
    other.write_text(json.dumps(content))
    return other


def test_object_and_slice_that_differ_are_named(session, tmp_path):
    path, _ = session

    def move(content):
        first = min(int(number) for number in content["steps"])
        content["steps"][str(first)]["click"][0] += 6

    done = command("replay", str(changed(path, tmp_path, move)))
    assert done.returncode == 1
    assert "Object 1, axis 0 at" in done.stdout
    assert "pixels differ after 2 clicks" in done.stdout


@pytest.mark.parametrize(
    ("keys", "value", "expected"),
    [
        (("about", "image", "hash"), "0123456789abcdef", "is not the image of"),
        (("about", "image", "shape"), [3, 4, 5], "expected a place inside the image"),
        (("about", "image", "path"), "/nowhere/a.nii", "--image"),
        (("about", "image", "path"), str(IMAGE), "neither beside the session nor was used here before"),
        (("about", "image", "path"), "//server/share/a.nii", "neither beside the session nor was used here before"),
        (("about", "image", "path"), "harmful.py", "names no image file"),
        (("predictors", 0, "model"), "//server/share/a.safetensors", "not among those of this machine"),
        (("predictors", 0, "sha256"), "0" * 64, "is not the one of the session"),
        (("predictors", 0, "model"), "vit_none", "not among those of this machine"),
        (("steps", "1", "image"), {"channels": [1, 2, 3]}, "expected channels with a name"),
        (("format",), 7, "has format 7, expected 2"),
    ],
)
def test_other_image_model_or_version_is_named(session, tmp_path, keys, value, expected):
    path, _ = session

    def put(content):
        for key in keys[:-1]:
            content = content[key]
        content[keys[-1]] = value

    done = command("replay", str(changed(path, tmp_path, put)))
    assert done.returncode == 2
    assert expected in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("engine", ["torch float16 on cuda", "OpenVINO f32"])
def test_engine_that_is_not_at_hand_is_replaced_and_told(session, tmp_path, engine):
    path, _ = session
    other = changed(path, tmp_path, lambda content: content["predictors"][0].update(engine=engine))
    done = command("replay", str(other))
    assert done.returncode in (0, 1), done.stderr
    if engine.endswith("cuda") and "cuda" not in devices_at_hand():
        assert "here is torch float32 on cpu" in " ".join(done.stdout.split())
    assert "masks are the same" in done.stdout


def test_image_that_moved_is_named_by_hand(session, tmp_path):
    path, _ = session
    os.symlink(IMAGE, tmp_path / "moved.nii.gz")
    other = changed(path, tmp_path, lambda content: content["about"]["image"].update(path="/nowhere/a.nii"))
    done = command("replay", str(other), "--image", str(tmp_path / "moved.nii.gz"))
    assert done.returncode == 0, done.stderr


def test_session_of_a_single_point_in_time_is_replayed_on_the_volume(session, tmp_path):
    """Earlier versions kept an axis of one entry, and had other fingerprints."""
    path, _ = session
    data = read_volume(IMAGE).data

    def earlier(plane):
        axes, *places = plane
        return [[axis + 1 for axis in axes], 0, *places]

    def change(content):
        content["about"]["image"] |= {"shape": [1, *data.shape], "hash": earlier_fingerprints(data[None])[0]}
        for record in content["steps"].values():
            record["plane"] = earlier(record["plane"])
        for entry in content["newest"]:
            entry[1] = earlier(entry[1])
        content |= {"done": [0, []], "undone": [0, []]}

    done = command("replay", str(changed(path, tmp_path, change)), "-o", str(tmp_path / "mask.nii.gz"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert np.asarray(read_volume(tmp_path / "mask.nii.gz").data).shape == data.shape


@pytest.mark.parametrize("below", ["", "images"])
def test_session_and_image_that_are_moved_together_are_replayed_from_any_folder(tmp_path, below):
    first, second, third = (tmp_path / name for name in ("first", "second", "third"))
    (first / below).mkdir(parents=True)
    third.mkdir()
    place = first / below / IMAGE.name
    shutil.copy(IMAGE, place)
    viewer = ViewerModel()
    image = viewer.add_layer(Layer.create(*get_reader(str(place))(str(place))[0]))
    image.metadata[FILE] = str(place)  # as our menu entries note it
    controller = Controller(viewer, run_now)
    controller.predictors.load(lambda: PredictorSettings(model=MODEL, device="cpu", size=224).create_in_torch())
    controller.images.annotate(image)
    viewer.dims.set_current_step(0, 12)
    controller.clicks.click_at(image.data_to_world((12, 70, 60)), positive=True)
    session_files_of(controller, first).save(first / "work.simpleclick.json")
    first.rename(second)
    done = command("replay", "../second/work.simpleclick.json", "-o", "mask.nii.gz", cwd=third)
    assert done.returncode == 0, done.stderr
    assert "1 of 1 masks are the same" in done.stdout
    np.testing.assert_array_equal(read_volume(third / "mask.nii.gz").data, controller.workspace.labels.data)
