"""Draw docs/images/training_curve.png: mean IoU of the versions of the bundled network on every validation set.

The numbers stand in docs/explanation/validation_sets.csv; a new version adds a row for every set. The axis counts the
samples that were drawn since real pictures are among them, which is since version 6.
"""

import csv
from pathlib import Path

import matplotlib.pyplot as plt

DOCS = Path(__file__).resolve().parents[1] / "docs"
CLICKS = {"miou_10": ("10 clicks", "C0"), "miou_5": ("5", "C2"), "miou_3": ("3", "C1"), "miou_1": ("1 click", "C3")}


def main() -> None:
    with open(DOCS / "explanation" / "validation_sets.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    sets = list(dict.fromkeys(row["set"] for row in rows))
    figure, axes = plt.subplots(1, len(sets), figsize=(2.1 * len(sets), 3.2), sharey=True, layout="constrained")
    for ax, name in zip(axes, sets, strict=True):
        versions = [row for row in rows if row["set"] == name]
        samples = [int(row["real_samples"]) for row in versions]
        for column, (label, color) in CLICKS.items():
            ax.plot(samples, [float(row[column]) for row in versions], marker="o", color=color, label=label)
        for row in versions:
            ax.annotate(f"v{row['version']}", (int(row["real_samples"]), 101), ha="center", fontsize=8)
        ax.set(xscale="log", title=f"{name} ({versions[-1]['objects']})", xlabel="samples", ylim=(20, 105))
        ax.set_xticks(samples, [f"{count / 1000:.0f}k" for count in samples], minor=False)
        ax.minorticks_off()
        ax.set_xlim(min(samples) / 2, max(samples) * 2)
        ax.grid(alpha=0.3)
    axes[0].set_ylabel("mean IoU (%)")
    axes[2].legend(fontsize=8, loc="lower right", ncols=2)
    figure.savefig(DOCS / "images" / "training_curve.png", dpi=120)


if __name__ == "__main__":
    main()
