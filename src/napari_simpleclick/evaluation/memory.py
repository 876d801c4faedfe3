"""How much memory this process takes at most, as the system counts it, or as torch does on a GPU."""

import ctypes
import sys
from pathlib import Path

STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def peak_mb(device: str = "cpu") -> float | None:
    """Largest memory since `forget_peak`, in MB of 1e6 bytes; None where nobody tells.

    Parameters
    ----------
    device
        "cuda" for what torch holds on that GPU; else the resident memory of the process.
    """
    if device == "cuda":
        import torch

        return torch.cuda.max_memory_reserved() / 1e6
    if not STATUS.is_file():
        return None
    lines = dict(line.split(":", 1) for line in STATUS.read_text().splitlines() if ":" in line)
    return int(lines["VmHWM"].split()[0]) * 1024 / 1e6


def forget_peak(device: str = "cpu") -> None:
    """Count the peak from now on; without effect where the system does not allow it."""
    if device == "cuda":
        import torch

        torch.cuda.reset_peak_memory_stats()
        return
    try:
        RESET.write_text("5")
    except OSError:
        return


def return_free_memory() -> None:
    """Give freed memory back to the system, so that it is not counted; glibc keeps it otherwise."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
