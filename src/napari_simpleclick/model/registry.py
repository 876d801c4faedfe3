"""The architectures we know, by name; a model's full name is `architecture.tag`, as in timm."""

from dataclasses import replace

from napari_simpleclick.model.pyramid import PyramidKind
from napari_simpleclick.model.simpleclick import SimpleClick, SimpleClickConfig

STEM = SimpleClickConfig(
    patch_size=16,
    dim=160,
    depth=8,
    heads=4,
    pyramid_channels=(96, 192, 288, 384),
    head_channels=128,
    stem="efficientnet_lite0",
)
"""The small network behind a pre-trained convolutional stem, of which there are kinds."""

ARCHITECTURES: dict[str, SimpleClickConfig] = {
    "vit_xtiny_448": SimpleClickConfig(
        patch_size=16, dim=160, depth=8, heads=4, pyramid_channels=(96, 192, 288, 384), head_channels=128
    ),
    "vit_base_448": SimpleClickConfig(
        patch_size=16, dim=768, depth=12, heads=12, pyramid_channels=(128, 256, 512, 1024), head_channels=256
    ),
    "vit_large_448": SimpleClickConfig(
        patch_size=16, dim=1024, depth=24, heads=16, pyramid_channels=(192, 384, 768, 1536), head_channels=256
    ),
    "vit_huge_448": SimpleClickConfig(
        patch_size=14, dim=1280, depth=32, heads=16, pyramid_channels=(240, 480, 960, 1920), head_channels=256
    ),
    "vit_xtiny_stem_448": STEM,
    "vit_xtiny_deep_448": replace(STEM, deep_stem=True),
    "vit_xtiny_late_448": replace(
        STEM, deep_stem=True, image_blocks=5, pyramid_channels=(48, 96, 192, 256), head_channels=64
    ),
}


def create_model(architecture: str, *, pyramid: PyramidKind = "simple") -> SimpleClick:
    """Build a network with random weights, in evaluation mode; `pyramid` makes the variants of the paper's ablation.

    Raises
    ------
    ValueError
        If the architecture is not known.
    """
    if architecture not in ARCHITECTURES:
        raise ValueError(f"Unknown architecture {architecture!r}. Choose one of: {', '.join(ARCHITECTURES)}.")
    return SimpleClick(replace(ARCHITECTURES[architecture], pyramid=pyramid)).eval()
