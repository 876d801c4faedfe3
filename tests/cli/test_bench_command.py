"""`napari-simpleclick bench` measures, prints a table, writes JSON, and keeps the figures for the model menu."""

import io
import json
import os
import subprocess
import sys
from dataclasses import asdict

import pytest
import torch
from rich.console import Console
from tests.fakes import Said, called

from napari_simpleclick.cli import bench as command
from napari_simpleclick.cli.main import main
from napari_simpleclick.evaluation.click_times import FirstLook
from napari_simpleclick.inference.engines.speed_figures import SpeedFigures, SpeedReport, keep_speed, read_speed
from napari_simpleclick.model.checkpoint import save_checkpoint
from napari_simpleclick.model.simpleclick import SimpleClick, SimpleClickConfig
from napari_simpleclick.model.weights import DEFAULT_MODEL


def bench(tmp_path, *arguments: str) -> Said:
    """Run the command with caches of its own."""
    return called(main, "bench", *arguments, env={"XDG_CACHE_HOME": str(tmp_path), "COLUMNS": "120"})


@pytest.fixture
def small_model(tmp_path):
    torch.manual_seed(0)
    config = SimpleClickConfig(
        patch_size=16, dim=32, depth=4, heads=2, pyramid_channels=(8, 8, 16, 16), head_channels=8, image_size=224
    )
    path = tmp_path / "small.safetensors"
    save_checkpoint(path, SimpleClick(config).eval())
    return str(path)


def test_bench_measures_prints_and_keeps(tmp_path, small_model):
    output = tmp_path / "speed.json"
    variants = ("torch-f32", "torch-bf16", "openvino-int8")
    done = bench(
        tmp_path, "--model", small_model, "--size", "224", "--clicks", "3", "--variants", *variants, "-o", str(output)
    )
    assert done.returncode == 0, done.stderr
    for text in ("torch float32 on cpu", "Matrix product in GFLOP/s", "openvino int8 left out", "Kept for the model"):
        assert text in done.stdout
    written = json.loads(output.read_text())
    exact, half = written["figures"]
    assert exact["engine"] == "torch float32 on cpu"
    assert exact["iou_with_float32"] == 1
    assert half["engine"].startswith("torch bfloat16")
    assert half["weights_mb"] == exact["weights_mb"] / 2
    for entry in (exact, half):
        assert 0 < entry["next_ms"] <= entry["next_p95_ms"]
        assert entry["load_seconds"] > 0
        assert entry["gflop"] > 0
        assert entry["click_peak_mb"] > entry["libraries_mb"] > 50
    assert written["machine"]["matrix_gflops"]["f32"] > 1
    kept = read_speed(tmp_path / "napari-simpleclick" / "speed.json")
    assert [asdict(entry) for entry in kept.figures] == written["figures"]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
def test_bench_measures_the_gpu_where_there_is_one(tmp_path, small_model):
    output = tmp_path / "speed.json"
    done = bench(tmp_path, "--model", small_model, "--size", "224", "--clicks", "3", "-o", str(output))
    assert done.returncode == 0, done.stderr
    written = json.loads(output.read_text())
    assert [entry["engine"] for entry in written["figures"]] == [
        f"torch {word} on cuda" for word in ("float32", "bfloat16", "float16")
    ]
    assert torch.cuda.get_device_name() == written["machine"]["gpu"]
    assert all(0 < entry["click_peak_mb"] < 1000 for entry in written["figures"])


def test_unknown_model_is_told_before_anything_is_measured(tmp_path):
    done = bench(tmp_path, "--model", "vit_giant")
    assert done.returncode == 2
    assert "Unknown model 'vit_giant'" in done.stderr


def figures(**changes) -> SpeedFigures:
    values = {
        "model": "small",
        "engine": "torch float32 on cpu",
        "size": 448,
        "flip": False,
        "load_seconds": 1.0,
        "was_compiled": False,
        "first_ms": 50.0,
        "next_ms": 40.0,
        "next_p95_ms": 45.0,
        "new_region_ms": 60.0,
        "libraries_mb": 700.0,
        "load_peak_mb": 900.0,
        "click_peak_mb": 800.0,
        "weights_mb": 18.0,
        "gflop": 10.0,
        "share_of_peak": 0.4,
        "iou_with_float32": 1.0,
    }
    return SpeedFigures(**{**values, **changes})


