"""`napari-simpleclick-eval compare`: two reports side by side, with paired p-values."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import tyro

from napari_simpleclick.cli.errors import plain_console, told_as_messages
from napari_simpleclick.cli.eval_tables import comparison_table, domain_differences_table


@dataclass(frozen=True)
class CompareCommand:
    """Compare two runs on the same objects; small p-values say that the difference is more than chance."""

    first: tyro.conf.Positional[Path]
    """Report of a run (.json)."""
    second: tyro.conf.Positional[Path]
    """Report of the other run."""


def main(arguments: Sequence[str]) -> None:
    """Run the command."""
    command = tyro.cli(CompareCommand, prog="napari-simpleclick-eval compare", args=arguments)
    with told_as_messages():
        from napari_simpleclick.evaluation.reports.compare import compare
        from napari_simpleclick.evaluation.reports.report import EvaluationReport

        reports = [EvaluationReport.read(path) for path in (command.first, command.second)]
        comparison, console = compare(*reports), plain_console()
        console.print(comparison_table(comparison, [command.first.stem, command.second.stem]))
        if comparison.domains:
            console.print(domain_differences_table(comparison))
