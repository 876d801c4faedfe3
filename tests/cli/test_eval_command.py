"""`napari-simpleclick-eval` as a user runs it, in a process of its own where it is killed."""

import json
import os
import signal
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
import tifffile
from tests.data.datasets import layouts
from tests.fakes import Said, called

from napari_simpleclick.cli.eval import main
from napari_simpleclick.cli.eval_choices import DataSettings, dataset_choices
from napari_simpleclick.data.datasets.registry import DATASETS
from napari_simpleclick.evaluation.reports.report import EvaluationReport

LAYOUTS = {
    "ssTEM": (layouts.sstem, 2),
    "GrabCut": (layouts.grabcut, 1),
    "Berkeley": (layouts.berkeley, 2),
    "DAVIS": (layouts.davis, 1),
    "COCO_MVal": (layouts.davis, 1),
    "PascalVOC": (layouts.pascal_voc, 2),
    "SBD": (layouts.sbd, 2),
    "BraTS": (layouts.brats_slices, 1),
    "OAIZIB": (layouts.oaizib_slices, 2),
}

MORTAL_PREDICTOR = """
import os, signal
from napari_simpleclick.evaluation.baselines import MaskPredictor, disks
left = int(os.environ.get("CLICKS_TO_LIVE", 1_000_000))
def create():
    def segment(image, clicks):
        global left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        return disks(image, clicks)
    return MaskPredictor(segment)
"""


def command(*more: object, **options) -> Said:
    return called(main, *more, **options)


def without_times(path: Path) -> dict:
    content = json.loads(path.read_text())
    del content["summary"]["SPC"]
    for entry in content["objects"]:
        del entry["seconds"]
    return content


def test_all_published_layouts_in_one_run(tmp_path):
    for name, (write, _) in LAYOUTS.items():
        write(tmp_path / name)
    output = tmp_path / "run.json"
    names = list(LAYOUTS)
    done = command(
        "--dataset", *names, "--data-dir", tmp_path, "--predictor", "disks", "--clicks", 3, "--output", output
    )
    assert done.returncode == 0, done.stderr
    for name, (_, objects) in LAYOUTS.items():
        report = EvaluationReport.read(tmp_path / f"run_{name}.json")
        assert (report.dataset, len(report.objects)) == (name, objects)
        assert report.summary()["mIoU@3"] > 0
    assert "ssTEM: found 2 objects" not in done.stdout
    assert "cannot be compared with published ones" in " ".join(done.stdout.split())


def test_samples_are_evaluated_without_any_argument_for_data(tmp_path):
    output = tmp_path / "samples.json"
    done = command("--predictor", "flood-fill", "--clicks", 3, "--output", output)
    assert done.returncode == 0, done.stderr
    assert len(json.loads(output.read_text())["objects"]) == 16
    page = output.with_suffix(".html").read_text()
    assert page.count("<img") == 10
    assert page.count("<svg") == 3
    assert "http" not in page.split("</style>")[1].replace("http://www.w3.org", "").replace("http://purl.org", "")[:500]
    assert len(output.with_suffix(".csv").read_text().splitlines()) == 1 + 16 * 3


def test_list_tells_source_and_layout_of_every_data_set_without_breaking_a_word():
    done = command("--dataset", "list", env={"COLUMNS": "60"})
    assert "ssTEM: 20 images, 389 objects" in done.stdout
    for info in DATASETS.values():
        told = done.stdout.split()
        for word in f"{info.name} {info.content} {info.layout} {info.source} {info.license}".split():
            assert word in told or f"{word}:" in told
    assert all(len(line) <= 60 or len(line.split()) <= 2 for line in done.stdout.splitlines())


@pytest.mark.parametrize(
    ("name", "before"),
    [("main", ()), ("main", ("bench",)), ("eval", ()), ("eval", ("compare",)), ("train", ()), ("train", ("-o", "run"))],
)
def test_version_is_told_and_nothing_else(name, before):
    done = called(import_module(f"napari_simpleclick.cli.{name}").main, *before, "--version")
    assert (done.returncode, done.stdout) == (0, f"napari-simpleclick {version('napari-simpleclick')}\n")


