"""Nothing leaves the machine, and no file appears outside our own folders, whatever is run in a fresh home."""

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

import numpy as np
import pytest
import tifffile
from napari.components import ViewerModel
from napari.layers import Layer
from npe2 import PluginManifest

from napari_simpleclick.clicks import Click
from napari_simpleclick.data.io import write_volume
from napari_simpleclick.evaluation.object_result import ObjectResult
from napari_simpleclick.evaluation.protocol import EvaluationProtocol
from napari_simpleclick.evaluation.reports.report import EvaluationReport
from napari_simpleclick.inference.predictor_settings import PredictorSettings
from napari_simpleclick.model.checkpoint import save_checkpoint
from napari_simpleclick.model.simpleclick import SimpleClick, SimpleClickConfig
from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.io.readers import get_reader
from napari_simpleclick.plugin.jobs.worker import run_now
from tests.fakes import needs_screen, session_files_of

FORBID = Path(__file__).parent / "offline"

OURS = (".cache/napari-simpleclick", ".local/share/napari-simpleclick")
"""Our folders in a home on Linux."""

LIBRARIES = (
    ".cache/matplotlib",
    ".config/matplotlib",
    ".cache/fontconfig",
    ".cache/mesa_shader_cache",
    ".cache/qtshadercache",
)
"""Caches of fonts and shaders that drawing a figure or a window makes, whoever draws."""

NAPARI = (".cache/napari", ".config/napari", ".local/share/napari", ".config/QtProject.conf", ".cache/mesa")

START = """
import os, sys
import numpy as np, napari
from qtpy.QtCore import QEventLoop, QTimer
from qtpy.QtWidgets import QApplication, QFileDialog, QInputDialog
from npe2 import PluginManager
execute = PluginManager.instance().commands.execute
QFileDialog.getOpenFileNames = lambda *_: (["image.tif"], "")
QFileDialog.getOpenFileName = lambda *_: ("image.tif", "")
QFileDialog.getExistingDirectory = lambda *_: "patient"
QInputDialog.getItem = lambda *words: (words[3][0], True)
viewer = napari.Viewer()
"""

WIDGET = """
viewer.layers.clear()
viewer.add_image(np.random.default_rng(0).integers(0, 255, (4, 96, 96), np.uint8))
_, widget = viewer.window.add_plugin_dock_widget("napari-simpleclick", "SimpleClick")
def give_up():
    sys.stderr.write(widget.status.text())
    sys.stderr.flush()
    os._exit(1)
QTimer.singleShot(540_000, give_up)
def until(true):
    while not true():  # nothing changes but in an event
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
until(lambda: widget.controller.workspace.annotator is not None)
widget.controller.clicks.click_at((0, 40, 40), positive=True)
until(lambda: len(widget.controller.workspace.annotator.sessions))
until(lambda: widget.autosave.journal is not None)
widget.autosave.save_now()
"""

SESSION = """
viewer.layers.clear()
viewer.open('volume.nii.gz', plugin='napari-simpleclick')
viewer.open('work.simpleclick.json', plugin='napari-simpleclick')
until(lambda: widget.controller.workspace.annotator.sessions)
widget.end()
viewer.close()
"""


CONTRIBUTIONS = {
    "em_like": "viewer.open_sample('napari-simpleclick', 'em-like')",
    "ms_lesion": "viewer.open_sample('napari-simpleclick', 'ms-lesion')",
    "read": "viewer.open('volume.nii.gz', plugin='napari-simpleclick')",
    "write_image": "viewer.layers[-1].save('copy.nii.gz', plugin='napari-simpleclick')",
    "write": "viewer.add_labels(np.ones((4, 4), int)).save('copy.tif', plugin='napari-simpleclick')",
    "open_tiff": "execute('napari-simpleclick.open_tiff')",
    "open_part": "execute('napari-simpleclick.open_part')",
    "open_folder": "execute('napari-simpleclick.open_folder')",
    "widget": WIDGET,
    "read_session": SESSION,
}
"""What napari is offered, by the names of the manifest, and how it is used."""


@pytest.fixture
def home(tmp_path):
    path = tmp_path / "home"
    path.mkdir()
    return path


@pytest.fixture
def work(tmp_path):
    """A folder with an image, its labels, clicks, a pair of folders for the evaluation, and a small model."""
    path = tmp_path / "work"
    image = np.random.default_rng(0).integers(0, 255, (2, 96, 96), np.uint8)
    labels = np.zeros_like(image)
    labels[:, 30:60, 30:60] = 1
    for name, data in (("image.tif", image), ("images/a.tif", image[0]), ("masks/a.tif", labels[0])):
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        tifffile.imwrite(path / name, data)
    (path / "clicks.csv").write_text("axis-0,axis-1,axis-2\n0,40,40\n")
    config = SimpleClickConfig(16, 32, 4, 2, (8, 8, 16, 16), 8, image_size=448)
    save_checkpoint(path / "small.safetensors", SimpleClick(config))
    result = ObjectResult("a", 1, (Click(1, 2),), (0.5,), (0.1,), (0.5,))
    for name in ("first.json", "second.json"):
        EvaluationReport("own", EvaluationProtocol(1, miou_clicks=(1,)), (result,)).write(path / name)
    write_session(path, image)
    return path


