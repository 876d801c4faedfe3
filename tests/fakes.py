"""Stand-ins and short cuts that tests of several rooms share."""

import os
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from unittest import mock

import numpy as np
import pytest
from skimage.measure import label

from napari_simpleclick.arrays import Box
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.recipe import CLOSE, PUBLISHED

PLANE = np.zeros((600, 800, 3), np.uint8)

needs_screen = pytest.mark.skipif(
    'sys.platform.startswith("linux") and not os.environ.get("DISPLAY")', reason="windows need a screen, or Xvfb"
)
"""Tests with `qtbot` have this mark by themselves."""


# -- predictors and networks


class Bright:
    """Answers with the bright region that holds the newest click."""

    def predict(self, image, clicks, previous=None, *, view=None):
        regions = label(np.asarray(image)[..., 0] > 100)
        height, width = regions.shape
        newest = regions[round(clicks[-1].row), round(clicks[-1].col)]
        mask = (regions == newest) if newest else np.zeros_like(regions, bool)
        return Prediction.from_mask(mask.astype(np.float32), Box(0, height, 0, width), size=128)


class Disks:
    """Answers with a disk of radius 6 around positive clicks, not around negative ones; notes what it was shown."""

    def __init__(self):
        self.images = []
        self.previous = None
        self.error = None

    def predict(self, image, clicks, previous=None, *, view=None):
        if self.error:
            raise self.error
        self.images.append(image)
        self.previous = previous
        height, width, _ = image.shape
        rows, cols = np.mgrid[:height, :width]
        shown = np.zeros((height, width), np.float32)
        for click in clicks:
            shown[np.hypot(rows - click.row, cols - click.col) < 6] = 0.9 if click.positive else 0.0
        return Prediction.from_mask(shown, Box(0, height, 0, width), size=96)


class Pixel:
    """Answers with the pixel that was clicked last."""

    def predict(self, image, clicks, previous=None, *, view=None):
        row, col = int(clicks[-1].row), int(clicks[-1].col)
        return Prediction.from_boxed((Box(row, row + 1, col, col + 1), np.ones((1, 1), bool)), image.shape[:2])


class Blocks:
    """Answers with a block of 9 x 9 pixels around the newest click."""

    def predict(self, image, clicks, previous=None, *, view=None):
        row, col = clicks[-1].row, clicks[-1].col
        return Prediction.from_boxed((Box(row - 4, row + 5, col - 4, col + 5), np.ones((9, 9), bool)), image.shape[:2])


class FindsNothing:
    """A network that finds nothing anywhere; keeps what it was shown."""

    fixed_batch = False

    def __init__(self, recipe=PUBLISHED, *, coarse=False):
        self.recipe, self.shown, self.coarse = recipe, [], coarse

    def encode(self, image):
        return [image]

    def decode(self, features, guidance):
        self.shown.append(guidance.copy())
        return np.full((len(guidance), 1, *guidance.shape[2:]), -5, np.float32)


class FindsSquares(FindsNothing):
    """Finds a square around the middle of what it sees, `side` values wide, or `later` once it is shown a last map."""

    def __init__(self, side, recipe=CLOSE, *, later=None, coarse=False):
        super().__init__(recipe, coarse=coarse)
        self.side, self.later = side, later or side

    def decode(self, features, guidance):
        logits = super().decode(features, guidance)
        side = self.later if guidance[0, 0].any() else self.side
        middle = guidance.shape[-1] // 2
        inside = slice(middle - side // 2, middle + side // 2)
        logits[..., inside, inside] = 5
        return logits


class FindsTheObject(FindsSquares):
    """Finds the true object of the plane: small from afar, large from close by."""

    def __init__(self):
        super().__init__(24, later=120)


class FakeTimer:
    """A timer that counts down when it is told to; made like `rest_timer`."""

    def __init__(self, milliseconds, call):
        self.call, self.running = call, False

    def start(self):
        self.running = True

    def stop(self):
        self.running = False

    def elapse(self):
        """Let the time pass."""
        if self.running:
            self.running = False
            self.call()


# -- short cuts


def tube(slices, *, drift=1, radius=9):
    """A bright tube that drifts from slice to slice."""
    rows, cols = np.mgrid[:80, :100]
    centres = [(40, 25 + drift * number) for number in range(slices)]
    return np.stack([200 * (np.hypot(rows - r, cols - c) < radius) for r, c in centres]).astype(np.uint8)


def annotated(data, start=0):
    """A controller and its propagation, with the tube clicked on a slice."""
    from napari.components import ViewerModel
    from napari.layers import Image

    from napari_simpleclick.plugin.controller import Controller
    from napari_simpleclick.plugin.jobs.worker import run_now

    viewer = ViewerModel()
    image = viewer.add_layer(Image(data, contrast_limits=(0, 255)))
    controller = Controller(viewer, run_now)
    controller.messages = []
    controller.workspace.status.connect(controller.messages.append)
    controller.predictors.load(Bright)
    controller.images.annotate(image)
    viewer.dims.set_current_step(0, start)
    row, col = np.argwhere(data[start]).mean(axis=0)
    controller.clicks.click_at((start, row, col), positive=True)
    return controller, controller.propagation


@dataclass(frozen=True)
class Said:
    """What a command printed, and how it ended."""

    returncode: int
    stdout: str
    stderr: str


def called(main, *arguments, env=None, cwd="."):
    """Run the `main` of a command in this process, which has imported what it needs."""
    words = ["napari-simpleclick", *map(str, arguments)]
    out, err = StringIO(), StringIO()
    with (
        mock.patch.object(sys, "argv", words),
        mock.patch.dict(os.environ, {"COLUMNS": "160", **(env or {})}),
        chdir(cwd),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
            code = 0
        except SystemExit as done:
            code = int(done.code or 0)
    return Said(code, out.getvalue(), err.getvalue())


def command(*arguments, **options):
    """Run `napari-simpleclick` in this process."""
    from napari_simpleclick.cli.main import main

    return called(main, *arguments, **options)


def command_in_new_process(*arguments):
    """Run `napari-simpleclick` as a user does."""
    words = [sys.executable, "-m", "napari_simpleclick.cli.main", *map(str, arguments)]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def autosave_of(controller, folder):
    """What saves the work of a controller by itself."""
    from napari_simpleclick.plugin.jobs.worker import run_now
    from napari_simpleclick.plugin.sessions.autosave import Autosave

    return Autosave(controller.workspace, controller.jobs, controller.canvas, controller.clicks, run_now, folder)


def session_files_of(controller, folder):
    """What saves and opens the work of a controller on demand."""
    from napari_simpleclick.plugin.sessions.session_files import SessionFiles

    return SessionFiles(controller.workspace, controller.jobs, controller.images, autosave_of(controller, folder))