def test_domains_are_told_in_a_table_and_in_files(tmp_path):
    for name in ("cells", "organs"):
        layouts.berkeley(tmp_path / "zoo" / name)
    output = tmp_path / "run.json"
    settings = ("--dataset", "folders", "--data-dir", tmp_path / "zoo", "--predictor", "disks", "--clicks", 2)
    done = command(*settings, "--user", "human", "--draws", 2, "--output", output, env={"COLUMNS": "80"})
    assert done.returncode == 0, done.stderr
    assert "4 objects in 2 domains, human clicks, mean of 2 draws" in " ".join(done.stdout.split())
    assert "spread of draws" in done.stdout
    assert len(output.with_suffix(".domains.csv").read_text().splitlines()) == 4
    assert output.with_suffix(".html").read_text().count("<img") == 2
    content = json.loads(output.read_text())
    assert list(content["domains"]) == ["cells", "organs"]
    assert len(content["objects"]) == 8
    boxes = command(*settings, "--first", "box", env={"COLUMNS": "80"})
    assert "4 objects in 2 domains, first a box" in " ".join(boxes.stdout.split())
    again = command(*settings, "--user", "human", "--draws", 2, "--output", output, "--resume")
    assert again.returncode == 0, again.stderr
    assert json.loads(output.read_text()) == content


def test_published_numbers_are_rows_below_ours(tmp_path):
    layouts.sstem(tmp_path / "ssTEM")
    settings = ("--dataset", "ssTEM", "--data-dir", tmp_path / "ssTEM", "--predictor", "disks", "--clicks", 10)
    done = command(*settings, env={"COLUMNS": "100"})
    below = done.stdout.split("Published, quoted")[1].splitlines()
    ours, others = ([line for line in below if word in line] for word in ("this run", "SimpleClick"))
    assert len(ours) == 1
    assert any("ViT-B" in line and "93.72" in line for line in others)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no such signals")
def test_killed_run_goes_on_and_equals_one_that_was_not(tmp_path, monkeypatch):
    (tmp_path / "mortal_predictor.py").write_text(MORTAL_PREDICTOR)
    monkeypatch.syspath_prepend(tmp_path)
    whole, broken = tmp_path / "whole.json", tmp_path / "broken.json"
    settings = ("--predictor", "mortal_predictor:create", "--clicks", "5", "--output")
    assert command(*settings, whole).returncode == 0
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "CLICKS_TO_LIVE": "27"}
    program = [sys.executable, "-m", "napari_simpleclick.cli.eval"]
    done = subprocess.run([*program, *settings, broken], env=environment, stdout=subprocess.DEVNULL, check=False)
    assert done.returncode == -signal.SIGKILL
    assert not broken.exists()
    log = broken.with_suffix(".objects.jsonl")
    assert log.read_text().count("\n") == 1 + 5
    with log.open("a") as file:
        file.write('{"picture": 1, "obj')  # what a kill in the middle of a line leaves
    assert command(*settings, broken, "--resume").returncode == 0
    assert log.read_text().count("\n") == 1 + 16
    assert without_times(broken) == without_times(whole)


def test_resume_refuses_the_results_of_another_run(tmp_path):
    output = tmp_path / "run.json"
    assert command("--predictor", "disks", "--clicks", 2, "--output", output).returncode == 0
    done = command("--predictor", "disks", "--clicks", 3, "--output", output, "--resume")
    assert done.returncode == 2
    assert "belongs to another run (protocol:" in done.stderr


def test_compare_shows_two_runs_with_p_values(tmp_path):
    for name in ("disks", "flood-fill"):
        command("--predictor", name, "--clicks", 2, "--output", tmp_path / f"{name}.json")
    done = command("compare", tmp_path / "disks.json", tmp_path / "flood-fill.json")
    assert done.returncode == 0, done.stderr
    assert "paired p" in done.stdout
    assert "mIoU@1" in done.stdout


