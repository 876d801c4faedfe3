"""Setup panel: which image, which network, on which device."""

import sys
from collections.abc import Sequence

from qtpy.QtCore import QSignalBlocker, Qt
from qtpy.QtWidgets import QCheckBox, QPushButton

from napari_simpleclick.inference.engines.device import gpu_possible
from napari_simpleclick.inference.engines.speed_figures import read_speed
from napari_simpleclick.inference.predictor_settings import DRAFT_SIZE, FULL_SIZE, PredictorSettings
from napari_simpleclick.model.weights import DEFAULT_MODEL, available_models
from napari_simpleclick.plugin.display.messages import plain_tooltip
from napari_simpleclick.plugin.widgets.blocks import Menu, column, in_a_row, named


class SetupPanel:
    """The menus that are set once and then left alone, in forms for the sections of the dock."""

    def __init__(self) -> None:
        self.image_menu = named(Menu(), "Image", "The image layer to outline objects in: choosing one annotates it")
        self.annotate_button = named(
            QPushButton("Annotate"), "Annotate", "Add layers for masks and clicks to this image, or put them back"
        )
        self.model_menu = named(Menu(), "Model", "Bundled models work offline; others show where to get them")
        self.device_menu = named(
            Menu(), "Device", "auto takes a GPU if there is one; only devices of this machine are listed"
        )
        self.flip_box = named(QCheckBox("mirror average"), "Mirror average", "A little more exact, twice the time")
        self.draft_box = named(
            QCheckBox("draft"), "Draft", "The network looks at 224 instead of 448 pixels: coarser outlines, sooner"
        )
        self.view_box = named(
            QCheckBox("look at the view"),
            "First click looks at the view",
            "On: zoom in, and the first click finds small things. Off: it looks at the whole slice",
        )
        self.view_box.setChecked(True)
        self.seen_menu = named(
            Menu(),
            "Contrast",
            "Intensities from the next click on: as the layer shows them, percentiles of the data, or a window of CT "
            "where the numbers can be Hounsfield units",
        )
        self.channels_button = named(
            QPushButton("RGB"),
            "Channels",
            "Let the network see other images of the same shape, such as other modalities, or places along an axis of "
            "channels, as red, green and blue",
        )
        self.channels_button.setCheckable(True)
        self.device_menu.addItems(devices())
        speed = read_speed()
        for place, model in enumerate(available_models()):
            self.model_menu.addItem(model.name if model.path else f"{model.name} (get it first)", model.name)
            if told := speed.text(model.name):
                self.model_menu.setItemData(place, plain_tooltip(told), Qt.ItemDataRole.ToolTipRole)
        self.model_menu.setCurrentIndex(self.model_menu.findData(DEFAULT_MODEL))
        self.contrast_form = column(in_a_row(self.seen_menu, self.channels_button))
        self.model_form = column(self.model_menu, self.device_menu)
        self.advanced_form = column(self.flip_box, self.draft_box, self.view_box)

    @property
    def model(self) -> PredictorSettings:
        """The chosen model, and how it computes."""
        return PredictorSettings(
            model=self.model_menu.currentData(),
            device=self.device_menu.currentText(),
            flip=self.flip_box.isChecked(),
            size=DRAFT_SIZE if self.draft_box.isChecked() else FULL_SIZE,
        )

    def show_model(self, choice: PredictorSettings) -> None:
        """Show this choice, which answers the clicks, without loading it again."""
        self.model_menu.setCurrentIndex(self.model_menu.findData(choice.model))
        if self.device_menu.findText(choice.device) < 0:
            self.device_menu.addItem(choice.device)
        self.device_menu.setCurrentText(choice.device)
        for box, on in ((self.flip_box, choice.flip), (self.draft_box, choice.size == DRAFT_SIZE)):
            with QSignalBlocker(box):
                box.setChecked(on)

    def list_images(self, names: Sequence[str]) -> None:
        """Offer these images; the chosen one stays chosen."""
        chosen = self.image_menu.currentText()
        self.image_menu.clear()
        self.image_menu.addItems(list(names))
        self.image_menu.setCurrentText(chosen)
        self.annotate_button.setEnabled(bool(names))

    def list_intensities(self, names: Sequence[str], chosen: str) -> None:
        """Offer what the network can see of the image."""
        self.seen_menu.clear()
        self.seen_menu.addItems(list(names))
        self.seen_menu.setCurrentText(chosen)


def devices() -> list[str]:
    """Devices that this machine may have, told without torch."""
    if not gpu_possible():
        return ["auto", "cpu"]
    return ["auto", "cpu", "mps" if sys.platform == "darwin" else "cuda"]
