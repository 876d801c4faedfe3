"""`napari-simpleclick`: the demonstration, and the models at hand."""

from pathlib import Path

import tyro
from rich.console import Console
from rich.table import Table

from napari_simpleclick.cli.errors import told_as_messages


def demo(output: Path = Path("demo_output"), model: str | None = None, clicks: int = 5) -> None:
    """Click every object on some slices of the bundled samples, as in napari but without a window.

    Parameters
    ----------
    output
        Folder for the masks and the contact sheets.
    model
        Name or file of the model; the bundled one by default.
    clicks
        Clicks per object.
    """
    from napari_simpleclick.cli.demo import run_demo

    run_demo(output, model, clicks, Console())


def models() -> None:
    """List the models that can be chosen, with their files and hashes."""
    from napari_simpleclick.model.weights import available_models, sha256, weights_folder

    table = Table(title=f"Models; your own go into {weights_folder()}")
    for column in ("name", "file", "sha256"):
        table.add_column(column, overflow="fold")
    for found in available_models():
        table.add_row(found.name, str(found.path or "to be got"), sha256(found.path) if found.path else "")
    Console().print(table)


def main() -> None:
    """Run a command."""
    with told_as_messages():
        tyro.extras.subcommand_cli_from_dict({"demo": demo, "models": models}, prog="napari-simpleclick")


if __name__ == "__main__":
    main()
