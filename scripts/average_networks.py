"""Average networks that were trained on from the same one: python scripts/average_networks.py OUT A 0.6 B 0.4.

Trainings with different seeds end near enough to each other that the mean of their weights is a network, and mostly a
better one; so machines, or cores, that cannot wait for each other learn together.
"""

import sys
from pathlib import Path

from napari_simpleclick.model.checkpoint import save_checkpoint
from napari_simpleclick.model.weights import load_model


def main() -> None:
    output, *parts = sys.argv[1:]
    models = [load_model(name) for name in parts[::2]]
    weights = [float(part) for part in parts[1::2]]
    states = [model.state_dict() for model in models]
    mean = {
        name: sum(weight * state[name].float() for weight, state in zip(weights, states, strict=True)) / sum(weights)
        for name in states[0]
    }
    models[0].load_state_dict({name: value.to(states[0][name].dtype) for name, value in mean.items()})
    save_checkpoint(Path(output), models[0], metadata={"mean": " ".join(parts)})


if __name__ == "__main__":
    main()
