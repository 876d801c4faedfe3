"""Every command that README and documents show runs as it is written, or is declared here with the reason why not."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from functools import cache
from importlib.metadata import entry_points
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
import tifffile
from imageio.v3 import imwrite

from napari_simpleclick.data.samples import SAMPLES, sample_volume
from tests.documented import ROOT, Command, commands, documents, python_blocks

BIN = Path(sys.executable).parent

LIMIT = 900
"""Seconds that a command may take on a busy machine."""

MINUTES = "minutes on a laptop; set NAPARI_SIMPLECLICK_ALL_COMMANDS=1 to run it"

LONG = (
    {}
    if os.environ.get("NAPARI_SIMPLECLICK_ALL_COMMANDS")
    else {
        "make (demo|fuzz)": f"{MINUTES}: tests/cli/test_main.py and tests/test_fuzz.py have less of it",
        "napari-simpleclick demo": f"{MINUTES}: tests/cli/test_main.py runs it with two clicks",
        "napari-simpleclick-train": f"{MINUTES}: tests/cli/test_train_command.py trains a few steps",
        "napari-simpleclick-eval compare": "compares reports of two commands before it: tests/cli/test_eval_command.py",
        "napari-simpleclick-eval(?!.*(list|disks))": f"{MINUTES}: tests/cli/test_eval_command.py clicks fewer objects",
    }
)

NOT_RUN = {
    "make (test|install|lint)": "runs these very tests, or needs a package registry: `.ci/run` begins with them",
    "make annotate": "opens a window and stays: tests/plugin/widgets/test_make_annotate.py",
    "pip install": "needs a package registry",
    "(torchrun|napari-simpleclick-train (.*--minutes 240|--output (early|late)))": "hours of training",
    "python scripts/average_networks.py": "needs the networks of two trainings",
    "napari-simpleclick bench": "measures for minutes: tests/cli/test_bench_command.py runs it with one model",
    "napari-simpleclick quantise": "calibrates for minutes: tests/cli/test_quantise_command.py",
    "napari-simpleclick replay": "needs a session of a window: tests/plugin/sessions/test_replay.py",
    r"(xvfb-run -a )?python benchmarks/": "measures for minutes",
    "dask|.*--scheduler|.*--workers": "needs several machines or processes: tests/evaluation/test_cluster.py",
    ".*(GrabCut|BraTS|SBD|NAME)": "needs a data set that may not be shipped: tests/data/datasets imitates each",
    ".*--resume": "goes on with the report of a command before it: tests/cli/test_eval_command.py",
    ".*my_module:create": "needs a package of the reader's",
    "napari-simpleclick-eval --regions published": "minutes: tests/cli/test_eval_command.py has it with fewer objects",
    "napari-simpleclick-eval .*sstem.json|.*(patient19|nuclei.json)": "repeats numbers of the model card on whole sets",
    "napari-simpleclick-(eval --model late|train --from (mae|default --mix))": "needs the reader's weights or data",
    **LONG,
}
"""Pattern of commands, and why a test does not run them; their options are looked for in the help of the program."""

SHORTER = {
    "make demo": ["-o", "install", f"BIN={BIN}"],
    "napari-simpleclick demo": ["--clicks", "1"],
    "napari-simpleclick-eval": ["--clicks", "1", "--every", "15"],
    "napari-simpleclick-train": ["--minutes", "0.02", "--threads", "1"],
}
"""What is added to commands that would take minutes, and to `make` so that it takes the environment of the tests."""

PLACES = {"IMAGE": "image.nii.gz", "FILE": "clicks.json"}
"""Names that the documents leave to the reader."""

LEARN = "folder_with_images_and_labels"

AS_THEY_ARE = ("--dataset list", "compare")
"""Commands of the evaluation that click nothing."""


@cache
def reason(command: str) -> str | None:
    """Why a command is not run; None if it is."""
    return next((why for pattern, why in NOT_RUN.items() if re.match(pattern, command)), None)


def words_of(command: Command) -> list[str]:
    """What is run for a command."""
    words = [PLACES.get(word, word) for word in command.words]
    matching = [extra for start, extra in SHORTER.items() if str(command).startswith(start)]
    if matching and not any(part in str(command) for part in AS_THEY_ARE):
        words += matching[0]
    return words


@contextmanager
def limited(seconds: int) -> Iterator[None]:
    """Raise `TimeoutError` in what takes longer, where the system has such an alarm."""

    def expired(_signal: int, _frame: object) -> None:
        raise TimeoutError(f"took more than {seconds} s")

    if not hasattr(signal, "SIGALRM"):
        yield
        return
    before = signal.signal(signal.SIGALRM, expired)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def call(words: list[str]) -> int:
    """Call the program of a command in this process, which has imported what it needs; its exit status."""
    (program,) = entry_points(group="console_scripts", name=words[0])
    sys.argv[:] = words
    try:
        with limited(LIMIT):
            program.load()()
    except SystemExit as done:
        return int(done.code or 0)
    return 0


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A reader's folder: a volume and its mask, sections, pictures, clicks and two reports."""
    place = tmp_path_factory.mktemp("reader")
    samples = Path(sys.modules["napari_simpleclick"].__path__[0]) / "samples"
    image, labels = SAMPLES["ms-lesion"]
    for name in ("image.nii.gz", "flair.nii.gz", "liver.nii.gz"):
        shutil.copy(samples / image, place / name)
    for name in ("mask.nii.gz", "seg.nii.gz", "liver_seg.nii.gz"):
        shutil.copy(samples / labels, place / name)
    volume, truth = sample_volume("em-like")
    for at, (section, marked) in enumerate(zip(volume.data[:2], truth[:2], strict=True)):
        write(place / "path/to/stack1/raw" / f"{at:02}.tif", section)
        write(place / "path/to/stack1/mitochondria" / f"{at:02}.png", np.uint8(255 * (marked > 0)))
        places = ("pictures", "masks"), (f"{LEARN}/images", f"{LEARN}/labels"), ("zoo/cells/images", "zoo/cells/masks")
        for images, masks in places:
            write(place / images / f"{at:02}.png", section)
            write(place / masks / f"{at:02}.png", np.uint8(marked))
    (place / "clicks.json").write_text(json.dumps({"clicks": [{"object": 1, "at": [3, 40, 51]}]}))
    return place


