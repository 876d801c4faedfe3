"""One thread for everything that takes time: jobs run in order, answers come back to the caller's thread."""

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol


class Runs(Protocol):
    """Runs a job, then calls one of two functions with what came of it."""

    def __call__(
        self, job: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[Exception], None]
    ) -> None:
        """Run a job; never raises what the job does.

        Parameters
        ----------
        job
            What takes time.
        done
            Gets the result.
        failed
            Gets the exception.
        """


@dataclass(frozen=True, slots=True)
class Job:
    """Something to run, and who wants to know."""

    run: Callable[[], Any]
    done: Callable[[Any], None]
    failed: Callable[[Exception], None]


class InferenceThread:
    """A thread that lives as long as the widget and runs jobs one after the other.

    Parameters
    ----------
    deliver
        Calls a function in the thread that owns the layers.
    """

    def __init__(self, deliver: Callable[[Callable[[], None]], None]) -> None:
        self.deliver = deliver
        self.stopped = False
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="napari-simpleclick", daemon=True)
        self._thread.start()

    def __call__(
        self, job: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[Exception], None]
    ) -> None:
        """Queue a job; see `Runs`.

        Parameters
        ----------
        job
            Runs on the thread, after those before it.
        done, failed
            One of them is called by `deliver`; neither after `cancel` or `stop` before the job began.
        """
        self._jobs.put(Job(job, done, failed))

    def cancel(self) -> int:
        """Forget the jobs that have not begun; returns how many."""
        dropped = 0
        while not self._jobs.empty():
            self._jobs.get()
            dropped += 1
        return dropped

    def stop(self) -> None:
        """Forget waiting jobs, end the thread after the present job, and deliver nothing any more."""
        self.stopped = True
        self.cancel()
        self._jobs.put(None)

    def finish(self) -> None:
        """Stop, and wait for the job that runs: a process that ends while OpenVINO compiles would abort."""
        self.stop()
        self._thread.join()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            self._run(job)

    def _run(self, job: Job) -> None:
        try:
            result = job.run()
        except Exception as error:
            failure = error
            self._answer(lambda: job.failed(failure))
        else:
            self._answer(lambda: job.done(result))

    def _answer(self, call: Callable[[], None]) -> None:
        if not self.stopped:
            self.deliver(call)


def run_now(job: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[Exception], None]) -> None:
    """Run a job at once in this thread: for scripts and tests."""
    try:
        result = job()
    except Exception as error:
        failed(error)
    else:
        done(result)
