"""What whole objects are measured on: in this process, or shared among workers of dask.distributed."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from napari_simpleclick.evaluation.cluster import ONE_AT_A_TIME
from napari_simpleclick.evaluation.effort.objects import ObjectThroughStack, VolumeObject, volume_objects
from napari_simpleclick.evaluation.effort.result import EffortProtocol, EffortResult
from napari_simpleclick.evaluation.effort.robot import measure_effort
from napari_simpleclick.evaluation.job import EvaluationJob
from napari_simpleclick.inference.session import PredictorLike

if TYPE_CHECKING:
    from distributed import Client


@dataclass(frozen=True, slots=True)
class EffortJob:
    """Everything that a measurement of whole objects depends on.

    Parameters
    ----------
    evaluation
        Data and predictor.
    protocol
        How objects are clicked.
    rule
        What an object is: see `volume_objects`.
    min_slices
        Objects on fewer slices are left out.
    max_objects
        Number of objects, the first ones; None for all.
    """

    evaluation: EvaluationJob
    protocol: EffortProtocol
    rule: ObjectThroughStack = "linked"
    min_slices: int = 2
    max_objects: int | None = None

    def objects(self) -> list[VolumeObject]:
        """The objects, in order; objects of one stack share its pictures."""
        found = volume_objects(self.evaluation.dataset.open(), rule=self.rule, min_slices=self.min_slices)
        return list(islice(found, self.max_objects))

    def provenance(self) -> dict[str, Any]:
        """Model, data and rule, for the report."""
        whole = self.evaluation.provenance(self.evaluation.dataset.open())
        return whole | {"objects through the stack": self.rule, "min_slices": self.min_slices}


def measure(job: EffortJob, *, skip: Collection[int] = ()) -> Iterator[tuple[int, EffortResult]]:
    """Yield number and result of every object that is not left out, in order."""
    predictor = job.evaluation.predictor.create()
    for number, target in enumerate(job.objects()):
        if number not in skip:
            yield number, measure_effort(predictor, target, job.protocol)


def measure_on(client: "Client", job: EffortJob, *, skip: Collection[int] = ()) -> Iterator[tuple[int, EffortResult]]:
    """Yield number and result of objects as workers finish them; a lost worker's object is done by another.

    Parameters
    ----------
    client
        The cluster's client.
    job
        What to measure; workers open data and predictor by themselves.
    skip
        Numbers of objects that are left out, such as those in a log.
    """
    from distributed import as_completed

    evaluation = replace(job.evaluation, predictor=job.evaluation.predictor.pinned())
    numbers = [number for number in range(len(job.objects())) if number not in skip]
    pinned = replace(job, evaluation=evaluation)
    shards = [client.submit(measure_one, pinned, number, pure=False) for number in numbers]
    for _, result in as_completed(shards, with_results=True):
        yield result


def measure_one(job: EffortJob, number: int) -> tuple[int, EffortResult]:
    """Number and result of an object, on a worker."""
    with ONE_AT_A_TIME:
        predictor, objects = opened(job)
        return number, measure_effort(predictor, objects[number], job.protocol)


@lru_cache(maxsize=1)
def opened(job: EffortJob) -> tuple[PredictorLike, list[VolumeObject]]:
    """Predictor and objects of a job, kept by the process."""
    return job.evaluation.predictor.create(), job.objects()
