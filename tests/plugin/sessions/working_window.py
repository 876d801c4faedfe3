"""A window in which somebody works without pause, until the process is killed; prints the time of every answer."""

import itertools
import sys
from time import time

import napari
from qtpy.QtCore import QTimer

from napari_simpleclick.data.samples import sample_volume


def main() -> None:
    """Click here and there, on objects in turn; the recovery folder is that of the environment."""
    volume, _ = sample_volume("em-like")
    viewer = napari.Viewer()
    viewer.add_image(volume.data, name="em-like")
    _, widget = viewer.window.add_plugin_dock_widget("napari-simpleclick", "SimpleClick")
    controller = widget.controller
    spots = itertools.product(range(10), range(30, 200, 17), range(25, 220, 19))
    shown = 0

    def work() -> None:
        nonlocal shown
        if controller.workspace.annotator is None:
            return
        count = sum(found.clicks for found in controller.workspace.annotator.summaries())
        if controller.canvas.busy == 0 and count > shown:
            shown = count
            sys.stdout.write(f"{time():.3f} {count}\n")
            sys.stdout.flush()
        if controller.canvas.busy == 0:
            place, row, col = next(spots)
            viewer.dims.set_current_step(0, place)
            controller.workspace.select_object(1 + row % 7)
            controller.clicks.click_at((place, row, col), positive=True)

    timer = QTimer()
    timer.timeout.connect(work)
    timer.start(100)
    napari.run()


if __name__ == "__main__":
    sys.exit(main())
