"""Open every picture and volume that installed packages carry, click once, write the mask and read it again.

    python scripts/try_corpus.py                      # all packages of this environment
    python scripts/try_corpus.py FOLDER ... --list --network

Counts what was opened, opened with a notice, refused by an error of ours, or ended in a foreign exception; the exit
code is 1 if there was one. Clicks are answered with a disk, so that files are tried and not networks, unless
`--network` asks for the bundled one. Volumes of formats that are not read are tried as well: they have to be refused.
"""

import argparse
import sysconfig
import tempfile
import traceback
from collections import Counter
from pathlib import Path

import numpy as np

from napari_simpleclick import load_predictor
from napari_simpleclick.clicks import Click
from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.file_names import NIFTI, PICTURES, TIFF
from napari_simpleclick.data.io import read_volume, write_mask
from napari_simpleclick.evaluation.baselines import disks_predictor
from napari_simpleclick.inference.session import ClickSession, PredictorLike

NOT_READ = (".mgz", ".mgh", ".mnc", ".par", ".rec", ".dcm", ".hdr", ".img", ".nrrd", ".mha")
"""Endings of volumes of other formats."""


def found(folders: list[Path]) -> list[Path]:
    """Pictures, volumes and Zarr folders, the outermost ones only."""
    paths = sorted(path for folder in folders for path in folder.rglob("*") if known(path))
    zarrs = {path for path in paths if path.suffix.lower() == ".zarr"}
    return [path for path in paths if not zarrs.intersection(path.parents)]


def known(path: Path) -> bool:
    name = path.name.lower()
    return name.endswith(".zarr") or (path.is_file() and name.endswith((*NIFTI, *TIFF, *PICTURES, *NOT_READ)))


def tried(path: Path, folder: Path, predictor: PredictorLike) -> str:
    """What came of one file, from reading it to reading its mask."""
    try:
        volume = read_volume(path)
        plane = volume.plane(volume.shape[0] // 2)
        session = ClickSession(predictor, plane.image())
        session.click(Click(plane.shape[0] // 2, plane.shape[1] // 2))
        box, mask = session.prediction.object_mask()
        labels = np.zeros(volume.shape, np.uint8)
        plane.paste(mask, box, labels, 1)
        target = folder / ("mask.nii.gz" if volume.geometry else "mask.tif")
        write_mask(target, labels, volume)
        again = np.asarray(read_volume(target, labels=True).data)
        if not np.array_equal(again.squeeze(), labels.squeeze()):
            return "WRONG: another mask came back"
        return f"opened with a notice: {volume.notices[0]}" if volume.notices else "opened"
    except VolumeError as error:
        return f"refused: {error}"
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"FOREIGN: {type(error).__name__} {error} at {Path(place.filename).name}:{place.lineno}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, default=[Path(sysconfig.get_paths()["purelib"])])
    parser.add_argument("--list", action="store_true", help="name every file that did not simply open")
    parser.add_argument("--network", action="store_true", help="let the bundled network answer, which takes longer")
    options = parser.parse_args()
    predictor = load_predictor() if options.network else disks_predictor()
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for path in found(options.folders):
            told = tried(path, Path(folder), predictor)
            kind = told.split(":", 1)[0]
            total[f"{path.suffix.lower()} {kind}"] += 1
            if kind.isupper() or (options.list and kind != "opened"):
                print(f"{path}: {told}", flush=True)
    for name, count in sorted(total.items()):
        print(f"{count:6d}  {name}")
    return int(any("FOREIGN" in name or "WRONG" in name for name in total))


if __name__ == "__main__":
    raise SystemExit(main())
