"""Draw docs/images/training_curve.png: mean IoU of the versions of the bundled network against samples.

The numbers stand in docs/explanation/learning_curve.csv; a new version adds rows from the reports of its evaluation.
Filled circles: published regions (`--regions published`). Squares: small objects enlarged, first clicks looked at more
than once and, from version 5 on, clicks obeyed, as in the window.
"""

import csv
from pathlib import Path

import matplotlib.pyplot as plt

DOCS = Path(__file__).resolve().parents[1] / "docs"
CLICKS = {"miou_1": (":", "1 click"), "miou_3": ("--", "3 clicks"), "miou_10": ("-", "10 clicks")}


def main() -> None:
    with open(DOCS / "explanation" / "learning_curve.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    for color, objects in zip(("C0", "C2", "C1"), dict.fromkeys(row["objects"] for row in rows), strict=True):
        for regions, marker in (("published", "o"), ("trained", "s")):
            versions = [row for row in rows if (row["objects"], row["regions"]) == (objects, regions)]
            samples = [int(row["samples"]) for row in versions]
            for column, (style, clicks) in CLICKS.items():
                values = [float(row[column]) for row in versions]
                label = f"{objects}, {clicks}" if regions == "published" else None
                axes.plot(samples, values, style, color=color, marker=marker, label=label)
    ticks = sorted({int(row["samples"]) for row in rows})
    axes.set(xscale="log", xlabel="samples", ylabel="mean IoU (%)", xticks=ticks, ylim=(0, 100))
    axes.set_xticklabels([f"{tick:,}".replace(",", " ") for tick in ticks])
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, ncols=3, loc="lower right")
    figure.savefig(DOCS / "images" / "training_curve.png", dpi=120)


if __name__ == "__main__":
    main()
