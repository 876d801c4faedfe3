"""Colours that a worker compiled while OpenVINO is loaded: the process ends."""

import subprocess
import sys

import pytest

PROGRAM = """
import threading
import numpy as np
import openvino
from napari_simpleclick.plugin.display.compiled_colors import prepare_colors

parameter = openvino.opset13.parameter([1, 8], np.float32)
compiled = openvino.Core().compile_model(openvino.Model([openvino.opset13.relu(parameter)], [parameter]), "CPU")
prepared = threading.Event()

def work():
    compiled(np.zeros((1, 8), np.float32))
    prepare_colors(np.dtype(np.uint16))
    prepared.set()
    threading.Event().wait()

threading.Thread(target=work, daemon=True).start()
prepared.wait()
prepare_colors(np.dtype(np.uint16))
print("coloured", flush=True)
"""


def test_a_process_ends_after_a_worker_compiled_colours_beside_openvino():
    pytest.importorskip("openvino")
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM], capture_output=True, text=True, timeout=120, check=False
    )
    assert (ended.returncode, ended.stdout.strip()) == (0, "coloured"), ended.stderr