def test_newer_figures_take_the_place_of_older_ones_and_others_stay(tmp_path):
    path = tmp_path / "speed.json"
    keep_speed(SpeedReport({"date": "2026-01-01"}, (figures(), figures(engine="OpenVINO bf16", next_ms=11.0))), path)
    keep_speed(SpeedReport({"date": "2026-01-02"}, (figures(next_ms=30.0),)), path)
    assert [entry.next_ms for entry in read_speed(path).figures] == [30.0, 11.0]
    assert read_speed(path).text("small") == "11 ms per click on this machine (OpenVINO bf16, measured 2026-01-02)"
    assert read_speed(path).text("other") == ""


NO_NUMBER = SpeedReport({}, (figures(next_ms="<b>fast</b>"),)).to_json()


@pytest.mark.parametrize(
    "content",
    ["damaged", "{}", "[]", '{"machine": {}, "figures": [{"model": "of another version"}]}', NO_NUMBER],
)
def test_damaged_figures_count_as_none(tmp_path, content):
    path = tmp_path / "speed.json"
    path.write_text(content)
    assert not read_speed(path).figures
    assert not read_speed(tmp_path / "missing.json").figures


def test_first_table_comes_before_everything_else_is_measured(monkeypatch):
    output, asked = io.StringIO(), []

    def in_new_process(function, *arguments):
        asked.append((function, *arguments))
        if function is command.look:
            return FirstLook(engine="OpenVINO f32", load_seconds=0.5, first_ms=65.0, next_ms=21.0, new_region_ms=50.0)
        assert "OpenVINO f32 │  0.5 │    65 │   21 │  50" in output.getvalue()
        return (
            ("cpu", "", {"f32": 100.0, "bf16": 1.0, "int8": 100.0}) if function is command.what_computes else figures()
        )

    monkeypatch.setattr(command, "in_new_process", in_new_process)
    monkeypatch.setattr(command, "keep_speed", lambda report: f"{len(report.figures)} figures")
    command.run_bench(command.BenchSettings(model=(DEFAULT_MODEL,)), Console(file=output, width=120))
    (_, look), _, *others = asked
    assert (look.model, look.engine, look.precision) == (DEFAULT_MODEL, "auto", "auto")
    assert [job.clicks for _, job in others] == [20] * 4
    assert "4 of 4: small, torch float32 on cpu: 40 ms per click" in output.getvalue()
    assert "Kept for the model menu: 4 figures" in output.getvalue()


def test_a_first_look_that_fails_is_told_and_the_rest_goes_on(monkeypatch):
    output = io.StringIO()

    def in_new_process(function, *_arguments):
        if function is command.look:
            raise ValueError("no such engine here")
        return ("cpu", "", {"f32": 100.0, "bf16": 1.0}) if function is command.what_computes else figures()

    monkeypatch.setattr(command, "in_new_process", in_new_process)
    monkeypatch.setattr(command, "keep_speed", lambda _report: "")
    command.run_bench(command.BenchSettings(model=(DEFAULT_MODEL,)), Console(file=output, width=120))
    assert "First look left out: no such engine here" in output.getvalue()
    assert "4 of 4: small" in output.getvalue()


FIRST_LOOK = """
import sys
from napari_simpleclick.evaluation.click_times import first_look
from napari_simpleclick.inference.predictor_settings import PredictorSettings
for _ in range(2):
    imported = "torch" in sys.modules
    seen = first_look(PredictorSettings(model=sys.argv[1], size=224))
    assert seen.first_ms > 0 and seen.next_ms > 0 and seen.new_region_ms > 0, seen
print(seen.engine, imported, "torch" in sys.modules)
"""


def test_first_look_takes_no_torch_where_an_earlier_start_compiled_the_network(tmp_path, small_model):
    pytest.importorskip("openvino")
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    ran = [
        subprocess.run(
            [sys.executable, "-c", FIRST_LOOK, small_model],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        for _ in range(2)
    ]
    assert [each.stderr for each in ran if each.returncode] == []
    assert ran[0].stdout.split()[-2:] == ["True", "True"]
    assert ran[1].stdout.split()[-2:] == ["False", "False"]
    assert ran[1].stdout.startswith("OpenVINO")


def test_variants_that_were_chosen_by_hand_are_measured_at_once():
    assert command.first_look(command.BenchSettings(variants=("torch-f32",))) is None
