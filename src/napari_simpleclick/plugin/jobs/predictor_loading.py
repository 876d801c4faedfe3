"""Predictor loading: load one on the worker, and let it answer the clicks from then on."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from napari_simpleclick.plugin.jobs.jobs import Jobs
from napari_simpleclick.plugin.workspace.workspace import Workspace

if TYPE_CHECKING:
    from napari_simpleclick.inference.session import PredictorLike


class PredictorLoading:
    """Gives a workspace its predictors.

    Parameters
    ----------
    workspace
        Gets the predictors.
    jobs
        Loads them.
    """

    def __init__(self, workspace: Workspace, jobs: Jobs) -> None:
        self.workspace, self.jobs = workspace, jobs

    @property
    def present(self) -> "PredictorLike | None":
        """What answers the clicks now."""
        annotator = self.workspace.annotator
        return None if annotator is None else annotator.predictor

    def load(
        self, create: "Callable[[], PredictorLike | None]", ended: Callable[[bool], None] = lambda _taken: None
    ) -> None:
        """Load a predictor on the worker.

        Parameters
        ----------
        create
            Makes it, on the worker; None if that was stopped: the predictor before stays.
        ended
            Told whether it was taken.
        """
        self.workspace.status.emit("Loading the model …")
        self.jobs.submit(create, partial(self._use, ended), lambda: ended(False), whatever_work=True)

    def exchange(self, predictor: "PredictorLike | None") -> None:
        """Take another form of the same model from now on; None keeps the present one."""
        if predictor is not None and self.workspace.annotator is not None:
            self.workspace.annotator.predictor = predictor

    def _use(self, ended: Callable[[bool], None], predictor: "PredictorLike | None") -> None:
        ended(predictor is not None)
        if predictor is not None:
            self.workspace.use_predictor(predictor)
            return
        told = "the one before stays" if self.workspace.annotator else "choose one in the menu, your clicks wait for it"
        self.workspace.status.emit(f"Loading the model was stopped: {told}.")
