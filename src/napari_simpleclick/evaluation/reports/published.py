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
        Training data; with † where the table marks the number so.
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
    return [quoted(row) for row in rows]


def quoted(row: dict[str, str]) -> PublishedResult:
    """A row of the file; the table's mark moves from the number to the training data."""
    number, _, mark = row["value"].partition(" ")
    model = f"{row['model']} {row['backbone']}".strip()
    return PublishedResult(model, f"{row['trained_on']} {mark}".strip(), row["metric"], float(number))
