"""Memory and time on a volume that does not fit into memory: `python benchmarks/big_volume.py`, with a screen.

A volume of 20 GB (2000 x 4000 x 2500 pixels of 8 bits), as a Zarr array and as a memory-mapped file, both with holes on
disk, with an electron micrograph's likeness on some planes. In a real window: open, click, propagate over ten slices.
The memory is the peak of the process from the opening on, above what it took with the model loaded and warm.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

SHAPE = (2000, 4000, 2500)
MIDDLE = 1000
SLICES = 10
SPOT = (2097, 1386)


def drawn_plane() -> np.ndarray:
    """A plane with the sample's objects all over."""
    from napari_simpleclick.data.samples import sample_volume

    tile = np.asarray(sample_volume("em-like")[0].data)[5]
    repeats = [-(-whole // part) for whole, part in zip(SHAPE[1:], tile.shape, strict=True)]
    return np.tile(tile, repeats)[: SHAPE[1], : SHAPE[2]]


def make(kind: str, folder: Path) -> Any:
    """The volume; planes around the middle one are drawn."""
    if kind == "zarr":
        import zarr

        volume = zarr.create_array(folder / "volume.zarr", shape=SHAPE, chunks=(1, 1024, 1024), dtype="uint8")
    else:
        volume = np.memmap(folder / "volume.raw", np.uint8, "w+", shape=SHAPE)
    plane = drawn_plane()
    for place in range(MIDDLE - 2, MIDDLE + SLICES + 3):
        volume[place] = plane
    return volume


def opened(kind: str, folder: Path) -> Any:
    """The volume as another process finds it."""
    if kind == "zarr":
        import zarr

        return zarr.open(folder / "volume.zarr", mode="r")
    return np.memmap(folder / "volume.raw", np.uint8, "r", shape=SHAPE)


def resident(name: str) -> float:
    """A line of /proc/self/status in MB: VmRSS is what the process takes, VmHWM the peak."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) / 1e3


def forget_peak() -> None:
    """Measure the peak from now on."""
    Path("/proc/self/clear_refs").write_text("5")


def measure(kind: str, folder: Path) -> None:
    """Open, click, propagate; prints a line of results."""
    import napari
    from qtpy.QtWidgets import QApplication

    viewer = napari.Viewer()
    _, widget = viewer.window.add_plugin_dock_widget("napari-simpleclick", "SimpleClick")
    controller = widget.controller

    def wait(condition: Any) -> None:
        while not condition():
            QApplication.processEvents()

    def settle() -> None:
        wait(lambda: controller.workspace.annotator is not None and controller.canvas.busy == 0)

    settle()
    from napari_simpleclick.clicks import Click

    controller.workspace.annotator.predictor.predict(np.zeros((500, 500, 3), np.uint8), [Click(9, 9)])
    before = resident("VmRSS")
    forget_peak()
    start = perf_counter()
    viewer.add_image(opened(kind, folder), name="volume")
    wait(lambda: controller.workspace.ready)
    viewer.dims.set_current_step(0, MIDDLE)
    settle()
    opening = perf_counter() - start
    start = perf_counter()
    controller.workspace.change_settings(look_at_view=False)
    controller.clicks.click_at((MIDDLE, *SPOT), positive=True)
    controller.clicks.click_at((MIDDLE, SPOT[0] - 17, SPOT[1] - 6), positive=True)
    settle()
    clicking = (perf_counter() - start) / 2
    start = perf_counter()
    widget.controller.propagation.propagate(1, count=SLICES)
    wait(lambda: not widget.controller.propagation.running and controller.canvas.busy == 0)
    propagating = (perf_counter() - start) / SLICES
    slices = controller.workspace.annotator.summaries()[0].slices
    print(
        f"{kind:7s} open {opening:5.2f} s   click {1000 * clicking:5.0f} ms   slice {1000 * propagating:5.0f} ms   "
        f"{slices} slices outlined   peak {resident('VmHWM') - before:5.0f} MB above {before:.0f} MB"
    )
    sys.stdout.flush()
    os._exit(0)


def main() -> None:
    """Measure each kind in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", nargs=2, metavar=("KIND", "FOLDER"), help="for the processes it starts")
    chosen = parser.parse_args().measure
    if chosen:
        measure(chosen[0], Path(chosen[1]))
    for kind in ("zarr", "memmap"):
        with tempfile.TemporaryDirectory() as folder:
            make(kind, Path(folder))
            home = {**os.environ, "XDG_DATA_HOME": folder}
            subprocess.run([sys.executable, __file__, "--measure", kind, folder], check=True, env=home)


if __name__ == "__main__":
    main()
