"""The kinds of files that we read: whole examples to start from, and what opens them."""

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from napari_simpleclick.evaluation.reports.report import EvaluationReport

IMAGE = np.arange(3 * 16 * 20, dtype=np.uint16).reshape(3, 16, 20)


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    Parameters
    ----------
    name, ending
        What it is called, and how its files end.
    examples
        Whole files.
    open
        Reads a file as the product does, and looks at what was read.
    """

    name: str
    ending: str
    examples: Callable[[], list[bytes]]
    open: Callable[[Path], object]


def written(ending: str, write: Callable[[Path], object]) -> bytes:
    """The bytes of a file that something writes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{ending}"
        write(path)
        return path.read_bytes()


def look_at(volume: object) -> None:
    """Read a plane of a volume as the network sees it, and its placement."""
    from napari_simpleclick.data.volume import Volume
    from napari_simpleclick.plugin.io.readers import placement

    assert isinstance(volume, Volume)
    placement(volume)
    np.asarray(volume.plane(0).image())


def volume_of(path: Path) -> None:
    """The file, or what is whole of it."""
    from napari_simpleclick.data.errors import VolumeError
    from napari_simpleclick.data.io import read_volume

    try:
        look_at(read_volume(path))
    except VolumeError:
        with suppress(VolumeError):
            look_at(read_volume(path.with_name(f"{path.name}#whole")))
        raise


def nifti(ending: str) -> Kind:
    def examples() -> list[bytes]:
        import nibabel

        images = [nibabel.Nifti1Image(IMAGE.T.astype(kind), np.diag([2.0, 3, 4, 1])) for kind in (np.int16, np.float32)]
        images[0].header.set_slope_inter(2, 1)
        images.append(nibabel.Nifti2Image(IMAGE.T.astype(np.uint8), np.eye(4)))
        return [written(ending, lambda path, image=image: nibabel.save(image, path)) for image in images]

    return Kind(ending[1:].replace(".", ""), ending, examples, volume_of)


def tiffs() -> list[bytes]:
    import tifffile

    settings = ({}, {"compression": "zlib"}, {"imagej": True}, {"ome": True, "compression": "zlib"}, {"tile": (16, 16)})
    return [written(".tif", lambda path, told=told: tifffile.imwrite(path, IMAGE, **told)) for told in settings]


def pictures(ending: str) -> Kind:
    def examples() -> list[bytes]:
        import imageio.v3 as iio

        pixels = (IMAGE[0] % 256).astype(np.uint8)
        return [
            written(ending, lambda path, data=data: iio.imwrite(path, data))
            for data in (pixels, np.stack([pixels] * 3, -1))
        ]

    def look(path: Path) -> None:
        from napari_simpleclick.data.pictures import read_marks, read_rgb

        read_rgb(path)
        read_marks(path)

    return Kind(ending[1:], ending, examples, look)


def mats() -> list[bytes]:
    from scipy.io import savemat

    content = {"GTinst": {"Segmentation": (IMAGE[0] % 5).astype(np.uint8), "Categories": np.ones((3, 1))}}
    return [written(".mat", lambda path, on=on: savemat(path, content, do_compression=on)) for on in (False, True)]


def instances(path: Path) -> None:
    from napari_simpleclick.data.datasets.sbd import read_instances

    read_instances(path)


def clicks_json() -> list[bytes]:
    rows = [
        {"object": 1, "at": [1, 4, 5], "positive": True},
        {"object": 2, "at": [2, 3.5, 9], "axes": [1, 2], "time": 7.5},
    ]
    return [json.dumps(content).encode() for content in (rows, {"clicks": rows})]


def clicks_csv() -> list[bytes]:
    text = io.StringIO()
    csv.writer(text).writerows(
        [
            ("index", "axis-0", "axis-1", "axis-2", "object", "positive", "axes", "time"),
            (0, 1, 4, 5, 1, True, "1 2", 0.5),
        ]
    )
    return [text.getvalue().encode(), b"axis-0,axis-1,axis-2\n0,3,4\n2,5,6\n"]


def click_file(path: Path) -> None:
    from napari_simpleclick.data.click_files import read_clicks
    from napari_simpleclick.data.volume import Volume

    volume = Volume(IMAGE, (1.0, 1.0, 1.0))
    for click in read_clicks(path):
        click.on(volume)


@cache
def sessions() -> list[bytes]:
    from tests.annotation.session_files.test_format import saved, worked

    about = {"image": {"name": "a", "path": "a.tif", "shape": [4, 60, 70], "dtype": "uint8", "hash": "v2-0"}}
    text = written(".json", lambda path: saved(path, worked())).decode()
    whole = json.loads(text)
    whole["about"] = about | {"settings": {"object": 1, "overlap": "keep", "shown": "objects", "channels": []}}
    return [text.encode(), (json.dumps(whole) + "\n").encode()]


