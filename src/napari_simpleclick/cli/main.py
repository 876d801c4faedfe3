"""`napari-simpleclick`: masks without a window, the demonstration, and the models at hand."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import tyro

from napari_simpleclick.cli.bench import BenchSettings
from napari_simpleclick.cli.errors import plain_console, told_as_messages
from napari_simpleclick.cli.quantise import QuantiseSettings
from napari_simpleclick.cli.version import tell_version
from napari_simpleclick.data.click_files import Coordinates
from napari_simpleclick.evaluation.protocol import MOST_CLICKS
from napari_simpleclick.inference.predictor_settings import PredictorSettings
from napari_simpleclick.ranges import require_ranges

PLAIN = PredictorSettings()
"""The bundled model on the fastest engine."""


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
    from napari_simpleclick.ranges import Range, require_range

    require_range("--clicks", clicks, Range(1, MOST_CLICKS))
    run_demo(output, model, clicks, plain_console())


def models() -> None:
    """List the models that can be chosen, with their files and hashes."""
    from napari_simpleclick.model.weights import available_models, sha256, weights_folder

    # No table: names, files and hashes are copied from here, so no line of theirs may break.
    console = plain_console()
    told = [f"Models; your own go into {weights_folder()}"]
    for found in available_models():
        told += ["", found.name, f"  file    {found.path or 'to be got'}"]
        told += [f"  sha256  {sha256(found.path)}"] if found.path else []
    console.print("\n".join(told), soft_wrap=True, markup=False, highlight=False)


def segment(
    image: tyro.conf.Positional[Path],
    clicks: Path,
    output: Annotated[Path, tyro.conf.arg(aliases=["-o"])],
    coordinates: Coordinates = "index",
    limits: tuple[float, float] | None = None,
    channels: tuple[Path, Path, Path] | None = None,
    resample: bool = False,
    keep_header_text: bool = False,
    network: tyro.conf.OmitArgPrefixes[PredictorSettings] = PLAIN,
) -> None:
    """Outline what the clicks in a file point at, as in napari but without a window.

    Parameters
    ----------
    image
        NIfTI volume, TIFF stack, OME-Zarr, picture, or folder of pictures of one size.
    clicks
        .json or .csv: object, position and sign of every click; docs/reference/click_files.md.
    output
        The mask: .nii.gz or .nii on the grid of the image, or .tif.
    coordinates
        Positions are indices of the array as napari shows it, voxels as the file stores them, or millimetres.
    limits
        Intensities that the network sees black and white; by default as napari shows the image.
    channels
        Three grey images on the same grid, such as other modalities: what the network sees as red, green and blue.
    resample
        Bring channels on other grids onto that of the image, instead of refusing them.
    keep_header_text
        Write the texts of a NIfTI image's header, which may name a patient, into the mask, too.
    network
        The model, and how it computes.
    """
    from napari_simpleclick.cli.segment import SegmentSettings, run_segment

    require_ranges(network)
    settings = SegmentSettings(image, clicks, output, coordinates, limits, channels, resample, keep_header_text)
    run_segment(settings, network.create, plain_console())


def replay(
    session: tyro.conf.Positional[Path],
    image: Path | None = None,
    output: Annotated[Path | None, tyro.conf.arg(aliases=["-o"])] = None,
    model: str | None = None,
) -> None:
    """Give every answer of a session file once more; ends with status 1 if a mask differs.

    Parameters
    ----------
    session
        File that the widget saved: .simpleclick.json.
    image
        The image, if it is not where it was.
    output
        Where to write the masks: .nii.gz, .nii or .tif.
    model
        File of the model, if it is not where it was.
    """
    from napari_simpleclick.cli.replay import run_replay

    if run_replay(session, image, output, model, plain_console()):
        sys.exit(1)


def bench(settings: tyro.conf.OmitArgPrefixes[BenchSettings]) -> None:
    """Measure the speed, memory and agreement of models, engines and precisions on this machine."""
    from napari_simpleclick.cli.bench import run_bench

    run_bench(settings, plain_console())


def quantise(settings: tyro.conf.OmitArgPrefixes[QuantiseSettings]) -> None:
    """Make a model faster in int8, and use that only if its masks stay as good on this machine."""
    from napari_simpleclick.cli.quantise import run_quantise

    run_quantise(settings, plain_console())


COMMANDS: dict[str, Callable[..., None]] = {
    "segment": segment,
    "replay": replay,
    "demo": demo,
    "models": models,
    "bench": bench,
    "quantise": quantise,
}


def main() -> None:
    """Run a command."""
    tell_version()
    with told_as_messages():
        tyro.extras.subcommand_cli_from_dict(COMMANDS, prog="napari-simpleclick")


if __name__ == "__main__":
    main()
