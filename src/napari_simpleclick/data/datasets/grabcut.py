"""GrabCut: 50 photographs with one object each (Rother et al. 2004)."""

from pathlib import Path

from napari_simpleclick.data.datasets.files import PictureFiles, pair_files
from napari_simpleclick.data.datasets.info import DatasetInfo
from napari_simpleclick.data.datasets.objects import trimap
from napari_simpleclick.data.datasets.options import DatasetOptions

PREPARED = "https://github.com/saic-vul/fbrs_interactive_demo/releases/tag/v1.0"
"""Where GrabCut, Berkeley, DAVIS and COCO_MVal are offered in the layout of the published evaluation."""


def open_grabcut(folder: Path, options: DatasetOptions) -> PictureFiles:
    """Photographs with trimaps; the uncertain rim (128) is ignored."""
    pairs = pair_files(folder / "data_GT", folder / "boundary_GT")
    return PictureFiles(INFO.name, pairs, trimap, min_size=options.min_size)


INFO = DatasetInfo(
    name="GrabCut",
    content="50 photographs; one object each, its rim is ignored",
    layout="data_GT/*, boundary_GT/*.bmp",
    source=f"{PREPARED} (GrabCut.zip)",
    license="none stated; for research",
    open=open_grabcut,
    images=50,
    objects=50,
)