def write_session(folder, pixels):
    """A session of one click of the small model on an image in the same folder, as the widget saves it."""
    file = folder / "volume.nii.gz"
    write_volume(file, pixels)
    (folder / "patient").mkdir()
    shutil.copy(file, folder / "patient")
    viewer = ViewerModel()
    image = viewer.add_layer(Layer.create(*get_reader(str(file))(str(file))[0]))
    controller = Controller(viewer, run_now)
    settings = PredictorSettings(model=str(folder / "small.safetensors"), device="cpu")
    controller.predictors.load(settings.create_in_torch)
    controller.images.annotate(image)
    controller.clicks.click_at(image.data_to_world((0, 40, 40)), positive=True)
    session_files_of(controller, folder / "recovery").save(folder / "work.simpleclick.json")


def run_offline(arguments, home, work):
    """Run Python without a network in a home of its own; returns what tried to reach the network."""
    log = home.parent / "network.txt"
    told = {
        name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "TF_BUILD", "JENKINS", "MPL"))
    }
    paths = os.pathsep.join([str(FORBID), *filter(None, [told.get("PYTHONPATH")])])
    told |= {"HOME": str(home), "USERPROFILE": str(home), "NETWORK_LOG": str(log), "PYTHONPATH": paths}
    told.pop("CI", None)
    done = subprocess.run(
        [sys.executable, *arguments], cwd=work, env=told, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    return log.read_text() if log.exists() else ""


def strangers(home, known):
    """Files in a home outside of known folders."""
    found = [path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()]
    return [name for name in found if not name.startswith(known)]


COMMANDS = {
    "models": "main models",
    "replay": "main replay work.simpleclick.json --image volume.nii.gz --model small.safetensors -o replayed.nii.gz",
    "segment": "main segment image.tif --clicks clicks.csv -o mask.tif --model small.safetensors",
    "demo": "main demo --clicks 1 --model small.safetensors",
    "bench": "main bench --model small.safetensors --variants torch-f32 --device cpu --clicks 1",
    "quantise": "main quantise --model small.safetensors --calibration-pictures 2 --objects 2 --clicks 2",
    "eval compare": "eval compare first.json second.json",
    "eval": "eval --images images --masks masks --clicks 1 -o run.json",
    "train": "train --steps 1 --validation-objects 1 --output run",
}
"""Module of the command line, and its arguments."""


def test_every_command_is_tried():
    """So that a new one cannot be forgotten: what is installed, and what its modules say that they do."""
    installed = entry_points(group="console_scripts")
    scripts = {entry.module for entry in installed if entry.value.startswith("napari_simpleclick.")}
    assert {f"napari_simpleclick.cli.{told.split()[0]}" for told in COMMANDS.values()} == scripts
    for script in scripts:
        tried = [told.split()[1] for told in COMMANDS.values() if script.endswith(f".{told.split()[0]}")]
        commands = getattr(import_module(script), "COMMANDS", {})
        assert {word for word in tried if not word.startswith("-")} == set(commands), script
    commands = PluginManifest.from_distribution("napari-simpleclick").contributions.commands
    assert {command.id.removeprefix("napari-simpleclick.") for command in commands} == set(CONTRIBUTIONS)


@pytest.mark.parametrize("command", COMMANDS)
def test_command_reaches_nobody_and_leaves_nothing_elsewhere(command, home, work):
    if command == "quantise" and not importlib.util.find_spec("nncf"):
        pytest.skip('needs the extra: pip install "napari-simpleclick[int8]"')
    module, *arguments = COMMANDS[command].split()
    assert run_offline(["-m", f"napari_simpleclick.cli.{module}", *arguments], home, work) == ""
    assert strangers(home, OURS + LIBRARIES) == []


@needs_screen
def test_window_reaches_nobody_and_leaves_nothing_elsewhere(home, work):
    assert run_offline(["-c", "\n".join([START, *CONTRIBUTIONS.values()])], home, work) == ""
    assert {path.name for path in work.glob("copy.*")} == {"copy.nii.gz", "copy.tif"}
    assert strangers(home, OURS + LIBRARIES + NAPARI) == []


def imports_openvino(path):
    """Whether a file imports OpenVINO when it runs, not for its types only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing = [
        block for block in ast.walk(tree) if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test)
    ]
    types = {node for block in typing for node in ast.walk(block)}
    nodes = [node for node in ast.walk(tree) if node not in types]
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    calls = [node for node in nodes if isinstance(node, ast.Call) and "import_module" in ast.dump(node.func)]
    names += [argument.value for call in calls for argument in call.args if isinstance(argument, ast.Constant)]
    return "openvino" in {name.split(".")[0] for name in names}


def test_openvino_is_imported_in_one_place_only():
    sources = (Path(__file__).parents[1] / "src").rglob("*.py")
    found = {path.name for path in sources if imports_openvino(path)}
    assert found == {"openvino_import.py"}, "use import_openvino, which leaves its telemetry out"


def test_forbidding_the_network_works(home, work):
    code = "import urllib.request\ntry:\n    urllib.request.urlopen('http://127.0.0.1:9')\nexcept OSError: pass"
    assert "127.0.0.1" in run_offline(["-c", code], home, work)
