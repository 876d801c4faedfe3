"""Pictures of reports for the documents: the bundled model on the bundled samples, and on data that are not bundled.

    python scripts/make_report_pictures.py                  # clicks the samples, ten times each
    python scripts/make_report_pictures.py report.json ...  # curves of reports side by side

Run it again when the bundled weights change.
"""

import sys
from io import BytesIO
from pathlib import Path

import imageio.v3 as imageio
from matplotlib.figure import Figure

from napari_simpleclick.data.datasets.registry import open_dataset
from napari_simpleclick.evaluation.evaluate import evaluate_pictures, in_order
from napari_simpleclick.evaluation.job import DatasetChoice, EvaluationJob
from napari_simpleclick.evaluation.protocol import EvaluationProtocol
from napari_simpleclick.evaluation.reports.plots import draw_clicks_needed, draw_curve, worst_picture
from napari_simpleclick.evaluation.reports.report import EvaluationReport
from napari_simpleclick.evaluation.reports.worst import worst_objects

IMAGES = Path(__file__).parents[1] / "docs" / "images"


def main() -> None:
    reports = [EvaluationReport.read(Path(name)) for name in sys.argv[1:]]
    if reports:
        draw_side_by_side(reports)
    else:
        draw_samples()


def draw_side_by_side(reports: list[EvaluationReport]) -> None:
    """Curves of evaluations of the data that the model card names."""
    figure = Figure(figsize=(4.6 * len(reports), 3.8), layout="constrained", dpi=100)
    for report, axes in zip(reports, figure.subplots(1, len(reports), squeeze=False)[0], strict=True):
        axes.spines[["top", "right"]].set_visible(False)
        draw_curve(report, axes)
        axes.set_title(f"{report.dataset}, {len(report.objects)} objects", fontsize=10)
    figure.savefig(IMAGES / "report_data.png", metadata={"Software": None})


def draw_samples() -> None:
    """Curve, clicks needed and worst object of the samples."""
    job = EvaluationJob(DatasetChoice("samples"), protocol=EvaluationProtocol(max_clicks=10))
    dataset, predictor = open_dataset("samples", Path()), job.predictor.create()
    placed = in_order(evaluate_pictures(predictor, dataset, job.protocol, range(len(dataset))))
    report = EvaluationReport(dataset.name, job.protocol, placed, job.provenance(dataset))
    figure = Figure(figsize=(11, 3.8), layout="constrained", dpi=100)
    for draw, axes in zip((draw_curve, draw_clicks_needed), figure.subplots(1, 2), strict=True):
        axes.spines[["top", "right"]].set_visible(False)
        draw(report, axes)
    figure.savefig(IMAGES / "report_curve.png", metadata={"Software": None})
    worst = worst_objects(report, dataset, predictor, count=1)[0]
    imageio.imwrite(IMAGES / "report_worst.png", imageio.imread(BytesIO(worst_picture(worst))))


if __name__ == "__main__":
    main()