def session(path: Path) -> None:
    from napari_simpleclick.annotation.annotator import Annotator
    from napari_simpleclick.annotation.session_files.image_location import locate
    from napari_simpleclick.annotation.session_files.restore import RestoredSession
    from napari_simpleclick.cli.session_predictors import named_model, parts_of, size_of
    from napari_simpleclick.data.plane import plane_at
    from napari_simpleclick.model.weights import DEFAULT_MODEL
    from tests.annotation.session_files.test_format import IMAGES, Soft

    found = RestoredSession.read(path)
    steps, history, objects = found.steps(), found.history(), found.objects()
    locate(found.content.about.get("image", {}), path, {})
    for facts in found.content.predictors:
        parts_of(str(facts.get("engine", "")))
        size_of(facts)
        named_model({**facts, "model": DEFAULT_MODEL})
    keys = {record["plane"] for record in found.content.steps.values()} | {plane for _, plane in steps}
    for key in keys:
        plane_at(key, np.zeros((4, 60, 70)))
    if keys <= IMAGES.keys():
        annotator = Annotator(Soft())
        annotator.restore(IMAGES, steps, history, objects)
        annotator.summaries()
        annotator.undo()


def report_files() -> list[bytes]:
    from napari_simpleclick.clicks import Click
    from napari_simpleclick.evaluation.protocol import EvaluationProtocol
    from napari_simpleclick.evaluation.reports.report import EvaluationReport, ObjectResult

    protocol = EvaluationProtocol(max_clicks=3, miou_clicks=(1, 3))
    results = tuple(
        ObjectResult("a.png", number, (Click(1, 2),) * 3, (0.5, 0.8, 0.9), (0.1,) * 3, (0.3, 0.4, 0.5))
        for number in (1, 2)
    )
    return [written(".json", EvaluationReport("a", protocol, results, {"model": "b"}).write)]


def report(path: Path) -> None:
    from napari_simpleclick.evaluation.reports.report import EvaluationReport

    numbers_of(EvaluationReport.read(path))


def numbers_of(report: "EvaluationReport") -> None:
    """Everything that is computed from a report, but for intervals, which take long."""
    from napari_simpleclick.evaluation.reports.report_csv import clicks_csv, domains_csv

    report.summary()
    report.extras()
    report.by_domain()
    clicks_csv(report)
    domains_csv(report)


RUN = {"model": "b", "protocol": {"max_clicks": 3, "stop_at": None}}


def logs() -> list[bytes]:
    results = json.loads(report_files()[0])["objects"]
    lines = [RUN, *({"picture": 0, "objects": 2, "result": each} for each in results)]
    return ["".join(json.dumps(line) + "\n" for line in lines).encode()]


def log(path: Path) -> None:
    from napari_simpleclick.evaluation.evaluate import in_order
    from napari_simpleclick.evaluation.protocol import EvaluationProtocol
    from napari_simpleclick.evaluation.reports.report import EvaluationReport
    from napari_simpleclick.evaluation.result_log import ResultLog

    found = ResultLog(path, RUN, resume=True)
    assert found.done is not None
    assert found.complete is not None
    if found.placed:
        numbers_of(EvaluationReport("a", EvaluationProtocol(max_clicks=3, miou_clicks=(1, 3)), in_order(found.placed)))


def effort_logs() -> list[bytes]:
    from napari_simpleclick.evaluation.effort.result import EffortResult

    result = EffortResult("a", (1, 0, 2), (0.9, 0.8, 0.9), 0.85, ((0.5, 0.9), (0.8,), (0.9,)), (0.4, 0.8), (0.3, 0.7))
    lines = [{"model": "b"}, *({"number": number, "result": asdict(result)} for number in range(2))]
    return ["".join(json.dumps(line) + "\n" for line in lines).encode()]


def effort_log(path: Path) -> None:
    from napari_simpleclick.evaluation.effort.report import EffortReport
    from napari_simpleclick.evaluation.effort.result import EffortProtocol
    from napari_simpleclick.evaluation.result_log import EffortLog

    found = EffortLog(path, {"model": "b"}, resume=True)
    if found.results:
        results = tuple(found.results[number] for number in sorted(found.results))
        EffortReport("a", EffortProtocol(), results, {}).summary()


@cache
def checkpoints(ending: str) -> tuple[bytes, ...]:
    import torch

    from napari_simpleclick.model.checkpoint import save_checkpoint
    from napari_simpleclick.model.simpleclick import SimpleClick, SimpleClickConfig

    config = SimpleClickConfig(
        patch_size=16, dim=16, depth=4, heads=2, pyramid_channels=(4, 4, 8, 8), head_channels=4, image_size=64
    )
    torch.manual_seed(0)
    model = SimpleClick(config).eval()
    if ending == ".safetensors":
        return (written(ending, lambda path: save_checkpoint(path, model)),)
    heads = {"params": {"backbone_params": {"value": {"num_heads": 2}}}}
    content = {"state_dict": model.state_dict(), "config": heads}
    return tuple(
        written(ending, lambda path, new=new: torch.save(content, path, _use_new_zipfile_serialization=new))
        for new in (True, False)
    )


def checkpoint(path: Path) -> None:
    from napari_simpleclick.model.checkpoint import load_checkpoint

    load_checkpoint(path)


