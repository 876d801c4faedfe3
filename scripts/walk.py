"""Walk: how many files an operation enters, and how often it moves from one file of the package to another.

    python scripts/walk.py
    python scripts/walk.py "first click"

Calls are counted with `sys.setprofile`; the network runs in float32 torch. With the name of an operation, its moves are
printed one by one.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any

import numpy as np

import napari_simpleclick
from napari_simpleclick.data.samples import sample_volume

ROOT = f"{Path(napari_simpleclick.__file__).parent}/"

EXPECTED_CLICKS = 3
"""Clicks on the object that is evaluated."""


class Walk:
    """Files and moves between them, while it is entered."""

    def __init__(self) -> None:
        self.files: set[str] = set()
        self.moves: list[tuple[str, str]] = []

    def __enter__(self) -> "Walk":
        sys.setprofile(self._on_event)
        return self

    def __exit__(self, *_error: object) -> None:
        sys.setprofile(None)

    def _on_event(self, frame: FrameType, event: str, _argument: object) -> None:
        if event != "call" or not frame.f_code.co_filename.startswith(ROOT):
            return
        caller = frame.f_back
        while caller is not None and not caller.f_code.co_filename.startswith(ROOT):
            caller = caller.f_back
        self.files.add(frame.f_code.co_filename)
        if caller is None or caller.f_code.co_filename != frame.f_code.co_filename:
            self.moves.append((place(caller), place(frame)))


def place(frame: FrameType | None) -> str:
    """File and function of a frame; empty for none."""
    return f"{frame.f_code.co_filename.removeprefix(ROOT)} {frame.f_code.co_name}" if frame else ""


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shown", nargs="*", help="operations whose moves are printed")
    shown = parser.parse_args().shown
    with tempfile.TemporaryDirectory() as folder:
        for name, operation in operations(Path(folder)).items():
            with Walk() as walk:
                operation()
            print(f"{name}: {len(walk.files)} files, {len(walk.moves)} moves", flush=True)
            if name in shown:
                print(*(f"    {caller} -> {called}" for caller, called in walk.moves), sep="\n", flush=True)


def operations(folder: Path) -> dict[str, Callable[[], Any]]:
    """What is counted, in the order in which it has to be done."""
    from napari_simpleclick import load_predictor
    from napari_simpleclick.data.datasets.base import Sample
    from napari_simpleclick.evaluation.evaluate import evaluate_object
    from napari_simpleclick.evaluation.protocol import EvaluationProtocol
    from napari_simpleclick.training.procedural.synthesis import Synthesis

    volume, marks = sample_volume("em-like")
    predictor = load_predictor(engine="torch")
    user, later = (annotating(volume.data, predictor, folder) for _ in range(2))
    largest = int(np.bincount(marks[0].ravel())[1:].argmax()) + 1
    rows, cols = np.nonzero(marks[0] == largest)
    row, col = int(np.median(rows)), int(np.median(cols))
    picture = np.asarray(volume.plane(0).image())
    sample = Sample("plane 0", picture, np.asarray(marks[0], np.int32), (largest,))
    protocol = EvaluationProtocol(max_clicks=EXPECTED_CLICKS)
    return {
        "first click": lambda: click(user.controller, row, col),
        "later click": lambda: click(user.controller, row + 5, col),
        "undo": user.controller.undo.undo,
        "save": lambda: user.files.save(folder / "work.simpleclick.json"),
        "restore": lambda: later.files.open(folder / "work.simpleclick.json"),
        "evaluation of an object": lambda: evaluate_object(predictor, sample, largest, protocol),
        "training sample": lambda: Synthesis({"large": 1.0}).example(np.random.default_rng(0), 64),
    }


def annotating(data: Any, predictor: Any, folder: Path) -> SimpleNamespace:
    """A controller of an image, without a window, and what saves and opens its work."""
    from napari.components import ViewerModel
    from napari.layers import Image

    from napari_simpleclick.plugin.controller import Controller
    from napari_simpleclick.plugin.jobs.worker import run_now
    from napari_simpleclick.plugin.sessions.autosave import Autosave
    from napari_simpleclick.plugin.sessions.session_files import SessionFiles

    viewer = ViewerModel()
    image = viewer.add_layer(Image(np.asarray(data)))
    controller = Controller(viewer, run_now)
    controller.workspace.failed.connect(fail)
    controller.predictors.load(lambda: predictor)
    controller.images.annotate(image)
    parts = controller.workspace, controller.jobs
    autosave = Autosave(*parts, controller.canvas, controller.clicks, run_now, folder)
    return SimpleNamespace(controller=controller, files=SessionFiles(*parts, controller.images, autosave))


def click(controller: Any, row: int, col: int) -> None:
    """Press and release the left button on the first slice."""
    event = SimpleNamespace(type="mouse_press", button=1, modifiers=(), pos=(9, 9), position=(0, row, col))
    for _ in controller.mouse(controller.workspace.viewer, event):
        event.type = "mouse_release"


def fail(error: Exception) -> None:
    """Stop where the plugin would tell the user of an error."""
    raise error


if __name__ == "__main__":
    main()
