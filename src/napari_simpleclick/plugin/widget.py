"""The widget in napari's dock: choose image and model, click, go on to the next slice and object."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from qtpy.QtCore import QObject, Qt, QTimer, Signal
from qtpy.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from napari_simpleclick.model.weights import DEFAULT_MODEL, available_models
from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.keys import bind_keys, cheat_sheet
from napari_simpleclick.plugin.layers import NEGATIVE_COLOR, POSITIVE_COLOR
from napari_simpleclick.plugin.mouse import ClickListener
from napari_simpleclick.plugin.worker import InferenceThread

if TYPE_CHECKING:
    import napari

BUSY_AFTER_MS = 300
"""Work that takes longer is announced."""


class MainThread(QObject):
    """Calls functions, handed over by any thread, in the thread of the window."""

    called = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.called.connect(lambda function: function(), Qt.ConnectionType.QueuedConnection)


class SimpleClickWidget(QWidget):
    """Click on an object, get its mask.

    Parameters
    ----------
    napari_viewer
        The viewer; napari passes it because of this name.
    """

    def __init__(self, napari_viewer: "napari.viewer.Viewer") -> None:
        super().__init__()
        self.viewer = napari_viewer
        self.thread_bridge = MainThread(self)
        self.worker = InferenceThread(self.thread_bridge.called.emit)
        self.controller = Controller(napari_viewer, self.worker)
        self.loading: object = None
        self.listener = ClickListener(self.controller)
        self._build()
        self._connect()
        self._list_images()
        self._load_model()
        self._annotate_active()

    # -- what is shown ----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.image_menu = named(QComboBox(), "Image", "The image layer to outline objects in")
        self.annotate_button = named(
            QPushButton("Annotate"), "Annotate", "Add layers for masks and clicks to this image"
        )
        self.model_menu = named(QComboBox(), "Model", "Bundled models work offline; others show where to get them")
        self.device_menu = named(QComboBox(), "Device", "auto takes a GPU if there is one")
        self.flip_box = named(QCheckBox("mirror average"), "Mirror average", "A little more exact, twice the time")
        self.view_box = named(
            QCheckBox("first click looks at the view"), "View", "Off: the first click looks at the whole plane"
        )
        self.view_box.setChecked(True)
        self.device_menu.addItems(["auto", "cpu", "cuda", "mps"])
        for model in available_models():
            self.model_menu.addItem(model.name if model.path else f"{model.name} (get it first)", model.name)
        self.model_menu.setCurrentIndex(self.model_menu.findData(DEFAULT_MODEL))

        setup = QFormLayout()
        setup.addRow("Image", side_by_side(self.image_menu, self.annotate_button))
        setup.addRow("Model", self.model_menu)
        setup.addRow("Device", side_by_side(self.device_menu, self.flip_box))
        setup.addRow("", self.view_box)

        self.polarity = QLabel()
        self.polarity.setTextFormat(Qt.TextFormat.RichText)
        self.object_box = named(QSpinBox(), "Object", "The object that clicks go to; its clicks come back")
        self.object_box.setRange(1, 65535)
        self.buttons = {
            "undo": named(QPushButton("Undo"), "Undo", "Take the newest click back (Ctrl+Z)"),
            "redo": named(QPushButton("Redo"), "Redo", "Make it again (Ctrl+Shift+Z)"),
            "previous": named(QPushButton("◀ Slice"), "Previous slice", "Previous slice (U)"),
            "next": named(QPushButton("Slice ▶"), "Next slice", "Next slice (D)"),
            "reset": named(QPushButton("Reset slice"), "Reset slice", "Remove the object's clicks from this slice (R)"),
            "object": named(QPushButton("Next object"), "Next object", "Keep this mask and start a new object (N)"),
        }
        grid = QGridLayout()
        for place, button in enumerate(self.buttons.values()):
            grid.addWidget(button, place // 2, place % 2)
        clicking = QGroupBox("Clicks")
        inside = QVBoxLayout(clicking)
        inside.addWidget(self.polarity)
        inside.addWidget(side_by_side(QLabel("Object"), self.object_box))
        inside.addLayout(grid)

        self.status = QLabel()
        self.status.setWordWrap(True)
        self.status.setAccessibleName("Status")
        self.help = QLabel(cheat_sheet())
        self.help.setVisible(False)
        self.help_button = named(QPushButton("?"), "Keys", "Show what mouse and keys do")
        self.help_button.setCheckable(True)
        self.help_button.setFixedWidth(32)
        layout = QVBoxLayout(self)
        layout.addLayout(setup)
        layout.addWidget(clicking)
        layout.addWidget(side_by_side(self.status, self.help_button))
        layout.addWidget(self.help)
        layout.addStretch(1)
        self.busy_timer = QTimer(self)
        self.busy_timer.setSingleShot(True)
        self.busy_timer.setInterval(BUSY_AFTER_MS)

    def _connect(self) -> None:
        controller = self.controller
        controller.status.connect(self._show_status)
        controller.changed.connect(self._show_state)
        controller.failed.connect(self._show_error)
        self.busy_timer.timeout.connect(lambda: self.status.setText("Working …"))
        self.annotate_button.clicked.connect(self._annotate_chosen)
        self.model_menu.activated.connect(self._load_model)
        self.device_menu.activated.connect(self._load_model)
        self.flip_box.toggled.connect(self._load_model)
        self.view_box.toggled.connect(lambda on: setattr(controller, "look_at_view", on))
        self.object_box.valueChanged.connect(self._select_object)
        self.help_button.toggled.connect(self.help.setVisible)
        actions: dict[str, Callable[[], None]] = {
            "undo": controller.undo,
            "redo": controller.redo,
            "previous": lambda: controller.step_slice(-1),
            "next": lambda: controller.step_slice(1),
            "reset": controller.reset_slice,
            "object": controller.next_object,
        }
        for name, action in actions.items():
            self.buttons[name].clicked.connect(lambda _checked=False, action=action: action())
        self.viewer.mouse_drag_callbacks.append(self.listener)
        self.viewer.layers.events.inserted.connect(self._on_inserted)
        self.viewer.layers.events.removed.connect(self._list_images)
        worker = self.worker
        # Closing a dock calls no closeEvent; a bound method of this widget would not be called either.
        self.destroyed.connect(lambda: (worker.stop(), controller.shut_down()))

    # -- what the user does -----------------------------------------------------------------------------------------

    def _annotate_active(self) -> None:
        active = self.viewer.layers.selection.active
        images = self._images()
        chosen = active if active in images else images[-1] if images else None
        if chosen is None:
            self.status.setText("Open an image: drag a TIFF stack or a NIfTI volume into the window.")
            return
        self.image_menu.setCurrentIndex(images.index(chosen))
        self._annotate_chosen()

    def _annotate_chosen(self) -> None:
        images = self._images()
        if images:
            self.controller.annotate(images[max(self.image_menu.currentIndex(), 0)])
            bind_keys(self.controller)

    def _on_inserted(self, _event: Any) -> None:
        self._list_images()
        if self.controller.image is None and self._images():
            self._annotate_active()

    def _select_object(self, object_id: int) -> None:
        if object_id != self.controller.object_id:
            self.controller.select_object(object_id)

    def _load_model(self, _chosen: object = None) -> None:
        """Load the chosen model in torch, so that clicks work soon, and exchange it for its compiled form later."""
        name, device, flip = self.model_menu.currentData(), self.device_menu.currentText(), self.flip_box.isChecked()
        self.loading = loading = object()
        self.controller.load(lambda: create_predictor(name, device, flip=flip))

        def exchange(predictor: Any) -> None:
            if self.loading is loading:  # no other model was chosen meanwhile
                self.controller.load(lambda: predictor)

        def compile_in_background() -> None:
            predictor = create_compiled_predictor(name, device, flip=flip)
            if predictor is not None and not self.worker.stopped:
                self.thread_bridge.called.emit(lambda: exchange(predictor))

        self.worker(lambda: start_thread(compile_in_background), lambda _: None, lambda _: None)

    # -- keep the window up to date ---------------------------------------------------------------------------------

    def _images(self) -> list[Any]:
        from napari.layers import Image

        return [layer for layer in self.viewer.layers if isinstance(layer, Image)]

    def _list_images(self, _event: object = None) -> None:
        chosen = self.image_menu.currentText()
        self.image_menu.clear()
        self.image_menu.addItems([image.name for image in self._images()])
        self.image_menu.setCurrentText(chosen)

    def _show_state(self) -> None:
        controller = self.controller
        blue, orange = (
            f"<span style='color:{POSITIVE_COLOR}'>●</span>",
            f"<span style='color:{NEGATIVE_COLOR}'>✚</span>",
        )
        left, right = (blue, orange) if controller.positive else (orange, blue)
        self.polarity.setText(f"left click {left} &nbsp; right click {right} &nbsp; (T exchanges)")
        self.object_box.blockSignals(True)
        self.object_box.setValue(controller.object_id)
        self.object_box.blockSignals(False)
        annotator = controller.annotator
        self.buttons["undo"].setEnabled(bool(annotator and annotator.can_undo))
        self.buttons["redo"].setEnabled(bool(annotator and annotator.can_redo))
        if controller.busy and not self.busy_timer.isActive():
            self.busy_timer.start()
        elif not controller.busy:
            self.busy_timer.stop()

    def _show_status(self, text: str) -> None:
        self.status.setText(text)

    def _show_error(self, error: Exception) -> None:
        from napari.utils.notifications import show_error

        self.status.setText(str(error))
        show_error(str(error))


def create_predictor(model: str, device: str, *, flip: bool) -> Any:
    """Load a model in torch and make its first prediction, so that the first click is as fast as the others."""
    from napari_simpleclick.plugin.torch_beside_opengl import import_torch

    import_torch()
    import numpy as np

    from napari_simpleclick.clicks import Click
    from napari_simpleclick.inference.device import choose_device
    from napari_simpleclick.inference.predictor import Predictor
    from napari_simpleclick.model.weights import load_model

    predictor = Predictor(load_model(model), flip=flip, device=choose_device(device))
    predictor.predict(np.zeros((64, 64, 3), np.uint8), [Click(32, 32)])
    return predictor


def create_compiled_predictor(model: str, device: str, *, flip: bool) -> Any:
    """The same model compiled for the processor; None where torch is best or the model cannot be loaded."""
    from napari_simpleclick.inference.device import choose_device
    from napari_simpleclick.inference.networks import choose_network
    from napari_simpleclick.inference.predictor import Predictor
    from napari_simpleclick.model.weights import load_model

    try:
        loaded = load_model(model)
        chosen = choose_network(loaded, device=choose_device(device), batch=2 if flip else 1)
    except (OSError, ValueError, RuntimeError):
        return None  # the torch predictor has told already, or goes on alone
    return None if chosen.network is loaded else Predictor(chosen.network, flip=flip)


def start_thread(function: Callable[[], None]) -> None:
    """Run a function beside everything else."""
    threading.Thread(target=function, name="napari-simpleclick-compiler", daemon=True).start()


def named(widget: Any, name: str, tooltip: str) -> Any:
    """Give a control its accessible name and its tooltip."""
    widget.setAccessibleName(name)
    widget.setToolTip(tooltip)
    return widget


def side_by_side(*widgets: QWidget) -> QWidget:
    """Widgets in a row, the first taking the space."""
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    for place, widget in enumerate(widgets):
        layout.addWidget(widget, stretch=1 if place == 0 else 0)
    return row
