"""From what was drawn to ``Generated``: what every generator does after its last step."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from PIL import Image

from gpu_handler.generators.images import encode_png, encode_thumbnail
from gpu_handler.generators.parameters import DrawingParameters
from gpu_handler.generators.protocol import Generated
from gpu_handler.generators.references import ReferenceUse
from gpu_handler.generators.videos import encode_mp4, probe

_SHOWN_FRAMES: Final = 8
"""Of a video, at most, for whoever judges what can be seen."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """How one output came about. ``steps`` were really made, ``seconds`` is the time it took to draw.

    ``saved_memory``: it was decoded in tiles, which is slower and changes single pixels.
    """

    index: int
    variant: str
    scheduler: str
    steps: int
    seconds: float
    saved_memory: bool = False
    use: ReferenceUse = field(default_factory=ReferenceUse)
    warnings: tuple[str, ...] = ()


def finished_picture(image: Image.Image, drawing: Drawing, parameters: DrawingParameters) -> Generated:
    """PNG, thumbnail and the effective values."""
    metadata = {"width": image.width, "height": image.height, "format": "png", **_drawn(drawing, parameters)}
    return _picture(image, _text(parameters.prompts.final, metadata), metadata, drawing.warnings)


def copied_picture(use: ReferenceUse, index: int, variant: str, parameters: DrawingParameters) -> Generated:
    """The reference itself, at the asked for size: nothing is drawn, so neither prompt nor seed are said to matter."""
    image = use.pictures["reference"]
    metadata = {
        "width": image.width,
        "height": image.height,
        "format": "png",
        "steps": 0,
        "seed": parameters.seed + index,
        "asset_index": index,
        "model_variant": variant,
        "generation_time": 0.0,
        **use.metadata(),
    }
    return _picture(image, f"A copy, Size: {image.width}x{image.height}", metadata, tuple(use.warnings))


def finished_video(frames: Sequence[Image.Image], drawing: Drawing, parameters: DrawingParameters) -> Generated:
    """MP4, a thumbnail of the middle frame, and the effective values: those of the file are read from the file."""
    drawn = _drawn(drawing, parameters)
    size = {"width": frames[0].width, "height": frames[0].height}
    data = encode_mp4(frames, parameters.fps, _text(parameters.prompts.final, {**drawn, **size}))
    facts = probe(data)
    metadata = {
        "width": facts.width,
        "height": facts.height,
        "format": "mp4",
        "codec": facts.codec,
        "pixel_format": facts.pixel_format,
        "frames": facts.frames,
        "fps": facts.fps,
        "duration_seconds": facts.duration,
        **drawn,
        "file_size_bytes": len(data),
    }
    return Generated(
        data=data,
        content_type="video/mp4",
        thumbnail=encode_thumbnail(frames[len(frames) // 2]),
        shown=_spread(frames),
        metadata=metadata,
        warnings=drawing.warnings,
    )


def _drawn(drawing: Drawing, parameters: DrawingParameters) -> dict[str, Any]:
    """Of a picture and of a video: enough to draw them again, which ``tools/replay`` does."""
    prompts = parameters.prompts
    return {
        "prompt": prompts.prompt,
        # Without guidance a diffusion model never looks at the negative prompt.
        "negative_prompt_used": prompts.negative_prompt if parameters.guidance_scale > 1 else None,
        "compel_enabled": prompts.weighted,
        "compel_weights": ", ".join(prompts.terms) or None,
        "steps_asked": parameters.steps,
        "steps": drawing.steps,
        "guidance_scale": parameters.guidance_scale,
        "seed": parameters.seed + drawing.index,
        "asset_index": drawing.index,
        "scheduler": drawing.scheduler,
        "model_variant": drawing.variant,
        "saved_memory": drawing.saved_memory,
        "generation_time": round(drawing.seconds, 3),
        **drawing.use.metadata(),
    }


def _picture(image: Image.Image, text: str, metadata: dict[str, Any], warnings: tuple[str, ...]) -> Generated:
    data = encode_png(image, text)
    return Generated(
        data=data,
        content_type="image/png",
        thumbnail=encode_thumbnail(image),
        shown=(image,),
        metadata=metadata | {"file_size_bytes": len(data)},
        warnings=warnings,
    )


def _spread(frames: Sequence[Image.Image]) -> tuple[Image.Image, ...]:
    """The first one, the last one, and some between them."""
    count = min(_SHOWN_FRAMES, len(frames))
    return tuple(frames[round(place * (len(frames) - 1) / max(count - 1, 1))] for place in range(count))


def _text(prompt: str, metadata: dict[str, Any]) -> str:
    """The layout that image tools have read since the AUTOMATIC1111 web UI."""
    lines = [prompt]
    if metadata["negative_prompt_used"]:
        lines.append(f"Negative prompt: {metadata['negative_prompt_used']}")
    lines.append(
        f"Steps: {metadata['steps']}, Sampler: {metadata['scheduler']}, CFG scale: {metadata['guidance_scale']}, "
        f"Seed: {metadata['seed']}, Size: {metadata['width']}x{metadata['height']}, Model: {metadata['model_variant']}"
    )
    return "\n".join(lines)
