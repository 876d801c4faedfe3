"""How long the window does not answer while somebody works, and why: clicks, drags, previews, propagation and so on.

    xvfb-run -a -s "-screen 0 1280x1024x24" python benchmarks/gui_latency.py [objects] [side]

A timer of the window fires every 2 ms; the gap between two firings is what somebody waits who presses something at that
moment. "ours" is the processor time of one entry into the functions of this package in the window's thread, without
what they make napari's layers draw, which is "napari". Both are measured with 10 objects and with many (1000 with 5000
clicks unless told otherwise) on planes of `side` pixels (4096), so that the ratios within one run count on a busy
machine, too. Milliseconds.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from time import perf_counter, thread_time
from typing import Any

import numpy as np

PLUGIN = "napari_simpleclick.plugin."

OURS = {
    "display.canvas.Canvas": ("change", "apply", "paint", "show_object"),
    "display.object_colors.ObjectColors": ("refresh",),
    "display.painter.Painter": ("_turn",),
    "jobs.jobs.Jobs": ("submit",),
    "sessions.autosave.Autosave": ("save", "find"),
    "tools.clicks.Clicks": ("click_at",),
    "tools.hover.HoverPreview": ("__call__", "rest", "refresh", "_show"),
    "tools.image_choice.ImageChoice": ("annotate",),
    "tools.layer_edits.LayerEdits": ("_on_points_edited", "_on_painted"),
    "tools.objects.Objects": ("describe", "merge", "remove"),
    "tools.propagation.Propagation": ("propagate", "_found", "_go_on"),
    "widgets.panels.clicks_panel.ClicksPanel": ("refresh",),
    "widgets.panels.ground_truth.GroundTruthPanel": ("refresh",),
    "widgets.panels.network_view_panel.NetworkView": ("refresh", "_show"),
    "widgets.panels.objects_panel.ObjectsPanel": ("refresh",),
    "widgets.panels.slices_panel.SlicesPanel": ("refresh",),
    "widgets.panels.threshold.ThresholdSlider": ("_take",),
    "widgets.panels.status_line.StatusLine": ("tell",),
    "widgets.widget.SimpleClickWidget": ("_show_state",),
}
"""Entries of this package in the window's thread."""

NAPARI = {
    "display.canvas": ("create_labels", "create_points", "refresh", "show_clicks", "set_new_sign", "fit_symbols"),
    "display.object_colors": ("set_colors",),
    "tools.hover": ("refresh", "create_preview"),
    "tools.undo": ("go_to_plane",),
}
"""Where modules of this package hand over to napari's layers; and adding, removing, showing and choosing layers."""

PROBE_MS, WAIT_S, PLANES, CLICKS_EACH = 2, 300.0, 4, 5


class Meter:
    """Gaps of a timer, and processor time of our functions without napari's."""

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self.ours: list[float] = []
        self.by_name: dict[str, list[float]] = {}
        self.napari: list[float] = []
        self._depth = 0
        self._napari = 0.0
        self._in_napari = False
        for name, methods in OURS.items():
            module, _, kind = name.rpartition(".")
            for method in methods:
                self._wrap(getattr(import_module(PLUGIN + module), kind), method, self._our, f"{kind}.{method}")
        for module, functions in NAPARI.items():
            for function in functions:
                self._wrap(import_module(PLUGIN + module), function, self._their, function)
        components = import_module("napari.components")
        self._wrap(components.ViewerModel, "add_layer", self._their, "add_layer")
        self._wrap(components.LayerList, "__delitem__", self._their, "remove layer")
        self._wrap_setter(import_module("napari.layers").Layer, "visible")
        self._wrap_setter(import_module("napari.utils.events.containers").Selection, "active")
        self._wrap_answers(import_module(PLUGIN + "jobs.worker").InferenceThread)

    def _wrap_answers(self, thread: Any) -> None:
        """Measure what is done in the window's thread with the answers of other threads."""
        answer = thread._answer

        def measured(worker: Any, call: Callable[[], None]) -> None:
            def answered() -> None:
                with self._our("answers of threads"):
                    call()

            answer(worker, answered)

        thread._answer = measured

    def _wrap(self, owner: Any, name: str, measured: Any, told: str) -> None:
        inside = getattr(owner, name)

        @wraps(inside)
        def call(*arguments: Any, **settings: Any) -> Any:
            with measured(told):
                return inside(*arguments, **settings)

        setattr(owner, name, call)

    def _wrap_setter(self, owner: Any, name: str) -> None:
        """Setting a property of napari's takes napari's time."""
        inside = getattr(owner, name)

        def call(*arguments: Any) -> None:
            with self._their(name):
                inside.fset(*arguments)

        setattr(owner, name, inside.setter(call))

    @contextmanager
    def _our(self, name: str) -> Iterator[None]:
        start, napari = thread_time(), self._napari
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            own = 1000 * (thread_time() - start - (self._napari - napari))
            self.by_name.setdefault(name, []).append(own)
            if not self._depth and not self._in_napari:
                self.ours.append(own)

    @contextmanager
    def _their(self, _name: str) -> Iterator[None]:
        if self._in_napari:
            yield
            return
        start, self._in_napari = thread_time(), True
        try:
            yield
        finally:
            self._in_napari = False
            self._napari += thread_time() - start
            self.napari.append(1000 * (thread_time() - start))

    def probe(self, application: Any) -> None:
        """Start the timer."""
        from qtpy.QtCore import QEventLoop, Qt, QTimer

        # Waiting, not spinning: a spinning loop takes the interpreter from the threads that are measured.
        self._work = lambda: application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        self._last = perf_counter()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._fired)
        self._timer.start(PROBE_MS)

    def _fired(self) -> None:
        now = perf_counter()
        self.gaps.append(1000 * (now - self._last))
        self._last = now

    def run(self, action: Callable[[], object], done: Callable[[], bool], after_s: float = 0.3) -> None:
        """Do something and let the window work until it is done and drawn."""
        start = self._last = perf_counter()
        action()
        while not done():
            if perf_counter() - start > WAIT_S:
                raise TimeoutError(f"Waited {WAIT_S:.0f} s for an answer of the window; none came.")
            self._work()
        end = perf_counter() + after_s
        while perf_counter() < end:
            self._work()

    def report(self, what: str) -> float:
        """Print and forget what was measured; returns the longest time of ours."""
        ours, napari = np.array(self.ours or [0.0]), np.array(self.napari or [0.0])
        print(
            f"{what}: gap 95 % {np.percentile(self.gaps, 95):.0f}, longest {max(self.gaps):.0f}; ours longest "
            f"{ours.max():.1f}, median {np.median(ours):.1f}, {len(ours)} times; napari longest {napari.max():.1f}"
        )
        for name, times in sorted(self.by_name.items(), key=lambda item: -max(item[1]))[:5]:
            print(f"    {name}: {len(times)} times, longest {max(times):.1f}, all {sum(times):.1f}")
        for measured in (self.gaps, self.ours, self.napari):
            measured.clear()
        self.by_name.clear()
        return float(ours.max())


