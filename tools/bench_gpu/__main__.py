"""``python -m tools.bench_gpu [--json FILE] [--rounds N]``: print the table."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import diffusers
import torch
import transformers

from gpu_handler.models.loading import device, device_name
from tools.bench_gpu.measures import measure
from tools.bench_gpu.report import as_json, markdown
from tools.bench_gpu.sizes import REAL, TINY


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.bench_gpu", description="What the generators cost on a GPU.")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    parser.add_argument("--rounds", type=int, default=3, help="how often each setting is timed")
    options = parser.parse_args(arguments)
    rows = []
    for row in measure(REAL if device() == "cuda" else TINY, options.rounds):
        print(f"{row.model}, {row.setting}: {row.value:.2f} {row.unit}", file=sys.stderr)
        rows.append(row)
    versions = f"torch {torch.__version__}, diffusers {diffusers.__version__}, transformers {transformers.__version__}"
    print(markdown(rows, device_name(), versions))
    if options.json is not None:
        options.json.write_text(as_json(rows, device_name(), versions))
    return 0


if __name__ == "__main__":
    sys.exit(main())
