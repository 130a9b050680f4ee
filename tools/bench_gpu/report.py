"""The table, for people and for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from tools.bench_gpu.measures import Row

NOT_MEASURED: Final = (
    "**Not measured**: there was no GPU. The architectures were tiny, to show that everything runs; the figures say "
    "nothing of a real model."
)


def markdown(rows: Sequence[Row], device: str, versions: str) -> str:
    """With what it was measured on above it."""
    lines = [f"On {device}, {versions}. Random weights in the real sizes; medians."]
    if device == "cpu":
        lines = [NOT_MEASURED]
    lines += ["", "| model | setting | | peak GiB | goal |", "|---|---|---|---|---|"]
    for row in rows:
        peak = "-" if row.peak_gib is None else f"{row.peak_gib:.1f}"
        lines.append(f"| {row.model} | {row.setting} | {row.value:.2f} {row.unit} | {peak} | {row.goal} |")
    return "\n".join(lines)


def as_json(rows: Sequence[Row], device: str, versions: str) -> str:
    measured = {"device": device, "versions": versions, "is_measured": device != "cpu"}
    return json.dumps({**measured, "rows": [asdict(row) for row in rows]}, indent=2)
