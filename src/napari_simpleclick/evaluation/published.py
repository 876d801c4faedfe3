"""Published numbers, quoted from the tables of the SimpleClick paper."""

import csv
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class PublishedResult:
    """One number of one table, quoted.

    Parameters
    ----------
    model
        Method and backbone.
    trained_on
        Training data.
    metric
        Name as in our reports, such as "mIoU@10".
    value
        In the paper's unit: IoU in per cent, NoC in clicks.
    """

    model: str
    trained_on: str
    metric: str
    value: float


def published_results(dataset: str) -> list[PublishedResult]:
    """What the paper reports for a data set, in the order of its tables.

    Examples
    --------
    >>> max(result.value for result in published_results("ssTEM"))
    94.34
    """
    with (Path(__file__).parent / "published_results.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["dataset"] == dataset and row["table"] != "ablation"]
    return [
        PublishedResult(
            f"{row['model']} {row['backbone']}".strip(), row["trained_on"], row["metric"], float(row["value"])
        )
        for row in rows
    ]
