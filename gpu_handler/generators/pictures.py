"""From a drawn picture to ``Generated``: what every image generator does after its last step."""

from dataclasses import dataclass
from typing import Any

from PIL import Image

from gpu_handler.generators.images import encode_png, encode_thumbnail
from gpu_handler.generators.parameters import ImageParameters
from gpu_handler.generators.protocol import Generated


@dataclass(frozen=True, slots=True)
class Drawing:
    """How one picture came about. ``seconds`` is the time it took to draw.

    ``saved_memory``: it was decoded in tiles, which is slower and changes single pixels.
    """

    image: Image.Image
    index: int
    variant: str
    scheduler: str
    seconds: float
    saved_memory: bool = False
    warnings: tuple[str, ...] = ()


def finished_picture(drawing: Drawing, parameters: ImageParameters) -> Generated:
    """PNG, thumbnail and the effective values."""
    # Without guidance a diffusion model never looks at the negative prompt.
    negative_prompt = parameters.prompts.negative_prompt if parameters.guidance_scale > 1 else None
    metadata: dict[str, Any] = {
        "width": drawing.image.width,
        "height": drawing.image.height,
        "format": "png",
        "steps": parameters.steps,
        "guidance_scale": parameters.guidance_scale,
        "seed": parameters.seed + drawing.index,
        "asset_index": drawing.index,
        "negative_prompt_used": negative_prompt,
        "scheduler": drawing.scheduler,
        "model_variant": drawing.variant,
        "saved_memory": drawing.saved_memory,
    }
    data = encode_png(drawing.image, _text_chunk(parameters.prompts.final, metadata))
    return Generated(
        data=data,
        content_type="image/png",
        thumbnail=encode_thumbnail(drawing.image),
        metadata=metadata | {"file_size_bytes": len(data), "generation_time": round(drawing.seconds, 3)},
        warnings=drawing.warnings,
    )


def _text_chunk(prompt: str, metadata: dict[str, Any]) -> str:
    """The layout that image tools have read since the AUTOMATIC1111 web UI."""
    lines = [prompt]
    if metadata["negative_prompt_used"]:
        lines.append(f"Negative prompt: {metadata['negative_prompt_used']}")
    lines.append(
        f"Steps: {metadata['steps']}, Sampler: {metadata['scheduler']}, CFG scale: {metadata['guidance_scale']}, "
        f"Seed: {metadata['seed']}, Size: {metadata['width']}x{metadata['height']}, Model: {metadata['model_variant']}"
    )
    return "\n".join(lines)
