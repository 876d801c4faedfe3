"""Mapped files: their memory is given back, and what they hold stays readable."""

import sys
from pathlib import Path

import numpy as np
import pytest

from napari_simpleclick.inference.engines.mapped_files import let_go, mappings
from napari_simpleclick.inference.engines.openvino_graphs import compiled_network
from napari_simpleclick.model.weights import load_model

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what is mapped")

MIB = 1 << 20


def resident(path: Path) -> int:
    """Bytes of a mapped file that are in the memory of this process."""
    inside, total = False, 0
    for line in Path("/proc/self/smaps").read_text().splitlines():
        word = line.split(maxsplit=1)[0]
        if not word.endswith(":"):
            inside = line.endswith(str(path))
        elif inside and word == "Rss:":
            total += 1024 * int(line.split()[1])
    return total


def test_pages_go_and_come_back(tmp_path):
    path = tmp_path / "weights of a graph.bin"
    path.write_bytes(np.arange(2 * MIB, dtype=np.int32).tobytes())
    mapped = np.memmap(path, np.int32, "r")
    total = int(mapped.sum(dtype=np.int64))
    assert resident(path) == 8 * MIB
    assert let_go(path) == 8 * MIB
    assert resident(path) == 0
    assert int(mapped.sum(dtype=np.int64)) == total


def test_files_that_are_written_to_stay(tmp_path):
    path = tmp_path / "maps"
    path.write_bytes(bytes(MIB))
    mapped = np.memmap(path, np.uint8, "c")  # changes are in memory only, and would be lost
    mapped[:] = 7
    assert not mappings(path)
    assert let_go(path) == 0
    assert mapped.min() == 7


def test_compiled_network_does_not_hold_its_weights_twice(tmp_path):
    pytest.importorskip("openvino")
    network = compiled_network(load_model(), size=64, cache=tmp_path, threads=1)
    picture = np.zeros((1, 3, 64, 64), np.float32)
    network.decode(network.encode(picture), picture)
    (weights,) = tmp_path.rglob("decoder.bin")
    assert mappings(weights)
    assert resident(weights) < weights.stat().st_size / 4
