"""From an asset's metadata to the order that gives the same pixels again."""

from collections.abc import Mapping
from typing import Any, Final

from gpu_handler.models.catalog import CATALOG
from shared.messages import JobOrder

_COLUMNS: Final = {"generation_seed": "seed", "model_used": "model_variant", "original_prompt": "prompt"}
"""Of a row of ``workspace_assets``: what the worker said under another name."""
_TYPES: Final = {
    ("sdxl", "image"): "sdxl_image_fast",
    ("wan", "image"): "image_fast",
    ("wan", "video"): "video_fast",
}
"""Everything else that a job type decides is in the metadata itself."""
_FORMATS: Final = {"png": "image", "mp4": "video"}
"""In a row the job's format stands in the place of the file's."""
_ADAPTED: Final = ("style", "composition", "character")


class NotReplayable(Exception):
    """The metadata do not say enough. The text is a sentence for the caller."""


def told(asset: Mapping[str, Any]) -> dict[str, Any]:
    """What the worker said, from a row of ``workspace_assets``, an item of ``/api/assets``, or as it is."""
    settings = asset.get("generation_settings")
    if settings is None:
        return dict(asset)
    columns = {_COLUMNS.get(name, name): value for name, value in asset.items() if name != "generation_settings"}
    # The prompt that was drawn, which may be an enhanced one, wins over the column.
    return columns | dict(settings)


def order_of(asset: Mapping[str, Any]) -> JobOrder:
    """For one output with that output's own seed. Raises ``NotReplayable``."""
    facts = told(asset)
    exact_copy = facts.get("reference_mode") == "exact_copy"
    needed: tuple[str, ...] = ("model_variant", "format", "seed", "width", "height", "reference_mode")
    needed += () if exact_copy else ("prompt", "steps_asked")
    missing = [name for name in needed if facts.get(name) is None]
    if missing:
        raise NotReplayable(f"The metadata lack {', '.join(missing)}.")
    entry = CATALOG.get(facts["model_variant"])
    kind = _TYPES.get((entry.family, _FORMATS.get(facts["format"], facts["format"]))) if entry is not None else None
    if kind is None:
        raise NotReplayable(f"No generator makes {facts['format']} with {facts['model_variant']}.")
    config = {
        "num_images": 1,
        "seed": facts["seed"],
        "width": facts["width"],
        "height": facts["height"],
        "frames": facts.get("frames"),
        "steps": facts.get("steps_asked"),
        "guidance_scale": facts.get("guidance_scale"),
        "scheduler": facts.get("scheduler"),
    }
    return JobOrder(
        id="replay",
        type=kind,
        user_id="replay",
        prompt=facts.get("prompt") or "a copy",
        negative_prompt=facts.get("negative_prompt_used"),
        config={name: value for name, value in config.items() if value is not None},
        metadata=_plan(facts),
        compel_enabled=bool(facts.get("compel_enabled")),
        compel_weights=facts.get("compel_weights"),
        model_variant=facts["model_variant"],
    )


def _plan(facts: Mapping[str, Any]) -> dict[str, Any]:
    mode = facts["reference_mode"]
    plan = {
        "reference_type": mode if mode in _ADAPTED else None,
        "exact_copy_mode": mode == "exact_copy",
        "reference_strength": facts.get("reference_strength"),
        "denoise_strength": facts.get("denoise_strength"),
        "reference_fit": facts.get("reference_fit"),
        "reference_required": mode != "none",
    }
    return {name: value for name, value in plan.items() if value is not None}
