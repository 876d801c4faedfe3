"""Ground truth beside the clicks: a menu of labels layers, and how well the present mask agrees with the chosen one."""

from typing import TYPE_CHECKING

from qtpy.QtWidgets import QLabel, QVBoxLayout, QWidget

from napari_simpleclick.plugin.tools.ground_truth import GroundTruth
from napari_simpleclick.plugin.widgets.blocks import Menu, named

if TYPE_CHECKING:
    from napari.layers import Labels

NO_LAYER = "no ground truth"


class GroundTruthPanel(QWidget):
    """A menu of labels layers, and how well the present mask agrees with the chosen one.

    Parameters
    ----------
    truth
        Lists layers and compares.
    """

    def __init__(self, truth: GroundTruth) -> None:
        super().__init__()
        self.truth = truth
        self.menu = named(
            Menu(),
            "Ground truth",
            "A labels layer that is known to be right: tells how well the mask on this slice agrees with it. "
            "It is only looked at, never learned from",
        )
        self.told = named(QLabel(), "Agreement", "Intersection over union and Dice on this slice, and clicks made")
        self.told.setWordWrap(True)  # or the line makes the dock wide
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.menu)
        layout.addWidget(self.told)
        self.layers: list[Labels | None] = [None]
        self.menu.addItem(NO_LAYER)
        self.menu.activated.connect(lambda _place: self.refresh())
        self.refresh()

    @property
    def layer(self) -> "Labels | None":
        """The chosen layer."""
        return self.layers[self.menu.currentIndex()]

    def refresh(self) -> None:
        """List the layers and compare, as far as something changed."""
        self._list()
        try:
            compared = self.layer is not None and self.truth.compare(self.layer, self._tell)
        except ValueError as error:
            self.menu.setCurrentIndex(0)
            self._forget()
            self.truth.workspace.failed.emit(error)
        else:
            if not compared:
                self._forget()

    def _tell(self, text: str) -> None:
        self.told.setText(text)
        self.told.show()

    def _forget(self) -> None:
        """Tell nothing."""
        self.truth.forget()
        self.told.clear()
        self.told.hide()

    def _list(self) -> None:
        layers = self.truth.layers()
        names = [NO_LAYER, *(layer.name for layer in layers)]
        if names == [self.menu.itemText(place) for place in range(self.menu.count())] and layers == self.layers[1:]:
            return
        chosen = self.layer
        self.layers = [None, *layers]
        self.menu.clear()
        self.menu.addItems(names)
        self.menu.setCurrentIndex(self.layers.index(chosen) if chosen in self.layers else 0)