def run_state():
    import torch

    from napari_simpleclick.model.simpleclick import SimpleClick, SimpleClickConfig
    from napari_simpleclick.training.state import RunState

    torch.manual_seed(0)
    model = SimpleClick(SimpleClickConfig(16, 16, 4, 2, (4, 4, 8, 8), 4, 64))
    return RunState(model, torch.optim.AdamW(model.parameters()), average=0.9)


@cache
def states() -> tuple[bytes, ...]:
    with tempfile.TemporaryDirectory() as folder:
        run_state().save(Path(folder))
        return ((Path(folder) / "state.pt").read_bytes(),)


STATE = cache(run_state)
"""Loads one state after the other: making a network takes longer."""


def state(path: Path) -> None:
    path.replace(path.with_name("state.pt"))
    STATE().load(path.parent)


def zarr_metadata() -> list[bytes]:
    axes = [{"name": name, "type": "space", "unit": "micrometer"} for name in "zyx"]
    scale = [{"type": "scale", "scale": [2.0, 0.5, 0.5]}]
    image = {"name": "a", "axes": axes, "datasets": [{"path": "0", "coordinateTransformations": scale}]}
    content = {
        "zarr_format": 3,
        "node_type": "group",
        "attributes": {"ome": {"version": "0.5", "multiscales": [image]}},
    }
    return [json.dumps(content).encode()]


def zarr_image(path: Path) -> None:
    """The file as the metadata of a group with an array."""
    import zarr

    from napari_simpleclick.data.io import read_volume

    folder = path.with_name("a.zarr")
    if not folder.exists():
        zarr.create_array(folder / "0", data=IMAGE, chunks=(1, 16, 20))
    (folder / "zarr.json").write_bytes(path.read_bytes())
    look_at(read_volume(folder))


def zarr_array(path: Path) -> None:
    """The file as the metadata of an array."""
    import zarr

    from napari_simpleclick.data.io import read_volume

    folder = path.with_name("b.zarr")
    if not folder.exists():
        zarr.create_array(folder, data=IMAGE, chunks=(1, 16, 20))
    (folder / "zarr.json").write_bytes(path.read_bytes())
    look_at(read_volume(folder))


def zarr_array_metadata() -> list[bytes]:
    import zarr

    with tempfile.TemporaryDirectory() as folder:
        zarr.create_array(Path(folder) / "a.zarr", data=IMAGE, chunks=(1, 16, 20))
        return [(Path(folder) / "a.zarr" / "zarr.json").read_bytes()]


def speed_files() -> list[bytes]:
    from napari_simpleclick.inference.engines.speed_figures import SpeedFigures, SpeedReport

    names = ("load_seconds", "first_ms", "next_ms", "next_p95_ms", "new_region_ms", "weights_mb", "gflop")
    told = {name: 1.0 for name in names} | {"libraries_mb": 1.0, "load_peak_mb": 2.0, "click_peak_mb": 3.0}
    figures = SpeedFigures(
        model="m", engine="e", size=448, flip=False, was_compiled=True, share_of_peak=0.5, iou_with_float32=1.0, **told
    )
    return [SpeedReport({"date": "today"}, (figures,)).to_json().encode()]


def speed_file(path: Path) -> None:
    from napari_simpleclick.inference.engines.speed_figures import read_speed

    read_speed(path).text("m")


def graph_answers() -> list[bytes]:
    arrays = {"probabilities": np.zeros((1, 1, 32, 32), np.float32), "asked": np.array("hash")}
    return [written(".npz", lambda path: np.savez(path, **arrays))]


def graph_answer(path: Path) -> None:
    from napari_simpleclick.inference.engines.graph_cache import EXPECTED, kept_answer
    from napari_simpleclick.inference.engines.graph_seal import seal

    place = path.with_name(EXPECTED)
    place.write_bytes(path.read_bytes())
    seal(place.parent, [EXPECTED])  # as if it had been written so
    kept_answer(place.parent, size=32, batch=1)


def kinds() -> Iterator[Kind]:
    """All kinds."""
    yield nifti(".nii")
    yield nifti(".nii.gz")
    yield Kind("tif", ".tif", tiffs, volume_of)
    for ending in (".png", ".jpg", ".gif", ".bmp"):
        yield pictures(ending)
    yield Kind("mat", ".mat", mats, instances)
    yield Kind("clicks_json", ".json", clicks_json, click_file)
    yield Kind("clicks_csv", ".csv", clicks_csv, click_file)
    yield Kind("session", ".simpleclick.json", sessions, session)
    yield Kind("report", ".json", report_files, report)
    yield Kind("log", ".jsonl", logs, log)
    yield Kind("effort_log", ".jsonl", effort_logs, effort_log)
    for ending in (".safetensors", ".pth"):
        yield Kind(ending[1:], ending, lambda ending=ending: list(checkpoints(ending)), checkpoint)
    yield Kind("state", ".pt", lambda: list(states()), state)
    yield Kind("zarr_group", ".json", zarr_metadata, zarr_image)
    yield Kind("zarr_array", ".json", zarr_array_metadata, zarr_array)
    yield Kind("speed", ".json", speed_files, speed_file)
    yield Kind("graph_answer", ".npz", graph_answers, graph_answer)
