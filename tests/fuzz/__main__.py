"""`python -m tests.fuzz`: damaged files of every kind, in child processes with limits of memory and time.

Ends with status 1 and names the inputs if a reader lets a foreign exception through, hangs, or crashes.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path

from tests.fuzz.kinds import Kind, kinds
from tests.fuzz.mutations import mutated

SECONDS, WAITING, MEMORY = 10, 200, 6 << 30
"""Limits of one input in time of the processor and on the clock, and of the process in address space."""


def outcome(kind: Kind, path: Path) -> str:
    """What became of a file: "read", "refused" by an error of ours, or the foreign error and where it came from."""
    try:
        kind.open(path)
    except FileNotFoundError:
        return "refused"
    except Exception as error:
        if type(error).__module__.startswith("napari_simpleclick"):
            return "refused"
        ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "napari_simpleclick" in frame.filename]
        where = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "?"
        return f"foreign {type(error).__name__} at {where}: {str(error)[:100]}"
    return "read"


def work(kind: Kind, seed: int, first: int, count: int) -> None:
    """Try inputs one after the other, and print the outcome of each."""
    warnings.simplefilter("ignore")
    limit()
    examples = kind.examples()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(first, count):
            path = Path(folder) / f"{number}{kind.ending}"
            path.write_bytes(made(kind, examples, seed, number))
            if hasattr(signal, "setitimer"):
                signal.setitimer(signal.ITIMER_PROF, SECONDS)  # of the processor; ends the process, wherever it is
                signal.alarm(WAITING)
            told = outcome(kind, path)
            if hasattr(signal, "setitimer"):
                signal.setitimer(signal.ITIMER_PROF, 0)
                signal.alarm(0)
            print(json.dumps(told), flush=True)
            path.unlink(missing_ok=True)


def made(kind: Kind, examples: list[bytes], seed: int, number: int) -> bytes:
    """The input of a number; the first ones are whole."""
    if number < len(examples):
        return examples[number]
    chance = random.Random(f"{kind.name} {seed} {number}")
    return mutated(chance.choice(examples), chance)


def limit() -> None:
    """Let the system refuse memory beyond the limit."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def run(kind: Kind, seed: int, count: int) -> Counter[str]:
    """Try inputs of a kind; a process that ends is started anew behind the input that ended it."""
    told: Counter[str] = Counter()
    first = 0
    while first < count:
        arguments = [sys.executable, "-m", "tests.fuzz", "--child", kind.name, str(seed), str(first), str(count)]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
            assert child.stdout is not None
            for line in child.stdout:
                if line[0] == '"':
                    word = json.loads(line)
                    told[word if word in ("read", "refused") else f"{word} (input {first})"] += 1
                    first += 1
        if first < count:
            hangs = [-getattr(signal, name, 0) for name in ("SIGALRM", "SIGPROF")]
            ended = "hang" if child.returncode in hangs else f"crash {child.returncode}"
            told[f"{ended} (input {first})"] += 1
            first += 1
    return told


def main() -> None:
    """Run and show a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300, help="inputs of each kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", nargs="*", help="only these")
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    command = parser.parse_args()
    known = {kind.name: kind for kind in kinds()}
    if command.child:
        name, *numbers = command.child
        work(known[name], *map(int, numbers))
        return
    bad = total = 0
    for name in command.kinds or known:
        start = time.monotonic()
        told = run(known[name], command.seed, command.count)
        wrong = {word: times for word, times in told.items() if word not in ("read", "refused")}
        bad, total = bad + sum(wrong.values()), total + sum(told.values())
        counts = f"{told['read']:6} read {told['refused']:6} refused {sum(wrong.values()):4} wrong"
        print(f"{name:12} {counts} {time.monotonic() - start:6.0f} s")
        for word in sorted(wrong):
            print(f"    {word}")
        sys.stdout.flush()
    print(f"{total} inputs, {bad} foreign exceptions, hangs or crashes (seed {command.seed}).")
    sys.exit(bool(bad))


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
