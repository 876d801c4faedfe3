"""Jobs: what runs on the worker, and whether its answer still belongs to the work that is shown."""

from collections.abc import Callable
from typing import Any

from psygnal import Signal

from napari_simpleclick.plugin.jobs.worker import Runs
from napari_simpleclick.plugin.workspace.workspace import Workspace


class Jobs:
    """Hands jobs to the worker and brings their answers to the thread of the layers, in order.

    Parameters
    ----------
    run
        Runs jobs; see `InferenceThread`.
    workspace
        What the answers are for; an answer is dropped when its image or annotator is another one by then.
    """

    changed = Signal()
    """A job was begun or answered."""

    failed = Signal(Exception)
    """A job failed; everything is as before it."""

    def __init__(self, run: Runs, workspace: Workspace) -> None:
        self.run, self.workspace = run, workspace
        self.busy = 0

    def submit(
        self,
        job: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[], None] | None = None,
        *,
        whatever_work: bool = False,
    ) -> None:
        """Run a job on the worker; `done` gets its result in the thread of the layers.

        Results that come after another image was chosen, or other work on it was opened, are dropped, unless they serve
        `whatever_work`. Then, and when the job fails, `failed` is called.

        Parameters
        ----------
        job
            Runs on the worker; touches no layer.
        done
            Takes the result.
        failed
            Tidies up where no result comes; nothing is done if None. The error itself is told by the signal `failed`.
        whatever_work
            Whether the result is wanted whatever image and work are open by then.
        """
        image, annotator = self.workspace.image, self.workspace.annotator
        self.busy += 1
        self.changed.emit()

        def finished(result: Any) -> None:
            self.busy -= 1
            same = self.workspace.image is image and self.workspace.annotator is annotator
            if whatever_work or same:
                try:
                    done(result)
                except Exception as error:  # the window must not wait for an answer that was there
                    self.failed.emit(error)
            elif failed:
                failed()
            self.changed.emit()

        def broken(error: Exception) -> None:
            self.busy -= 1
            if failed:
                failed()
            self.failed.emit(error)
            self.changed.emit()

        self.run(job, finished, broken)

    def stop(self) -> None:
        """Tell nobody anything any more."""
        self.changed.disconnect()
        self.failed.disconnect()
