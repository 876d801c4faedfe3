"""Threshold slider: takes in more or less of what the network thought probable, without another click."""

from typing import TYPE_CHECKING

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from napari_simpleclick.annotation.history import Change
from napari_simpleclick.annotation.thresholds import has_probabilities, set_threshold
from napari_simpleclick.inference.prediction import MASK_THRESHOLD, Prediction
from napari_simpleclick.plugin.widgets.setup_panel import named
from napari_simpleclick.plugin.workspace.planes import shown_plane

if TYPE_CHECKING:
    from napari_simpleclick.plugin.controller import Controller

TOOLTIP = (
    "Pixels more probable than this belong to the mask: lower takes in more, higher less. For this object on this "
    f"slice, until its next click, which starts from {MASK_THRESHOLD} again. A mask that was painted, filled in or "
    "restored has no probabilities."
)


class ThresholdSlider(QWidget):
    """Threshold of the present object's mask on the displayed slice, followed live while it is dragged.

    Parameters
    ----------
    controller
        Has the mask, and changes it.
    """

    def __init__(self, controller: "Controller") -> None:
        super().__init__()
        self.controller = controller
        self.slider = named(QSlider(Qt.Orientation.Horizontal), "Threshold", TOOLTIP)
        self.slider.setRange(1, 99)
        self.value = QLabel()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(QLabel("Threshold"))
        layout.addWidget(self.slider, stretch=1)
        layout.addWidget(self.value)
        self._asked = self._answered = 0
        self.slider.valueChanged.connect(self._take)
        self.refresh()

    def refresh(self) -> None:
        """Show the threshold of the present mask, unless another one is on its way."""
        shown = self._prediction()
        able = has_probabilities(shown)
        self.slider.setEnabled(able)
        waiting = self._asked != self._answered and self.controller.busy
        if not (self.slider.isSliderDown() or waiting):
            threshold = shown.threshold if shown is not None and able else MASK_THRESHOLD
            self.slider.blockSignals(True)
            self.slider.setValue(round(100 * threshold))
            self.slider.blockSignals(False)
            self._tell()

    def _take(self, value: int) -> None:
        """Take the threshold on the worker; of many that wait only the newest counts."""
        self._tell()
        controller, annotator, object_id = self.controller, self.controller.annotator, self.controller.object_id
        key = self._key()
        if annotator is None or key is None:
            return
        self._asked += 1
        number = self._asked

        def job() -> list[Change]:
            try:
                return set_threshold(annotator, object_id, key, value / 100) if number == self._asked else []
            finally:
                self._answered = number

        controller.change(job)

    def _tell(self) -> None:
        self.value.setText(f"{self.slider.value() / 100:.2f}")

    def _prediction(self) -> Prediction | None:
        key, annotator = self._key(), self.controller.annotator
        return annotator.sessions.prediction(self.controller.object_id, key) if annotator is not None and key else None

    def _key(self) -> tuple[object, ...] | None:
        """What tells the displayed slice from others; None where there is none."""
        plane = shown_plane(self.controller.image, self.controller.viewer.dims)
        return plane.key if plane else None
