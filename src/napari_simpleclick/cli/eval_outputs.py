"""Files that an evaluation writes: their names, and what has to be asked of those that are there already."""

import json
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from napari_simpleclick.files import require_place

LOG = ".objects.jsonl"
"""Ending of the log of results beside a report."""

BESIDE = (".csv", ".domains.csv", ".html")
"""Endings of what is made of a report, beside it."""


def outputs(output: Path | None, datasets: Sequence[str]) -> list[Path | None]:
    """Files for the reports of data sets; of several, the data set's name is part of the file's, and no two are one.

    Examples
    --------
    >>> [path.name for path in outputs(Path("a/run.v2"), ["ssTEM"])]
    ['run.v2.json']
    >>> [path.name for path in outputs(Path("run.json"), ["ssTEM", "cells", "cells"])]
    ['run_ssTEM.json', 'run_cells.json', 'run_cells-2.json']
    """
    if output is None:
        return [None] * len(datasets)
    if output.suffix.lower() != ".json":
        output = output.with_name(f"{output.name}.json")
    if len(datasets) == 1:
        return [output]
    found: list[Path | None] = []
    for dataset in datasets:
        names = (f"{output.stem}_{dataset}{mark}{output.suffix}" for mark in ("", *(f"-{n}" for n in range(2, 1000))))
        found.append(next(path for name in names if (path := output.with_name(name)) not in found))
    return found


def require_own_files(output: Path, *, resume: bool) -> None:
    """Refuse before the work to write over files that no evaluation wrote, or over results that can be gone on with.

    The report itself is named by the user, and may be replaced.

    Raises
    ------
    ValueError
        Names the files.
    WriteError
        If the report cannot be written.
    """
    require_place(output)
    log, reported = output.with_suffix(LOG), is_report(output)
    beside = () if reported else tuple(output.with_suffix(ending) for ending in BESIDE)
    strange = [path.name for path in (*beside, *(() if is_log(log) else (log,))) if path.exists()]
    if strange:
        raise ValueError(
            f"{' and '.join(strange)} beside {output} would be replaced, but no evaluation wrote "
            f"{'it' if len(strange) == 1 else 'them'}. Choose another --output."
        )
    if not resume and (done := count(log)) and not (reported and log.stat().st_mtime <= output.stat().st_mtime):
        raise ValueError(
            f"{log} holds {done} results of a run that was not finished. Go on with --resume, choose another --output, "
            "or remove the file to begin anew."
        )


def is_report(path: Path) -> bool:
    """Whether an evaluation wrote a file."""
    try:
        return is_of_evaluation(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError):
        return False


def is_log(path: Path) -> bool:
    """Whether an evaluation wrote a file as its log."""
    try:
        with path.open(encoding="utf-8") as file:
            return is_of_evaluation(json.loads(file.readline()))
    except (OSError, ValueError, RecursionError):
        return False


def is_of_evaluation(content: Any) -> bool:
    """Whether this says what was evaluated, and how."""
    return isinstance(content, dict) and "dataset" in content and not {"protocol", "volume_effort"}.isdisjoint(content)


def count(log: Path) -> int:
    """Results in a log: the lines behind the first."""
    if not log.exists():
        return 0
    with log.open("rb") as file:
        return sum(1 for _ in islice(file, 1, None))
