"""Choose where the network runs: cuda, mps or cpu."""

import os
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def choose_device(name: str = "auto") -> "torch.device":
    """The device of that name, or the best one at hand.

    Parameters
    ----------
    name
        "auto" (a GPU if there is one, else the CPU), "cuda", "mps" or "cpu".

    Raises
    ------
    ValueError
        If the name is not known, or this machine has no such device.
    """
    import torch

    at_hand = devices_at_hand()
    if name == "auto":
        return torch.device(at_hand[0])
    if name not in at_hand:
        raise ValueError(
            f"This machine, or its installation of torch, has no {name} device; it has: {', '.join(at_hand)}. "
            "Choose one of these, or 'auto'."
        )
    return torch.device(name)


def devices_at_hand() -> list[str]:
    """Devices that torch can use here, the fastest first."""
    import torch

    at_hand = []
    if torch.cuda.is_available():
        at_hand.append("cuda")
    if torch.backends.mps.is_available():
        at_hand.append("mps")
    return [*at_hand, "cpu"]


def surely_cpu(name: str) -> bool:
    """Whether `choose_device` would choose the processor, told without torch; False where only torch knows."""
    return name == "cpu" or (name == "auto" and not gpu_possible())


def gpu_possible() -> bool:
    """Whether this machine has what a GPU that torch can use needs: its driver, or a processor of Apple."""
    if sys.platform == "darwin":
        return platform.machine() == "arm64"
    if sys.platform == "win32":
        return (Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32" / "nvcuda.dll").exists()
    return any(Path("/dev", driver).exists() for driver in ("nvidiactl", "kfd", "dxg"))
