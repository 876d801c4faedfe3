"""Evaluation on several processes or machines with dask.distributed: shards of objects go out, results stream back."""

import os
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from napari_simpleclick.data.datasets.base import Dataset, Sample
from napari_simpleclick.evaluation.evaluate import Done, Placed, clickings
from napari_simpleclick.evaluation.job import EvaluationJob
from napari_simpleclick.evaluation.lockstep import click_together
from napari_simpleclick.inference.session import PredictorLike

if TYPE_CHECKING:
    from distributed import Client

T = TypeVar("T")

ONE_AT_A_TIME = Lock()
"""A predictor keeps the features of its last picture, so threads of one worker take turns."""


NO_PAGES: dict[str, list[str]] = {f"distributed.{who}.http.routes": [] for who in ("scheduler", "worker")}
"""Pages about the work, which every user of the machine could read, are left out."""


@contextmanager
def connect(*, workers: int = 0, scheduler: str | None = None, timeout: float = 15) -> "Iterator[Client]":
    """A client of a scheduler, or of `workers` new processes on this machine.

    New processes talk over TLS with keys that only they have: whoever reaches a scheduler can have it run anything, and
    on the loopback that would be every user of the machine. A scheduler that is named is trusted as it is.

    Parameters
    ----------
    workers
        New processes; they are ended with the context.
    scheduler
        Address such as tcp://node7:8786 of a running scheduler; its workers need this package, the model and the data
        under the same paths.
    timeout
        Seconds to wait for the scheduler.

    Raises
    ------
    ModuleNotFoundError
        If dask.distributed is not installed.
    OSError
        If nobody answers at the address.
    """
    try:
        import cryptography  # noqa: F401  (what makes the keys of the workers)
        from dask import config
        from distributed import Client, LocalCluster, Security
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f'Several workers need {error.name}: pip install "napari-simpleclick[cluster]".'
        ) from error
    if scheduler is None:
        keys = Security.temporary()
        with (
            config.set(NO_PAGES),
            LocalCluster(
                n_workers=workers, threads_per_worker=1, dashboard_address=None, protocol="tls://", security=keys
            ) as cluster,
            Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = Client(scheduler, timeout=timeout)
    except (OSError, ValueError) as error:
        raise OSError(
            f"No scheduler answers at {scheduler} ({error}). Start one with `dask scheduler`, and give the address "
            "that it prints."
        ) from error
    with client:
        yield client


def evaluate_on(
    client: "Client", job: EvaluationJob, pictures: Sequence[int], *, skip: Collection[Done] = ()
) -> Iterator[Placed]:
    """Yield the results of objects as workers finish them; what a lost worker had in hand is done again by another.

    Parameters
    ----------
    client
        Of dask.distributed.
    job
        What is evaluated; workers open data and model themselves, once per process, and compute as this process would.
    pictures
        Numbers of the pictures whose objects are clicked.
    skip
        What is left out, because its result is there already.
    """
    from distributed import as_completed

    job = replace(job, predictor=job.predictor.pinned())
    known: dict[int, list[Clicking]] = defaultdict(list)
    for picture, object_id, draw in skip:
        known[picture].append((object_id, draw))
    first = [client.submit(first_shard, job, picture, tuple(known[picture]), pure=False) for picture in pictures]
    shards = as_completed(first)
    for shard in shards:
        # Fetched one by one: a result that is lost with its worker before that is made again, and waited for.
        placed, others = shard.result()
        for which in others:
            shards.add(client.submit(one_shard, job, placed[0].picture, which, pure=False))
        yield from placed


Clicking = tuple[int, int]
"""Label of an object and number of a draw."""

Shard = tuple[list[Placed], list[tuple[Clicking, ...]]]
"""Results of objects of a picture, and what is still to be clicked, for one call each."""


def first_shard(job: EvaluationJob, picture: int, skip: Sequence[Clicking]) -> Shard:
    """Click the first objects of a picture, on a worker, and tell which others there are."""
    with ONE_AT_A_TIME:
        wanted = [which for which in clickings(read(job, picture), job.protocol) if which not in skip]
    first, *others = [tuple(part) for part in batched(wanted, job.batch)] or [()]
    return one_shard(job, picture, first)[0], others


def one_shard(job: EvaluationJob, picture: int, which: Sequence[Clicking]) -> Shard:
    """Click objects of a picture in lock-step, on a worker."""
    with ONE_AT_A_TIME:
        sample = read(job, picture)
        objects = [(sample, object_id, draw) for object_id, draw in which]
        results = click_together(opened(job)[0], objects, job.protocol, batch=job.batch)
        count = len(clickings(sample, job.protocol))
        return [Placed(picture, count, result, sample.notices) for result in results], []


def batched(numbers: Sequence[T], count: int) -> list[Sequence[T]]:
    """A list in lists of `count`; the last may be shorter.

    Examples
    --------
    >>> batched([3, 5, 8], 2)
    [[3, 5], [8]]
    """
    return [numbers[start : start + count] for start in range(0, len(numbers), count)]


@lru_cache(maxsize=2)
def opened(job: EvaluationJob) -> tuple[PredictorLike, Dataset]:
    """Predictor and data set of a job, kept by the process."""
    return job.predictor.create(), job.dataset.open()


@lru_cache(maxsize=4)
def read(job: EvaluationJob, picture: int) -> Sample:
    """A picture, kept for its next objects."""
    return opened(job)[1][picture]


def threads_per_worker(workers: int) -> int:
    """Threads of each process, so that all of them share this machine."""
    return max(1, (os.cpu_count() or 1) // max(1, workers))