def write(path: Path, pixels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".tif":
        tifffile.imwrite(path, pixels)
    else:
        imwrite(path, pixels)


@pytest.mark.parametrize("command", [each for each in commands() if not reason(str(each))], ids=str)
def test_command_runs_as_it_is_written(command, folder, monkeypatch, capfd):
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", list(sys.argv))
    words = words_of(command)
    for missing in {word for word in words if re.fullmatch("[AB].json", word)}:
        shutil.copy(folder / "report.json", folder / missing)  # which a command before it wrote
    done = subprocess.run([*words, "-C", str(ROOT)], timeout=LIMIT).returncode if words[0] == "make" else call(words)
    assert done == 0, f"{command} of {command.document} fails:\n{''.join(capfd.readouterr())}"


@cache
def options_of(program: tuple[str, ...]) -> str:
    """What a program's help says."""
    printed = StringIO()
    with redirect_stdout(printed):
        call([*program, "--help"])
    return printed.getvalue()


@pytest.mark.parametrize(
    "document", [each for each in documents() if each.name != "model_card.md"], ids=lambda d: d.name
)
def test_options_of_commands_that_are_not_run_are_there(document, monkeypatch):
    monkeypatch.setattr(sys, "argv", list(sys.argv))
    for command in commands():
        if (
            ROOT / command.document == document
            and reason(str(command))
            and command.words[0].startswith("napari-simple")
        ):
            sub = command.words[1:2] if command.words[0] == "napari-simpleclick" else ()
            help_text = options_of((command.words[0], *sub))
            missing = [option for option in command.options if not re.search(rf"{option}\b", help_text)]
            assert not missing, f"{command} of {command.document}: no option {missing}"


def test_every_reason_is_needed():
    unused = [pattern for pattern in NOT_RUN if not any(re.match(pattern, str(each)) for each in commands())]
    assert not unused


@pytest.mark.parametrize("document", [each for each in documents() if python_blocks(each)], ids=lambda path: path.name)
def test_python_of_documents_runs(document):
    image = np.repeat(np.asarray(sample_volume("em-like")[0].data[5])[..., None], 3, axis=2)
    for code in python_blocks(document):
        names = {"image": image}
        exec(code, names)
        assert names["mask"].any()
