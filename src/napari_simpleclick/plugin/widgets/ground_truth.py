"""Ground truth beside the clicks: how well the present mask agrees with a labels layer that is known to be right."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from qtpy.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from napari_simpleclick.clicks import Click
from napari_simpleclick.masks import Patch
from napari_simpleclick.plugin.widgets.hover import PREVIEW
from napari_simpleclick.plugin.widgets.setup_panel import named
from napari_simpleclick.plugin.workspace.planes import shown_plane

if TYPE_CHECKING:
    from napari.layers import Labels

    from napari_simpleclick.plugin.controller import Controller
    from napari_simpleclick.plugin.jobs.worker import Runs

NO_LAYER = "no ground truth"


@dataclass(frozen=True, slots=True)
class Agreement:
    """A mask and an object of the ground truth on one slice.

    Parameters
    ----------
    label
        The object's label in the ground truth.
    iou, dice
        Intersection over union and Dice coefficient of the two, in [0, 1].
    """

    label: int
    iou: float
    dice: float


def agreement(truth: np.ndarray, mask: Patch | None, clicks: Sequence[Click]) -> Agreement | None:
    """Compare a mask with the object that was meant: under the first positive click, else that of the largest overlap.

    Parameters
    ----------
    truth
        (height, width) integers, 0 is the background.
    mask
        The mask on this plane; None if it is empty.
    clicks
        The clicks that led to it, oldest first.

    Returns
    -------
    Agreement or None
        None where no object was meant.
    """
    from napari_simpleclick.evaluation.metrics import dice  # brings scipy, which the window opens without

    first = next((click for click in clicks if click.positive), None)
    label = int(truth[round(first.row), round(first.col)]) if first else 0
    under = truth[mask[0].slices][mask[1]] if mask else truth[:0, 0]
    if not label and under.any():
        label = int(np.bincount(under[under > 0]).argmax())
    if not label:
        return None
    shared, area = int((under == label).sum()), int((truth == label).sum())
    union = area + under.size - shared
    jaccard = shared / union
    return Agreement(label, jaccard, dice(jaccard))


class GroundTruth(QWidget):
    """A menu of labels layers, and how well the present mask agrees with the chosen one.

    Parameters
    ----------
    controller
        Has the mask and the clicks.
    run
        Reads the ground truth beside the window's thread.
    """

    def __init__(self, controller: "Controller", run: "Runs") -> None:
        super().__init__()
        self.controller, self.run = controller, run
        self.menu = named(
            QComboBox(),
            "Ground truth",
            "A labels layer that is known to be right: tells how well the mask on this slice agrees with it. "
            "It is only looked at, never learned from",
        )
        self.menu.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.menu.setMinimumContentsLength(10)
        self.told = named(QLabel(), "Agreement", "Intersection over union and Dice on this slice, and clicks made")
        self.told.setWordWrap(True)  # or the line makes the dock wide
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.menu)
        layout.addWidget(self.told)
        self.layers: list[Labels | None] = [None]
        self.menu.addItem(NO_LAYER)
        self._state: tuple[Any, ...] = ()
        self.menu.activated.connect(lambda _place: self.refresh())
        self.refresh()

    @property
    def layer(self) -> "Labels | None":
        """The chosen layer."""
        return self.layers[self.menu.currentIndex()]

    def refresh(self) -> None:
        """List the layers and compare, as far as something changed."""
        self._list()
        controller, layer, annotator = self.controller, self.layer, self.controller.annotator
        plane = shown_plane(controller.image, controller.viewer.dims)
        if layer is None or annotator is None or plane is None:
            self._forget()
            return
        expected = tuple(plane.data.shape[:-1] if plane.rgb else plane.data.shape)
        values = layer.data[0] if layer.multiscale else layer.data
        if values.shape != expected:
            self._refuse(layer.name, values.shape, expected)
            return
        object_id = controller.object_id
        here, all_clicks = annotator.sessions.clicks(object_id).get(plane.key, ()), annotator.sessions.clicks(object_id)
        state = layer, plane.key, annotator.sessions.prediction(object_id, plane.key), here
        if state == self._state:
            return
        self._state = state

        def compare() -> Agreement | None:
            truth = np.asarray(plane.labels(values))
            return agreement(truth, annotator.sessions.mask((object_id, plane.key)), here)

        def tell(found: Agreement | None) -> None:
            if self._state is state:
                self.told.setText(told(found, len(here), sum(map(len, all_clicks.values()))))
                self.told.show()

        self.run(compare, tell, controller.failed.emit)

    def _forget(self) -> None:
        """Tell nothing."""
        self._state = ()
        self.told.clear()
        self.told.hide()

    def _list(self) -> None:
        from napari.layers import Labels

        ours = self.controller.labels
        there = [layer for layer in self.controller.viewer.layers if isinstance(layer, Labels) and layer is not ours]
        layers = [layer for layer in there if PREVIEW not in layer.metadata]
        names = [NO_LAYER, *(layer.name for layer in layers)]
        if names == [self.menu.itemText(place) for place in range(self.menu.count())] and layers == self.layers[1:]:
            return
        chosen = self.layer
        self.layers = [None, *layers]
        self.menu.clear()
        self.menu.addItems(names)
        self.menu.setCurrentIndex(self.layers.index(chosen) if chosen in self.layers else 0)

    def _refuse(self, name: str, shape: tuple[int, ...], expected: tuple[int, ...]) -> None:
        self.menu.setCurrentIndex(0)
        self._forget()
        got, wanted = (" x ".join(map(str, sizes)) for sizes in (shape, expected))
        self.controller.failed.emit(
            ValueError(f"{name!r} has {got} voxels and the image has {wanted}. Choose labels of the image's shape.")
        )


def told(found: Agreement | None, here: int, everywhere: int) -> str:
    """What is shown.

    Examples
    --------
    >>> told(Agreement(3, 0.912, 0.954), 4, 12)
    'object 3: IoU 0.91, Dice 0.95; clicks: 4, in all 12'
    >>> told(None, 0, 0)
    'no object is meant yet'
    """
    if found is None:
        return "no object is meant yet" if not here else "no object of the ground truth here"
    return f"object {found.label}: IoU {found.iou:.2f}, Dice {found.dice:.2f}; clicks: {here}, in all {everywhere}"
