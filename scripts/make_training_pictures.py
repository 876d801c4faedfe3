"""Draw the procedural samples that docs/explanation/training.md shows: one row per style, then sections and brains.

Brains need the package nilearn.
"""

from pathlib import Path

import imageio.v3 as iio
import numpy as np

from napari_simpleclick.training.contact_sheet import contact_sheet
from napari_simpleclick.training.procedural.brains import Brains
from napari_simpleclick.training.procedural.sections import Sections
from napari_simpleclick.training.procedural.styles import STYLES
from napari_simpleclick.training.procedural.synthesis import Synthesis

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
COLUMNS, SIZE = 8, 128


def main() -> None:
    examples = [
        Synthesis({style: 1.0}).example(np.random.default_rng((2, number)), SIZE)
        for style in STYLES
        for number in range(COLUMNS)
    ]
    iio.imwrite(IMAGES / "training_samples.jpg", contact_sheet(examples, columns=COLUMNS), quality=80)
    for name, source in (("sections", Sections()), ("brains", Brains.installed())):
        drawn = [source.example(np.random.default_rng((3, number)), 2 * SIZE) for number in range(COLUMNS)]
        iio.imwrite(IMAGES / f"training_{name}.jpg", contact_sheet(drawn, columns=COLUMNS // 2), quality=80)


if __name__ == "__main__":
    main()
