"""Draw docs/images/report_effort.png: mean 3-D IoU against clicks per slice.

Arguments are titles with reports of `napari-simpleclick-eval --volume-effort --goal volume`; such as
"MS lesions=lesions.json".
"""

import json
import sys
from pathlib import Path

from matplotlib.figure import Figure

from napari_simpleclick.evaluation.effort.report import EffortReport

PICTURE = Path(__file__).parent.parent / "docs" / "images" / "report_effort.png"


def main() -> None:
    """One panel for each report."""
    titles = [argument.rsplit("=", 1) for argument in sys.argv[1:]]
    if not titles or any(len(pair) != 2 for pair in titles):
        sys.exit("Expected TITLE=REPORT.json, once for each panel.")
    figure = Figure(figsize=(4.2 * len(titles), 3.2), layout="constrained")
    for (title, path), axes in zip(titles, figure.subplots(1, len(titles), squeeze=False)[0], strict=True):
        report = EffortReport.from_json(json.loads(Path(path).read_text()))
        report.draw_course(axes)
        axes.set_title(f"{title} ({len(report.objects)} objects)", fontsize=9)
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(PICTURE, dpi=110)


if __name__ == "__main__":
    main()
