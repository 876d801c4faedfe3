"""How long a user waits in a cold process: for the widget, and from the first click to its mask.

    xvfb-run -a -s "-screen 0 1280x1024x24" python benchmarks/startup.py [--first] [repetitions]

Every repetition is a process of its own: the window of napari is open, a stack is shown. The clock starts when the
widget is asked for from the menu; "widget" is when the window has taken its next events after that. The first click is
made at once, while the model is still loading. Medians. The network was compiled by an earlier start; with --first it
was not, as on the very first start on a machine (Linux).
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from time import perf_counter

COMPILE = """
from napari_simpleclick.inference.loading import load_predictor
from napari_simpleclick.model.weights import DEFAULT_MODEL
load_predictor(DEFAULT_MODEL)
"""

FACTS = ("widget", "model", "first mask after the first click", "second click")


def one_start() -> dict[str, float]:
    """Seconds, measured in this process; the window is closed afterwards."""
    import napari
    import numpy as np
    from qtpy.QtWidgets import QApplication

    from napari_simpleclick.data.samples import sample_volume

    volume, _ = sample_volume("em-like")
    viewer = napari.Viewer(show=True)
    viewer.add_image(np.asarray(volume.data))
    viewer.dims.set_current_step(0, 5)
    application = QApplication.instance()
    for _ in range(5):
        application.processEvents()

    def wait(done):
        while not done():
            application.processEvents()

    start = perf_counter()
    _, widget = viewer.window.add_plugin_dock_widget("napari-simpleclick", "SimpleClick")
    application.processEvents()
    times = {"widget": perf_counter() - start}
    controller = widget.controller
    clicked = perf_counter()

    controller.clicks.click_at((5, 97, 136), positive=True)
    wait(lambda: controller.workspace.annotator is not None)
    times["model"] = perf_counter() - start
    wait(lambda: controller.canvas.busy == 0 and controller.workspace.labels.data[5].any())
    times["first mask after the first click"] = perf_counter() - clicked
    wait(lambda: controller.canvas.busy == 0)
    again = perf_counter()
    controller.clicks.click_at((5, 80, 130), positive=True)
    wait(lambda: controller.canvas.busy == 0)
    times["second click"] = perf_counter() - again
    times["torch"] = float("torch" in sys.modules)
    viewer.close()
    return times


def main() -> None:
    if sys.argv[1:] == ["--one"]:
        print(json.dumps(one_start()), flush=True)
        return
    arguments = [argument for argument in sys.argv[1:] if argument != "--first"]
    repetitions = int(arguments[0]) if arguments else 5
    if "--first" not in sys.argv:
        compile_once()
    runs = [in_new_process("--first" in sys.argv) for _ in range(repetitions)]
    print(f"{repetitions} cold processes, seconds, median (slowest)")
    for fact in FACTS:
        values = [run[fact] for run in runs]
        print(f"{fact:>33}: {statistics.median(values):.2f} ({max(values):.2f})")
    print(f"torch was imported in {sum(run['torch'] for run in runs):.0f} of them")


def compile_once() -> None:
    """Leave what an earlier start leaves."""
    subprocess.run([sys.executable, "-c", COMPILE], check=True)


def in_new_process(first: bool) -> dict[str, float]:
    """What `one_start` measures; with an empty cache if it shall be the first start."""
    with tempfile.TemporaryDirectory() as empty:
        settings = {**os.environ, **({"XDG_CACHE_HOME": empty} if first else {})}
        command = [sys.executable, __file__, "--one"]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=settings)
    return json.loads(done.stdout.strip().splitlines()[-1])


if __name__ == "__main__":
    main()
