"""Which arithmetic trains fastest here: half the precision only where the hardware has it."""

import time
from typing import Literal

import torch
from timm.layers import Attention
from torch import nn

Arithmetic = Literal["no", "bf16", "fp16"]
"""As accelerate names it; "no" is float32."""

SIDE, REPEATS = 256, 3
"""Of the matrix product that is timed: some milliseconds even where bfloat16 is emulated."""


def fastest_arithmetic() -> Arithmetic:
    """float16 or bfloat16 on GPUs that have it, bfloat16 on processors that multiply it faster than float32.

    Processors without such units emulate bfloat16 in torch, up to ninety times slower than float32.
    """
    if torch.cuda.is_available():
        return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp16"
    if torch.accelerator.is_available():
        return "no"
    return "bf16" if seconds_of_product(torch.bfloat16) < seconds_of_product(torch.float32) else "no"


def seconds_of_product(dtype: torch.dtype) -> float:
    """Processor time of a matrix product, the least of some."""
    factor = torch.ones(SIDE, SIDE, dtype=dtype)
    times = []
    for _ in range(REPEATS + 1):  # the first one sets up
        start = time.thread_time()
        factor @ factor
        times.append(time.thread_time() - start)
    return min(times[1:])


def attend_plainly(model: nn.Module) -> None:
    """Let timm's attention multiply, exponentiate and multiply, rather than call torch's fused kernel.

    On processors, gradients of the fused kernel take two to three times as long in bfloat16.
    """
    for module in model.modules():
        if isinstance(module, Attention):
            module.fused_attn = False
