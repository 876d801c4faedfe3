"""Threshold slider: takes in more or less of what the network thought probable, without another click."""

from qtpy.QtCore import QSignalBlocker, Qt
from qtpy.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QWidget

from napari_simpleclick.inference.prediction import MASK_THRESHOLD
from napari_simpleclick.plugin.tools.threshold import Threshold
from napari_simpleclick.plugin.widgets.blocks import named

TOOLTIP = (
    "Pixels more probable than this belong to the mask: lower takes in more, higher less. For this object on this "
    f"slice, until its next click, which starts from {MASK_THRESHOLD} again. A mask that was painted, filled in or "
    "restored has no probabilities."
)


class ThresholdSlider(QWidget):
    """Threshold of the present object's mask on the displayed slice, followed live while it is dragged.

    Parameters
    ----------
    threshold
        Gets and sets it.
    """

    def __init__(self, threshold: Threshold) -> None:
        super().__init__()
        self.threshold = threshold
        self.slider = named(QSlider(Qt.Orientation.Horizontal), "Threshold", TOOLTIP)
        self.slider.setRange(1, 99)
        self.slider.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # as wide as there is place
        self.value = QLabel()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(QLabel("Threshold"))
        layout.addWidget(self.slider, stretch=1)
        layout.addWidget(self.value)
        self.slider.valueChanged.connect(self._take)
        self.refresh()

    def refresh(self) -> None:
        """Show the threshold of the present mask, unless another one is on its way."""
        value = self.threshold.value
        self.slider.setEnabled(value is not None)
        if not (self.slider.isSliderDown() or self.threshold.waiting):
            with QSignalBlocker(self.slider):
                self.slider.setValue(round(100 * (MASK_THRESHOLD if value is None else value)))
            self._tell()

    def _take(self, value: int) -> None:
        self._tell()
        self.threshold.set(value / 100)

    def _tell(self) -> None:
        self.value.setText(f"{self.slider.value() / 100:.2f}")
