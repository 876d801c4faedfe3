"""What a click takes in memory at most, beside the libraries, and what it may: 1.3 times the weights and 300 MB.

    python benchmarks/memory.py [model or architecture ...]

An architecture gets random weights. Every row is measured in a process of its own.
"""

import sys

from napari_simpleclick.cli.bench import in_new_process, measure
from napari_simpleclick.evaluation.speed import SpeedJob
from napari_simpleclick.inference.predictor_settings import PredictorSettings

VARIANTS = (("torch", "f32"), ("openvino", "f32"), ("openvino", "bf16"))


def main() -> None:
    for model in sys.argv[1:] or ["vit_base_448"]:
        for engine, precision in VARIANTS:
            settings = PredictorSettings(model=model, engine=engine, precision=precision, device="cpu")
            job = SpeedJob(settings=settings, clicks=5)
            if engine == "openvino":
                in_new_process(measure, job)  # compiles, so that the next process finds the graph
            found = in_new_process(measure, job)
            allowed = 1.3 * found.weights_mb + 300
            loading = found.load_peak_mb - found.libraries_mb
            print(f"{found.model}, {found.engine}: weights {found.weights_mb:.0f} MB")
            beside = f"loading {loading:.0f} MB, click {found.click_memory_mb:.0f} MB"
            print(f"    libraries {found.libraries_mb:.0f} MB; beside them {beside}, allowed {allowed:.0f} MB")


if __name__ == "__main__":
    main()
