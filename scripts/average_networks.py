"""Average networks that were trained on from the same one: python scripts/average_networks.py OUT A 0.6 B 0.4.

Trainings with different seeds end near enough to each other that the mean of their weights is a network, and mostly a
better one; so machines, or cores, that cannot wait for each other learn together. The same holds for a network and the
one that it was trained on from. All are brought to the architecture of the first, as a training would begin.
"""

import sys
from pathlib import Path

from napari_simpleclick.model.checkpoint import save_checkpoint
from napari_simpleclick.model.registry import ARCHITECTURES
from napari_simpleclick.model.weights import load_model
from napari_simpleclick.training.pretrained import initial_model


def main() -> None:
    output, *parts = sys.argv[1:]
    first = load_model(parts[0])
    architecture = next((name for name, config in ARCHITECTURES.items() if config == first.config), None)
    models = [first, *(initial_model(name, architecture) for name in parts[2::2])]
    weights = [float(part) for part in parts[1::2]]
    states = [model.state_dict() for model in models]
    mean = {
        name: sum(weight * state[name].float() for weight, state in zip(weights, states, strict=True)) / sum(weights)
        for name, value in states[0].items()
        if value.is_floating_point()
    }
    models[0].load_state_dict(states[0] | mean)
    save_checkpoint(Path(output), models[0], metadata={"mean": " ".join(Path(part).name for part in parts)})


if __name__ == "__main__":
    main()
