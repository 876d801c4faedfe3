"""Draw docs/images/training_curve.png: IoU in training against samples, from the log of a run.

python scripts/make_training_curve.py runs/next/log.csv
"""

import csv
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

OUTPUT = Path(__file__).resolve().parents[1] / "docs" / "images" / "training_curve.png"
WINDOW = 25
"""Log lines that are averaged; one comes every twenty steps."""


def main() -> None:
    with open(sys.argv[1], newline="") as file:
        rows = list(csv.DictReader(file))
    samples, sizes = (np.array([int(row[name]) for row in rows]) for name in ("samples", "size"))
    ious = np.array([float(row["iou"]) for row in rows])
    figure, axes = plt.subplots(figsize=(7, 3.5), layout="constrained")
    for size in np.unique(sizes):
        chosen = sizes == size
        window = min(WINDOW, int(chosen.sum()))
        mean = np.convolve(ious[chosen], np.ones(window) / window, mode="valid")
        axes.plot(samples[chosen][window - 1 :], mean, label=f"{size} px")
    axes.set(xscale="log", xlabel="samples", ylabel=f"IoU of the last prediction, mean of {WINDOW} lines")
    axes.legend()
    axes.grid(alpha=0.3, which="both")
    figure.savefig(OUTPUT, dpi=120)


if __name__ == "__main__":
    main()
