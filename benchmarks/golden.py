"""Compare a report of napari-simpleclick-eval with the recorded sequences of the published evaluation, all objects.

napari-simpleclick-eval --dataset ssTEM --data-dir DIR --model xtiny_start.pth --clicks 10 --output report.json
python benchmarks/golden.py report.json
"""

import json
import sys
from pathlib import Path

import numpy as np

GOLDEN = Path(__file__).parents[1] / "tests" / "golden" / "sstem_sequences.json"


def main() -> None:
    recorded = json.loads(GOLDEN.read_text())["objects"]
    first_clicks = {
        (entry["sample"], entry["clicks"][0]["row"], entry["clicks"][0]["col"]): entry
        for entry in json.loads(Path(sys.argv[1]).read_text())["objects"]
    }
    ours = [first_clicks[(entry["section"], *entry["clicks"][0][:2])] for entry in recorded]
    equal = sum(
        [[c["row"], c["col"], c["positive"]] for c in mine["clicks"][:10]] == entry["clicks"]
        for mine, entry in zip(ours, recorded, strict=True)
    )
    print(f"{equal} of {len(recorded)} objects with all ten clicks equal")
    for clicks in (1, 3, 5, 10):
        known = np.mean([entry["ious"][clicks - 1] for entry in recorded])
        got = np.mean([entry["ious"][clicks - 1] for entry in ours])
        print(f"mIoU@{clicks}: recorded {known:.5f}, here {got:.5f}, difference {got - known:+.5f}")


if __name__ == "__main__":
    main()
