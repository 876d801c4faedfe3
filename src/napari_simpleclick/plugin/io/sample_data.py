"""Sample volumes in napari's menu."""

from napari_simpleclick.plugin.io.readers import LayerData, image_layer


def em_like() -> list[LayerData]:
    """Ten sections drawn to look like electron microscopy."""
    return sample_layers("em-like")


def ms_lesion() -> list[LayerData]:
    """A crop of a FLAIR volume with white-matter lesions (Lesjak et al. 2017, CC BY)."""
    return sample_layers("ms-lesion")


def sample_layers(name: str) -> list[LayerData]:
    """The picture of a sample as an image layer."""
    from napari_simpleclick.data.samples import sample_volume

    volume, _ = sample_volume(name)
    return [image_layer(volume)]