def test_own_volume_with_chosen_label_and_own_pictures(tmp_path):
    labels = np.zeros((4, 32, 32), np.uint8)
    labels[1, 4:12, 4:12], labels[2, 8:30, 8:30], labels[2, 2:4, 2:4] = 1, 2, 2
    tifffile.imwrite(tmp_path / "v.tif", (labels * 90).astype(np.uint8), metadata={"axes": "ZYX"})
    tifffile.imwrite(tmp_path / "l.tif", labels, metadata={"axes": "ZYX"})
    layouts.grabcut(tmp_path / "pictures")
    volume, own = dataset_choices(
        DataSettings(volume=tmp_path / "v.tif", labels=tmp_path / "l.tif", label=(1,))
    ) + dataset_choices(
        DataSettings(images=tmp_path / "pictures" / "data_GT", masks=tmp_path / "pictures" / "boundary_GT")
    )
    sample = volume.open()[0]
    assert sum(sample.mask(i).sum() for i in sample.object_ids) == 64
    assert own.open()[0].name.startswith("person")


@pytest.mark.parametrize("effort", [[], ["--volume-effort"]])
def test_notices_of_files_are_told_once(tmp_path, effort):
    image, labels = np.full((3, 20, 24), 50, np.uint8), np.zeros((3, 20, 24), np.uint8)
    image[:, 5:12, 6:14], labels[:, 5:12, 6:14] = 200, 1
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        file.write(image, photometric="minisblack")
        file.write(image[0, :9, :9], photometric="minisblack")
    tifffile.imwrite(tmp_path / "b.tif", labels, photometric="minisblack")
    words = ["--volume", tmp_path / "a.tif", "--labels", tmp_path / "b.tif", "--slice-rule", "all", *effort]
    done = command(*words, "--predictor", "disks", "--clicks", 2, "--miou", 1)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("a.tif#image=2") == 1


QUICK = ("--predictor", "disks", "--clicks", 1, "--miou", 1)


@pytest.mark.parametrize("ending", [".csv", ".html", ".domains.csv", ".objects.jsonl"])
def test_files_beside_the_report_that_no_evaluation_wrote_are_not_replaced(tmp_path, ending):
    layouts.sstem(tmp_path / "ssTEM")
    strange = tmp_path / f"x{ending}"
    strange.write_text("patient,age\n")
    words = ("-d", "ssTEM", "--data", tmp_path / "ssTEM", *QUICK, "-o", tmp_path / "x.json")
    done = command(*words)
    assert done.returncode == 2
    assert f"{strange.name} beside {tmp_path / 'x.json'} would be replaced" in " ".join(done.stderr.split())
    assert strange.read_text() == "patient,age\n"
    assert not (tmp_path / "x.json").exists()
    strange.unlink()
    assert command(*words).returncode == 0
    assert command(*words).returncode == 0, "of an earlier evaluation they are replaced"


def test_results_of_a_run_that_was_not_finished_are_not_thrown_away(tmp_path):
    layouts.sstem(tmp_path / "ssTEM")
    words = ("-d", "ssTEM", "--data", tmp_path / "ssTEM", *QUICK, "-o", tmp_path / "x.json")
    assert command(*words).returncode == 0
    for ending in (".json", ".csv", ".html"):
        (tmp_path / "x").with_suffix(ending).unlink()
    done = command(*words)
    assert done.returncode == 2
    assert "x.objects.jsonl holds 2 results of a run that was not finished" in " ".join(done.stderr.split())
    assert command(*words, "--resume").returncode == 0
    os.utime(tmp_path / "x.json", (0, 0))
    assert command(*words).returncode == 2, "a report that is older than the log is of an earlier run"


def test_folder_under_the_name_of_the_report_is_told_before_the_work(tmp_path):
    (tmp_path / "x.json").mkdir()
    done = command(*QUICK, "-o", tmp_path / "x.json")
    assert done.returncode == 2
    assert "x.json was not written: it is a folder" in " ".join(done.stderr.split())


