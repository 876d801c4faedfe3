"""Ground truth: how well the present mask agrees with a labels layer that is known to be right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_simpleclick.clicks import Click
from napari_simpleclick.masks import BoxedMask
from napari_simpleclick.plugin.jobs.worker import Runs
from napari_simpleclick.plugin.tools.hover import PREVIEW
from napari_simpleclick.plugin.workspace.layer_place import require_one_place
from napari_simpleclick.plugin.workspace.workspace import Workspace

if TYPE_CHECKING:
    from napari.layers import Labels


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


def agreement(truth: np.ndarray, mask: BoxedMask | None, clicks: Sequence[Click]) -> Agreement | None:
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


class GroundTruth:
    """Compares the present mask with a labels layer.

    Parameters
    ----------
    workspace
        Has the mask and the clicks.
    run
        Reads the ground truth beside the window's thread.
    """

    def __init__(self, workspace: Workspace, run: Runs) -> None:
        self.workspace, self.run = workspace, run
        self._state: tuple[Any, ...] = ()

    def layers(self) -> "list[Labels]":
        """The labels layers of others, which may be the ground truth."""
        from napari.layers import Labels

        workspace = self.workspace
        there = [each for each in workspace.viewer.layers if isinstance(each, Labels) and each is not workspace.labels]
        return [each for each in there if PREVIEW not in each.metadata]

    def forget(self) -> None:
        """Compare with nothing."""
        self._state = ()

    def compare(self, layer: "Labels", show: Callable[[str], None]) -> bool:
        """Compare on the displayed slice, if anything changed since the last time.

        Parameters
        ----------
        layer
            The ground truth.
        show
            Gets a line with the result, unless something changes before.

        Returns
        -------
        bool
            Whether there is something to compare with.

        Raises
        ------
        ValueError
            If the layer has another shape or place than the image.
        """
        workspace, annotator, plane = self.workspace, self.workspace.annotator, self.workspace.shown_plane
        if annotator is None or plane is None:
            return False
        expected = tuple(plane.data.shape[:-1] if plane.rgb else plane.data.shape)
        values = layer.data[0] if layer.multiscale else layer.data
        if values.shape != expected:
            got, wanted = (" x ".join(map(str, sizes)) for sizes in (values.shape, expected))
            raise ValueError(
                f"{layer.name!r} has {got} voxels and the image has {wanted}. Choose labels of the image's shape."
            )
        object_id = workspace.object_id
        all_clicks = annotator.sessions.clicks(object_id)
        here = all_clicks.get(plane.key, ())
        state = layer, plane.key, annotator.sessions.prediction(object_id, plane.key), here
        if state == self._state:
            return True
        if workspace.image is not None:
            require_one_place(workspace.image, layer)
        self._state = state

        def find() -> Agreement | None:
            truth = np.asarray(plane.labels(values))
            return agreement(truth, annotator.sessions.mask((object_id, plane.key)), here)

        def tell(found: Agreement | None) -> None:
            if self._state is state:
                show(told(found, len(here), sum(map(len, all_clicks.values()))))

        self.run(find, tell, workspace.failed.emit)
        return True


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
