"""`make annotate`, as README says it: napari opens with a sample and the widget."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

from tests.documented import ROOT
from tests.fakes import needs_screen

pytestmark = needs_screen

WATCHER = """
import os

from napari_simpleclick.plugin.display.canvas import Canvas

add_layers = Canvas.add_layers


def tell(canvas, image):
    add_layers(canvas, image)
    print("LAYERS", [layer.name for layer in canvas.workspace.viewer.layers], flush=True)
    os._exit(0)


Canvas.add_layers = tell
"""
"""Runs in napari's process as Python's `sitecustomize`: tells which layers there are, once the widget made its own."""


def test_make_annotate_opens_the_sample_with_the_widget(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(WATCHER)
    paths = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    make = [
        "make",
        "--no-print-directory",
        "--dry-run",
        "-o",
        "install",
        "annotate",
        f"BIN={Path(sys.executable).parent}",
    ]
    line = subprocess.run(make, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    done = subprocess.run(
        shlex.split(line),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert "LAYERS ['em_like', 'em_like masks', 'em_like clicks']" in done.stdout, done.stderr
