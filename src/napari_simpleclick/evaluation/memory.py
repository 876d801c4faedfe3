"""How much memory this process takes at most, as the system counts it."""

import ctypes
import sys
from pathlib import Path

STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def peak_mb() -> float | None:
    """Largest resident memory since `forget_peak`, in MB of 1e6 bytes; None where the system does not tell."""
    if not STATUS.is_file():
        return None
    lines = dict(line.split(":", 1) for line in STATUS.read_text().splitlines() if ":" in line)
    return int(lines["VmHWM"].split()[0]) * 1024 / 1e6


def forget_peak() -> None:
    """Count the peak from now on; without effect where the system does not allow it."""
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