def test_reports_of_names_with_dots_and_of_data_sets_of_one_name_do_not_replace_each_other(tmp_path):
    for name in ("one", "two"):
        layouts.sstem(tmp_path / name / "ssTEM")
    words = ["-d", "ssTEM", "ssTEM", "--data", tmp_path / "one" / "ssTEM", tmp_path / "two" / "ssTEM"]
    done = command(*words, "--predictor", "disks", "--clicks", 1, "--miou", 1, "-o", tmp_path / "run.v2")
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.glob("*.json")} == {"run.v2_ssTEM.json", "run.v2_ssTEM-2.json"}


def test_volume_effort_tells_clicks_through_the_stack_and_slice_by_slice(tmp_path):
    output = tmp_path / "effort.json"
    settings = ("--volume-effort", "--predictor", "flood-fill", "--clicks", 3, "--target-iou", 0.6, "--max-objects", 4)
    done = command(*settings, "--output", output, env={"COLUMNS": "80"})
    assert done.returncode == 0, done.stderr
    assert "times fewer clicks" in done.stdout
    assert max(len(line) for line in done.stdout.splitlines() if not line.startswith("Written")) <= 80
    report = json.loads(output.read_text())
    assert len(report["objects"]) == 4
    assert report["summary"]["slices"] == sum(len(entry["clicks"]) for entry in report["objects"])
    assert report["provenance"]["data"]["slice_rule"] == "all"
    assert "Every object" in output.with_suffix(".html").read_text()


def test_volume_effort_goes_on_and_is_shared_with_equal_results(tmp_path):
    settings = ("--volume-effort", "--predictor", "flood-fill", "--clicks", 2, "--target-iou", 0.6, "--max-objects", 4)
    settings += ("--whole-objects", "components", "--min-size", 20)
    whole, cut = tmp_path / "whole.json", tmp_path / "cut.json"
    assert command(*settings, "--output", whole).returncode == 0
    log = whole.with_suffix(".objects.jsonl").read_text().splitlines(keepends=True)
    assert len(log) == 5
    cut.with_suffix(".objects.jsonl").write_text("".join(log[:3]) + log[3][:20])
    done = command(*settings, "--output", cut, "--resume", "--workers", 2)
    assert done.returncode == 0, done.stderr
    assert json.loads(cut.read_text()) == json.loads(whole.read_text())
    assert json.loads(whole.read_text())["provenance"]["objects through the stack"] == "components"
    assert cut.with_suffix(".objects.jsonl").read_text().splitlines(keepends=True)[:3] == log[:3]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (("--dataset", "ssTEM", "--data-dir", "nowhere"), "No folder"),
        (("--dataset", "STEM"), "Unknown data set 'STEM'"),
        (("--dataset", "ssTEM", "DAVIS", "--data-dir", "a", "b", "c"), "Expected one --data-dir for each"),
        (("--images", "nowhere"), "--images needs --masks"),
        (("--volume", "no.nii", "--labels", "no_seg.nii"), "No file or folder"),
        (("--predictor", "magic"), "Unknown predictor 'magic'. Choose one of: disks"),
        (("--predictor", "no_such_module:create"), "cannot be loaded"),
        (("--predictor", "disks", "--label", "77"), "no slice has a label of [77]"),
        (("--predictor", "disks", "--min-size", "99999999"), "no object to click"),
        (("--predictor", "disks", "--scheduler", "tcp://127.0.0.1:9"), "No scheduler answers at tcp://127.0.0.1:9"),
        (("--resume",), "name the same file"),
        (("--volume-effort", "--every", "2"), "no slice or object can be missing"),
        (("--draws", "3"), "--draws 3 needs --user human"),
        (("--volume-effort", "--user", "human"), "leave --user and --first out"),
        (("--volume-effort", "--predictor", "disks", "--min-slices", "9999"), "no object on enough slices"),
        (("compare", "nowhere.json", "nowhere.json"), "is no report of an evaluation"),
    ],
)
def test_mistakes_end_with_a_message(tmp_path, settings, message):
    done = command(*settings, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert message in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