def rest_at(viewer: Any, widget: Any, number: int) -> None:
    """Move the mouse over the canvas and let it rest."""
    from types import SimpleNamespace

    middle = widget.controller.workspace.labels.data.shape[-1] // 2
    for step in range(5):
        at = (0.0, middle + 30.0 * number + step, middle + 40.0)
        widget.hover(viewer, SimpleNamespace(position=at, pos=(30 * number + 10 * step, 40)))


def work_on(controller: Any, count: int, side: int) -> None:
    """Bring in objects with five clicks each, as opening a session does: discs of 20 pixels in rows on all planes."""
    from napari_simpleclick.arrays import Box
    from napari_simpleclick.clicks import Click
    from napari_simpleclick.data.plane import SliceView
    from napari_simpleclick.inference.prediction import Prediction
    from napari_simpleclick.inference.session import Step
    from napari_simpleclick.plugin.sessions.restore import bring_back

    rows, cols = np.mgrid[-10:10, -10:10]
    disc = np.hypot(rows, cols) < 10
    places = np.random.default_rng(0).permutation(np.arange((side // 24 - 1) ** 2))
    planes, steps = {}, {}
    for number in range(count):
        row, col = (12 + 24 * int(at) for at in np.divmod(places[number], side // 24 - 1))
        plane = SliceView(controller.workspace.image.data, (number % PLANES, 0, 0), (1, 2))
        drawn = Prediction.from_boxed((Box(row - 10, row + 10, col - 10, col + 10), disc), (side, side))
        planes[plane.key] = plane
        done = [Step(Click(row + offset, col), drawn) for offset in range(CLICKS_EACH)]
        steps[number + 1, plane.key] = tuple(done)
    bring_back(controller.workspace, controller.canvas, planes, steps)
    controller.workspace.object_id = count + 1
    controller.canvas.show_object()


def measure(meter: Meter, viewer: Any, widget: Any, count: int, side: int) -> dict[str, float]:
    """Our longest time of every kind of work, with a number of objects in the table."""
    controller = widget.controller
    print(f"\n{count} objects, {CLICKS_EACH * count} clicks, planes of {side} x {side}")
    work_on(controller, count, side)
    meter.run(lambda: None, lambda: True, after_s=2)
    meter.report("open the work")
    middle, found = side // 2, {}

    def idle() -> bool:
        return controller.canvas.busy == 0 and not widget.controller.propagation.running

    for number in range(8):
        spot = (0, middle + 9 * number, middle)
        meter.run(lambda spot=spot: controller.clicks.click_at(spot, positive=True), idle)
    found["click"] = meter.report("click")

    def drag(number: int) -> None:
        moved = controller.workspace.points.data.copy()
        moved[0, -1] += 1 + number
        controller.workspace.points.data = moved

    for number in range(3):
        meter.run(lambda number=number: drag(number), idle)
    found["drag"] = meter.report("drag a click")
    for value in range(45, 20, -1):
        meter.run(lambda value=value: widget.clicks.threshold.slider.setValue(value), idle, after_s=0.02)
    found["threshold"] = meter.report("move the threshold slider")
    truth = np.zeros((PLANES, side, side), np.uint8)
    truth[0, middle - 50 : middle + 50, middle - 50 : middle + 50] = 1
    layer = viewer.add_labels(truth, name="truth", visible=False)
    viewer.layers.selection.active = controller.workspace.points
    meter.run(lambda: None, lambda: True, after_s=1)
    meter.report("open the ground truth")
    widget.truth.menu.setCurrentIndex(1)
    meter.run(widget.truth.refresh, lambda: "IoU" in widget.truth.told.text())
    widget.network_view.button.setChecked(True)
    for number in range(4):
        spot = (0, middle - 20 - 9 * number, middle)
        meter.run(lambda spot=spot: controller.clicks.click_at(spot, positive=True), idle)
    widget.network_view.button.setChecked(False)
    viewer.layers.remove(layer)
    found["views"] = meter.report("click with network view and ground truth")
    widget.clicks.hover_button.setChecked(True)
    for number in range(6):
        meter.run(lambda number=number: rest_at(viewer, widget, number), lambda: True, after_s=0.6)
    shown = widget.hover.layer is not None
    widget.clicks.hover_button.setChecked(False)
    found["hover"] = meter.report(f"hover preview ({'shown' if shown else 'never shown: too slow here'})")
    meter.run(lambda: widget.controller.propagation.propagate(1), idle)
    found["propagate"] = meter.report("propagate")
    meter.run(controller.undo.undo, idle)
    meter.run(lambda: widget.controller.propagation.interpolate(fit=True), idle)
    meter.run(lambda: widget.controller.propagation.accept(everywhere=True), idle)
    found["fill and accept"] = meter.report("fill between, accept all")
    viewer.layers.selection.active = controller.workspace.labels
    controller.workspace.change_settings(overlap="overwrite")
    meter.run(controller.objects.next_object, idle)
    for number in range(4):
        spot = (0, middle + 12 * number, middle + 60)
        meter.run(lambda spot=spot: controller.workspace.labels.paint(spot, controller.workspace.object_id), idle)
    controller.workspace.change_settings(overlap="keep")
    viewer.layers.selection.active = controller.workspace.points
    found["brush"] = meter.report("strokes of the brush")
    for place in (0, 1, 2, 3, 2, 1, 0):
        meter.run(lambda place=place: controller.slices.go_to(place), lambda: True)
    found["scroll"] = meter.report("scroll")
    for _ in range(4):
        meter.run(controller.objects.next_object, idle)
        meter.run(lambda: controller.clicks.click_at((0, middle, middle + 200), positive=True), idle)
    found["next object"] = meter.report("next object and click")
    for _ in range(6):
        meter.run(controller.undo.undo, idle)
    found["undo"] = meter.report("undo")
    meter.run(lambda: controller.objects.describe(1, color="#ff8000"), idle, after_s=3)
    meter.run(lambda: controller.objects.describe(2, visible=False), idle)
    meter.run(lambda: controller.objects.merge(3, 4), idle)
    found["objects"] = meter.report("colour, hide, merge objects")
    image = controller.workspace.image
    other = viewer.add_image(np.zeros((PLANES, side, side), np.uint8), name="other", visible=False)
    for each in (other, image):
        meter.run(lambda each=each: controller.images.annotate(each), idle, after_s=1)
    found["other image"] = meter.report("to another image and back")
    return found


def main(many: int = 1000, side: int = 4096) -> None:
    import napari
    from qtpy.QtWidgets import QApplication

    meter = Meter()
    rng = np.random.default_rng(0)
    results = []
    for count in (10, many):
        viewer = napari.Viewer(show=True)
        _, widget = viewer.window.add_plugin_dock_widget("napari-simpleclick", "SimpleClick")
        if not results:
            meter.probe(QApplication.instance())
        meter.run(lambda: None, lambda widget=widget: widget.controller.workspace.annotator is not None, after_s=10)
        meter.report("\nload the model")
        image = rng.integers(0, 255, (PLANES, side, side), np.uint8)
        meter.run(
            lambda viewer=viewer, image=image, count=count: viewer.add_image(image, name=f"{count} objects"),
            lambda widget=widget: widget.controller.workspace.ready,
            after_s=2,
        )
        viewer.dims.set_current_step(0, 0)
        meter.report("begin on an image")
        results.append(measure(meter, viewer, widget, count, side))
        viewer.close()
    few, lots = results
    print(f"\nours with {many} objects, and how many times as long as with 10:")
    for what in few:
        print(f"  {what}: {lots[what]:.1f} ({lots[what] / max(few[what], 1e-3):.1f} times)")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
