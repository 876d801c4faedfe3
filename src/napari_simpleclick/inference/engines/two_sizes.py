"""One model for inputs of two sizes: as asked for, and of a coarse look."""

from napari_simpleclick.inference.engines.network import Features, Images, Logits, Network
from napari_simpleclick.inference.recipe import COARSE_SIZE


class TwoSizes:
    """A network, and the same model compiled for a coarse look.

    Parameters
    ----------
    full, coarse
        For inputs of any other size, and of `COARSE_SIZE`.
    """

    def __init__(self, full: Network, coarse: Network) -> None:
        self.full, self._coarse = full, coarse
        self.recipe, self.fixed_batch, self.coarse = full.recipe, full.fixed_batch, True

    def encode(self, image: Images) -> Features:
        """Features of images in [0, 1]."""
        return self._of(image).encode(image)

    def decode(self, features: Features, guidance: Images) -> Logits:
        """Logits from features and guidance."""
        return self._of(guidance).decode(features, guidance)

    def _of(self, maps: Images) -> Network:
        return self._coarse if maps.shape[-1] == COARSE_SIZE else self.full
