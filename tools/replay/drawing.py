"""An order drawn outside of any queue, with the worker's own generators."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from gpu_handler.generators.protocol import Generated
from gpu_handler.generators.references import References, Role
from gpu_handler.generators.sdxl.generator import SdxlGenerator
from gpu_handler.generators.wan.generator import WanGenerator
from gpu_handler.models.catalog import CATALOG
from shared.model_variants import MODEL_SETS
from tools.replay.orders import NotReplayable, order_of, told


def replay(asset: Mapping[str, Any], pictures: Mapping[Role, Image.Image], models_dir: Path | None = None) -> Generated:
    """``pictures``: the references as they were when the asset was made, upright and in RGB.

    Raises ``NotReplayable``, also where a picture is another one than was used then.
    """
    wanted = told(asset).get("references", {})
    if missing := set(wanted) - set(pictures):
        raise NotReplayable(f"The asset was made with pictures: give that for {' and '.join(sorted(missing))}.")
    order = order_of(asset)
    generator = _generator(order.model_variant, models_dir)
    generator.load()
    used: dict[Role, Image.Image] = {role: picture for role, picture in pictures.items() if role in wanted}
    made = generator.generate(order, 0, References(used), lambda *_: None)
    for role, facts in made.metadata.get("references", {}).items():
        if facts["sha256"] != wanted[role]["sha256"]:
            raise NotReplayable(f"The picture for {role} is not the one that was used.")
    return made


def _generator(name: str, models_dir: Path | None) -> SdxlGenerator | WanGenerator:
    variants = {variant.name: variant for models in MODEL_SETS.values() for variant in models.values()}
    if CATALOG[name].family == "wan":
        return WanGenerator(variants[name], models_dir)
    return SdxlGenerator(variants[name], models_dir)
