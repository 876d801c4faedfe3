"""The network on a CUDA GPU: weights in half the precision, and all kernels of a pass launched at once."""

from collections.abc import Callable, Sequence
from copy import deepcopy

import numpy as np
import torch
from torch import Tensor

from napari_simpleclick.inference.engines.network import Features, Images, Logits
from napari_simpleclick.inference.recipe import recipe_for
from napari_simpleclick.model.simpleclick import SimpleClick

WARM_UP = 3
"""Passes before one is recorded: libraries choose their algorithms and take their memory in the first ones."""


class CudaNetwork:
    """A model on a CUDA GPU.

    A small network consists of hundreds of kernels of a few microseconds each, which take longer to launch than to
    run. So a pass is recorded once, as a CUDA graph, and launched as a whole from then on. A graph has one shape of
    input; other shapes are computed kernel by kernel.

    Parameters
    ----------
    model
        The model; it is copied.
    device
        The GPU.
    dtype
        Precision of weights and arithmetic, `torch.float16` or `torch.bfloat16`.
    size, batch
        Input that graphs are recorded for: (batch, 3, size, size).
    """

    def __init__(
        self, model: SimpleClick, device: torch.device | str, dtype: torch.dtype, *, size: int, batch: int
    ) -> None:
        self.recipe = recipe_for(model.config.stem)
        self.fixed_batch, self.coarse = False, True
        self.device, self.dtype = torch.device(device), dtype
        self.model = deepcopy(model).eval().to(self.device, dtype).to(memory_format=torch.channels_last)
        with torch.inference_mode():
            empty = torch.zeros(batch, 3, size, size, device=self.device)
            self._encode = Recording(self._features, [empty])
            self._decode = Recording(self._logits, [empty, *self._encode.outputs])
        # The processor copies to and from memory that the GPU can reach, which is several times faster.
        self._given = torch.empty(empty.shape, pin_memory=True)
        self._answer = torch.empty((batch, 1, size, size), pin_memory=True)
        self._decoded: Features = ()

    def encode(self, image: Images) -> Features:
        """Features of images in [0, 1], as tensors on the device."""
        with torch.inference_mode():
            normalised = self.model.normalise(self._sent(image))
            if normalised.shape != self._given.shape:
                return self._features(normalised)
            features = [part.clone() for part in self._encode(normalised)]
            torch.cuda.current_stream().synchronize()  # the picture has been fetched: its memory can be used again
            return features

    def decode(self, features: Features, guidance: Images) -> Logits:
        """Logits from features and guidance."""
        with torch.inference_mode():
            maps = self._sent(guidance)
            if maps.shape != self._given.shape:
                answer: np.ndarray = self._logits(maps, *features)[0].cpu().numpy()
                return answer
            (logits,) = self._decode(maps) if features is self._decoded else self._decode(maps, *features)
            self._decoded = features
            self._answer.copy_(logits)  # waits for the GPU
        return self._answer.numpy().copy()

    def _sent(self, maps: np.ndarray) -> Tensor:
        """Maps on the GPU, or on their way there; those before must have arrived."""
        given = torch.from_numpy(maps)
        if given.shape != self._given.shape:
            return given.to(self.device)
        return self._given.copy_(given).to(self.device, non_blocking=True)

    def _features(self, normalised: Tensor) -> list[Tensor]:
        features: list[Tensor] = self.model.encode_normalised(normalised.to(self.dtype))
        return features

    def _logits(self, guidance: Tensor, *features: Tensor) -> list[Tensor]:
        return [self.model.decode(features, guidance.to(self.dtype)).float()]


class Recording:
    """A function of tensors as a CUDA graph; its outputs are overwritten by the next call.

    Parameters
    ----------
    function
        Takes tensors, returns a list of tensors, and waits for nothing on the processor.
    examples
        Inputs of the shapes that it will get.
    """

    def __init__(self, function: Callable[..., list[Tensor]], examples: Sequence[Tensor]) -> None:
        self.inputs = [example.clone() for example in examples]
        beside = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        beside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(beside):
            for _ in range(WARM_UP):
                function(*self.inputs)
        torch.cuda.current_stream().wait_stream(beside)
        self._graph = torch.cuda.CUDAGraph()
        # In the window float32 answers on another thread meanwhile, which must not spoil the recording.
        with torch.cuda.graph(self._graph, capture_error_mode="thread_local"):
            self.outputs = function(*self.inputs)

    def __call__(self, *inputs: Tensor) -> list[Tensor]:
        """The function of new inputs; those at the end that are left out are as they were."""
        for kept, new in zip(self.inputs, inputs, strict=False):
            kept.copy_(new)
        self._graph.replay()
        return self.outputs
