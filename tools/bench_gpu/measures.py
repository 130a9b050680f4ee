"""How long the worker's own generators take, each once to warm up and then a few times."""

import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final

import torch
from PIL import Image
from transformers import AutoTokenizer

from gpu_handler.generators.chat.answers import Asking
from gpu_handler.generators.chat.generator import ChatGenerator
from gpu_handler.generators.references import NO_REFERENCES, References
from gpu_handler.generators.sdxl.generator import SdxlGenerator
from gpu_handler.generators.wan.generator import WanGenerator
from gpu_handler.models import loading
from gpu_handler.models.catalog import CATALOG
from gpu_handler.models.loading import device
from shared.conversation import ChatRequest, ChatTurn
from shared.messages import JobOrder
from shared.model_variants import MODEL_SETS
from tools.bench_gpu import architectures
from tools.bench_gpu.sizes import Sizes

_PROMPT: Final = "a red circle moving right on a blue background"
_GIB: Final = 2**30


@dataclass(frozen=True, slots=True)
class Row:
    """One setting's figure: ``value`` in ``unit``; ``peak_gib`` is ``None`` where there is no accelerator."""

    model: str
    setting: str
    value: float
    unit: str
    peak_gib: float | None
    goal: str = ""


def measure(sizes: Sizes, rounds: int) -> Iterator[Row]:
    """Each row as soon as it is known; one model at a time is in memory."""
    yield from _sdxl(sizes, rounds)
    yield from _wan(sizes, rounds)
    yield from _qwen(sizes, rounds)


def _sdxl(sizes: Sizes, rounds: int) -> Iterator[Row]:
    generator = SdxlGenerator(MODEL_SETS["default"]["sdxl"], None)
    generator.adopt(architectures.sdxl(sizes, _tokenizer("sdxl_shapes")))
    name = f"SDXL {sizes.picture}², {sizes.picture_steps} steps"
    order = _order("sdxl_image_high", sizes.picture_steps, sizes.picture, sizes.picture)
    for setting, stance in _stances():
        with stance():
            seconds, peak = _timed(partial(generator.generate, order, 0, NO_REFERENCES, _unwatched), rounds)
        yield Row(name, setting, seconds, "s an image", peak, "1.0 or less")


def _wan(sizes: Sizes, rounds: int) -> Iterator[Row]:
    generator = WanGenerator(MODEL_SETS["default"]["wan"], None)
    generator.adopt(*architectures.wan(sizes, _tokenizer("wan_shapes")))
    width, height, frames = sizes.video
    name = f"Wan {width}x{height}x{frames}, {sizes.video_steps} steps"
    order = _order("video_high", sizes.video_steps, width, height, frames=frames)
    start = References({"start": Image.effect_noise((width, height), 64).convert("RGB")})
    attention = generator.versions["attention"]
    for setting, stance in _stances():
        for wish, references in (("text to video", NO_REFERENCES), ("start frame", start)):
            with stance():
                seconds, peak = _timed(partial(generator.generate, order, 0, references, _unwatched), rounds)
            goal = "60 or less" if references is NO_REFERENCES else ""
            yield Row(name, f"{wish}, {attention}, {setting}", seconds, "s a video", peak, goal)


def _qwen(sizes: Sizes, rounds: int) -> Iterator[Row]:
    generator = ChatGenerator(CATALOG["qwen2_5_7b_instruct"], None)
    generator.adopt(architectures.qwen(sizes), _tokenizer("qwen2_shapes"))
    request = ChatRequest(messages=[ChatTurn(role="user", content=_PROMPT)], max_tokens=sizes.tokens, seed=1)
    for streams in (1, 8):
        said: list[Any] = []
        asked = [Asking(request, _unheard, _never, said.append) for _ in range(streams)]
        seconds, peak = _timed(partial(generator.answer_together, asked), rounds)
        # All rounds said the same, so the last one tells for each.
        tokens = sum(answer.answer_tokens for answer in said[-streams:])
        goal = "150 or more" if streams == 1 else ""
        setting = "one stream" if streams == 1 else f"{streams} in one pass, together"
        yield Row(f"Qwen, {sizes.tokens} tokens", setting, tokens / seconds, "tokens a second", peak, goal)


def _stances() -> Iterator[tuple[str, Callable[[], Any]]]:
    yield "eager", lambda: torch.compiler.set_stance("force_eager")
    if device() == "cuda":
        yield "compiled", nullcontext


def _timed(make: Callable[[], object], rounds: int) -> tuple[float, float | None]:
    """The median in seconds, and the peak of memory in GiB."""
    make()
    if device() == "cuda":
        torch.cuda.reset_peak_memory_stats()
    times = []
    for _ in range(rounds):
        started = time.monotonic()
        make()
        if device() == "cuda":
            torch.cuda.synchronize()
        times.append(time.monotonic() - started)
    peak = torch.cuda.max_memory_allocated() / _GIB if device() == "cuda" else None
    return median(times), peak


def _order(job_type: str, steps: int, width: int, height: int, **config: int) -> JobOrder:
    return JobOrder(
        id="bench",
        type=job_type,
        user_id="bench",
        prompt=_PROMPT,
        config={"num_images": 1, "seed": 1, "steps": steps, "width": width, "height": height, **config},
        model_variant="bench",
    )


def _tokenizer(folder: str) -> Any:
    """Of a bundled model: how many words it knows does not matter for a timing."""
    path = Path(loading.__file__).parent / folder
    path = path / "tokenizer" if (path / "tokenizer").is_dir() else path
    return AutoTokenizer.from_pretrained(path, local_files_only=True)


def _unheard(_: object) -> None:
    """Nobody reads the answers."""


def _never() -> bool:
    return False


def _unwatched(done: int, total: int) -> None:
    """No progress to tell."""
