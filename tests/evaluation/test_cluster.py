"""Evaluation on two worker processes equals that in one process, also when a worker is killed."""

import os
import signal
import subprocess
import sys
import urllib.request
from dataclasses import replace

import psutil
import pytest

from napari_simpleclick.data.datasets.options import DatasetOptions
from napari_simpleclick.evaluation.evaluate import done, evaluate_pictures, in_order
from napari_simpleclick.evaluation.job import DatasetChoice, EvaluationJob
from napari_simpleclick.evaluation.predictors import PredictorChoice
from napari_simpleclick.evaluation.protocol import EvaluationProtocol
from napari_simpleclick.evaluation.reports.report import EvaluationReport

pytest.importorskip("distributed", reason="needs the extra cluster")

from distributed import Client, LocalCluster

from napari_simpleclick.evaluation.cluster import connect, evaluate_on, first_shard, one_shard

JOB = EvaluationJob(
    DatasetChoice("samples", options=DatasetOptions(slice_rule="all")),
    PredictorChoice(factory="flood-fill"),
    EvaluationProtocol(max_clicks=3),
)


def content(placed) -> dict:
    """A report as JSON, without times."""
    results = tuple(replace(result, seconds=(0.0,) * len(result.seconds)) for result in in_order(placed))
    return EvaluationReport("samples", JOB.protocol, results).to_json()


@pytest.fixture(scope="module")
def alone():
    dataset = JOB.dataset.open()
    pictures = range(len(dataset))
    return pictures, content(evaluate_pictures(JOB.predictor.create(), dataset, JOB.protocol, pictures))


@pytest.fixture
def cluster():
    """Address of a scheduler with two workers in processes of their own, and these processes."""
    with LocalCluster(n_workers=0, protocol="tcp://", dashboard_address=None) as scheduler:
        worker = [sys.executable, "-m", "distributed.cli.dask_worker", scheduler.scheduler_address]
        words = [*worker, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        workers = [subprocess.Popen(words, **quiet) for _ in range(2)]
        yield scheduler.scheduler_address, workers
        for process in workers:
            process.kill()
            process.wait()


@pytest.mark.parametrize("kill", [False, True], ids=["both_live", "one_killed"])
def test_two_workers_give_the_results_of_one_process(cluster, alone, kill):
    address, workers = cluster
    pictures, expected = alone
    placed = []
    with connect(scheduler=address, timeout=60) as client:
        client.wait_for_workers(2, timeout=60)
        for number, entry in enumerate(evaluate_on(client, JOB, pictures)):
            placed.append(entry)
            if kill and number == 3:
                os.kill(workers[0].pid, signal.SIGKILL)
    assert len({entry.picture for entry in placed}) > 10
    assert content(placed) == expected


def test_killed_run_loses_no_more_than_the_object_in_hand():
    placed, others = first_shard(JOB, 2, ())
    assert others, "the sample picture has several objects"
    rest = [one_shard(JOB, 2, which)[0][0] for which in others]
    assert {entry.objects for entry in (*placed, *rest)} == {1 + len(others)}
    known = [(placed[0].result.object_id, 0), *(which for (which,) in others)]
    assert first_shard(JOB, 2, known) == ([], [])
    assert first_shard(JOB, 2, known[:1])[0][0].result.object_id == known[1][0]


def test_shards_of_several_objects_hold_every_object_once():
    job = replace(JOB, batch=2)
    placed, others = first_shard(job, 2, ())
    rest = [entry for which in others for entry in one_shard(job, 2, which)[0]]
    ids = [entry.result.object_id for entry in (*placed, *rest)]
    assert len(placed) == 2
    assert ids == list(JOB.dataset.open()[2].object_ids)


def test_processes_on_this_machine_leave_out_what_is_there(alone):
    pictures, expected = alone
    dataset = JOB.dataset.open()
    there = list(evaluate_pictures(JOB.predictor.create(), dataset, JOB.protocol, list(pictures)[:6]))
    there = there[:-1]
    skip = {done(entry) for entry in there}
    with connect(workers=2) as client:
        placed = list(evaluate_on(client, JOB, pictures, skip=skip))
    assert not skip & set(map(done, placed))
    assert content(there + placed) == expected


def test_unreachable_scheduler_tells_the_cure():
    with (
        pytest.raises(OSError, match=r"No scheduler answers at tcp://127.0.0.1:9 .*dask scheduler"),
        connect(scheduler="tcp://127.0.0.1:9", timeout=1),
    ):
        pass


def test_workers_of_this_machine_answer_only_who_has_their_keys():
    with connect(workers=1) as client:
        address = client.scheduler.address
        assert address.startswith("tls://")
        assert client.submit(sum, (1, 2)).result(timeout=60) == 3
        with pytest.raises(OSError, match=r"Timed out|failed|closed|handshake"):
            Client(address.replace("tls://", "tcp://"), timeout=3)
        this = psutil.Process()
        sockets = [found for each in (this, *this.children(recursive=True)) for found in each.net_connections("tcp")]
        ports = {found.laddr.port for found in sockets if found.status == psutil.CONN_LISTEN}
        assert {found.laddr.ip for found in sockets if found.status == psutil.CONN_LISTEN} <= {"127.0.0.1", "::1"}
        for port in ports:
            with pytest.raises(OSError, match=r"404|reset|closed|aborted"):  # nobody reads about the work
                urllib.request.urlopen(f"http://127.0.0.1:{port}/info/main/workers.html", timeout=5)
