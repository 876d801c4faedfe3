"""A selected network: what computes, in which arithmetic, and why it is not another."""

from dataclasses import dataclass

from napari_simpleclick.inference.engines.network import TOLERANCES, Network


@dataclass(frozen=True, slots=True)
class SelectedNetwork:
    """A network and what is to be said about it.

    Parameters
    ----------
    network
        The network.
    engine
        Engine and precision, as the evaluation report names them.
    notice
        Why it is not what was asked for, or not a faster one; empty if nothing is to be said.
    """

    network: Network
    engine: str
    notice: str = ""


def tolerance(precision: str) -> float:
    """How much probabilities may differ from float32 torch on average; the least for an unknown precision."""
    return TOLERANCES.get(precision, min(TOLERANCES.values()))
