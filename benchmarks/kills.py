"""Kill processes in the middle of writing, and see what is left: sessions, logs, states of training, compiled networks.

    python benchmarks/kills.py --kills 20

Each process says what it has written; what it said before it was killed has to be there, whole, and the next process
has to clean up behind it. Compiled networks, quantised or not, may be made again after a kill, but have to answer as
the model does.
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from napari_simpleclick.model.simpleclick import SimpleClick

ROOT = Path(__file__).resolve().parents[1]


def write_session(folder: Path) -> None:
    """Click, and save after every click."""
    from tests.annotation.session_files.test_format import IMAGES, PLANES, Soft

    from napari_simpleclick.annotation.annotator import Annotator
    from napari_simpleclick.annotation.session_files.recorder import SessionRecorder
    from napari_simpleclick.annotation.session_files.recoverable import next_path
    from napari_simpleclick.clicks import Click
    from napari_simpleclick.plugin.sessions import journal

    journal.SMALLEST_BYTES_ADDED = 20_000  # so that files are often written anew
    annotator = Annotator(Soft())
    saved = journal.Journal(next_path(folder, "a"), SessionRecorder(annotator))
    for number in range(1_000_000):
        plane = PLANES[number % 4]
        annotator.click(1, plane, IMAGES[plane], Click(number % 50, number % 60))
        saved.save({})
        print(number + 1, flush=True)


def read_session(folder: Path) -> int:
    """Clicks in the newest session."""
    from napari_simpleclick.annotation.session_files.recoverable import session_files
    from napari_simpleclick.annotation.session_files.restore import RestoredSession

    steps = RestoredSession.read(session_files(folder, "a")[-1]).content.steps
    return sum("click" in step for step in steps.values())


def write_log(folder: Path) -> None:
    """Results of objects, one after the other."""
    from napari_simpleclick.clicks import Click
    from napari_simpleclick.evaluation.evaluate import Placed
    from napari_simpleclick.evaluation.reports.report import ObjectResult
    from napari_simpleclick.evaluation.result_log import ResultLog

    log = ResultLog(folder / "run.objects.jsonl", {"model": "b"}, resume=True)
    first = len(log.placed)
    for number in range(first, first + 1_000_000):
        result = ObjectResult("a.png", number, (Click(1, 2),), (0.5,), (0.1,))
        list(log.keep([Placed(0, 1_000_000, result)]))
        print(number + 1, flush=True)


def read_log(folder: Path) -> int:
    """Results in the log."""
    from napari_simpleclick.evaluation.result_log import ResultLog

    return len(ResultLog(folder / "run.objects.jsonl", {"model": "b"}, resume=True).placed)


def write_state(folder: Path) -> None:
    """States of a run, each a step later."""
    import torch

    from napari_simpleclick.model.simpleclick import SimpleClick, SimpleClickConfig
    from napari_simpleclick.training.state import RunState

    config = SimpleClickConfig(16, 64, 4, 2, (16, 16, 32, 32), 16, 224)
    model = SimpleClick(config)
    state = RunState(model, torch.optim.AdamW(model.parameters()), average=0.9)
    state.load(folder)
    while True:
        state.counts.step += 1
        state.save(folder)
        print(state.counts.step, flush=True)


def read_state(folder: Path) -> int:
    """The step of the state."""
    import torch

    content = torch.load(folder / "state.pt", map_location="cpu", weights_only=True)
    step: int = content["run"]["step"]
    return step


def small_model() -> "SimpleClick":
    """A network whose graphs are made in a second."""
    import torch

    from napari_simpleclick.model.simpleclick import SimpleClick, SimpleClickConfig

    torch.manual_seed(0)
    return SimpleClick(SimpleClickConfig(16, 64, 4, 2, (16, 16, 32, 32), 16, 224)).eval()


def write_graphs(folder: Path) -> None:
    """Graphs of a network, made anew each time."""
    from napari_simpleclick.inference.engines.openvino_graphs import compiled_network

    for number in range(1_000_000):
        compiled_network(small_model(), size=224, precision="f32", cache=folder, anew=True)
        print(number + 1, flush=True)


def write_int8(folder: Path) -> None:
    """Quantised graphs, and what they cost."""
    import numpy as np

    from napari_simpleclick.inference.engines.quantisation import Int8Result, Recorder, keep_result, quantise
    from napari_simpleclick.inference.engines.torch_network import TorchNetwork

    recorder = Recorder(small_model())
    assert isinstance(recorder.network, TorchNetwork)
    image = np.random.default_rng(0).random((1, 3, 224, 224), np.float32)
    recorder.decode(recorder.encode(image), image)
    for number in range(1_000_000):
        with redirect_stdout(sys.stderr):  # NNCF draws bars
            there = quantise(recorder.network.model, recorder.inputs, size=224, cache=folder)
        keep_result(there, Int8Result(90.0, 90.0, 1, 1, 2.0, 1.0))
        print(number + 1, flush=True)


def read_graphs(folder: Path) -> int:
    """Everything, if the network that the next start takes answers as the model does; else nothing."""
    import numpy as np

    from napari_simpleclick.inference.engines.openvino_graphs import compiled_network
    from napari_simpleclick.inference.engines.torch_network import TorchNetwork

    image = np.random.default_rng(1).random((1, 3, 224, 224), np.float32)
    exact, taken = TorchNetwork(small_model()), compiled_network(small_model(), size=224, cache=folder)
    answers = [each.decode(each.encode(image), image) for each in (exact, taken)]
    return 1_000_000 if np.abs(answers[0] - answers[1]).max() < 0.1 * np.abs(answers[0]).max() else 0


KINDS: dict[str, tuple[Callable[[Path], None], Callable[[Path], int]]] = {
    "session": (write_session, read_session),
    "log": (write_log, read_log),
    "state": (write_state, read_state),
    "graphs": (write_graphs, read_graphs),
    "int8": (write_int8, read_graphs),
}


def kill(kind: str, folder: Path, chance: random.Random) -> tuple[int, int]:
    """What a process said that it had written when it was killed, and what is there."""
    command = [sys.executable, __file__, "--child", kind, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, text=True) as child:
        assert child.stdout is not None
        told = int(child.stdout.readline())
        time.sleep(chance.uniform(0.0, 1.5))
        child.send_signal(signal.SIGKILL)
        told = max([told, *(int(line) for line in child.stdout if line.endswith("\n"))])
    return told, KINDS[kind][1](folder)


def main() -> None:
    """Kill, look, and show a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20, help="of each kind")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=[*KINDS])
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    command = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    if command.child:
        KINDS[command.child[0]][0](Path(command.child[1]))
        return
    for kind in command.kinds:
        chance, lost, left = random.Random(0), 0, 0
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for _ in range(command.kills):
                told, there = kill(kind, folder, chance)
                lost += max(0, told - there)
                left = max(left, len(list(folder.glob(".writing-*"))))
        print(f"{kind:8} {command.kills} kills, {lost} of what was told lost, {left} folder left for the next start")


if __name__ == "__main__":
    main()
