"""The choice of the prompts the model is judged by, made before any training."""

import json
import random
from typing import Any, Final

from tools.shapes.captions import sentence
from tools.shapes.world import ATTRIBUTES, VALUES, every_scene

COUNT: Final = 200
_SEED: Final = 20261121


def choose_held_out() -> list[dict[str, Any]]:
    """Prompts with their attributes by name and the seed each picture is drawn with."""
    rng = random.Random(_SEED)
    chosen = []
    for seed, scene in enumerate(rng.sample(every_scene().tolist(), COUNT)):
        names = {name: values[index] for name, values, index in zip(ATTRIBUTES, VALUES, scene, strict=True)}
        chosen.append({"prompt": sentence(scene, rng), **names, "seed": seed})
    return chosen


def as_text(chosen: list[dict[str, Any]]) -> str:
    """JSON, one prompt a line."""
    return "[\n" + ",\n".join(f"  {json.dumps(entry)}" for entry in chosen) + "\n]\n"
