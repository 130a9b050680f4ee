"""How much of a prompt the model keeps: its card's figures."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from gpu_handler.generators.chat.answers import Asking, Said
from gpu_handler.generators.chat.generator import ChatGenerator
from gpu_handler.models.catalog import CATALOG
from shared.conversation import ChatRequest, ChatTurn
from shared.enhancement.usable import Asked, Unusable, usable
from shared.job_types import Family
from tools.shapes.world import COLOR_NAMES, POSITION_NAMES, SHAPES, HeldOut, held_out
from tools.small_chat.talks import PLACES, READERS, Reader

NAME: Final = "qwen2_shapes"
"""Of the folder and of its entry in ``gpu_handler/models/catalog.py``."""
COLUMNS: Final = ("shape and its color", "background", "place", "all of them", "usable")
_BATCH: Final = 50


def load_generator() -> ChatGenerator:
    """What a worker runs under ``MODELS=demo``."""
    generator = ChatGenerator(CATALOG[NAME], models_dir=None)
    generator.load()
    return generator


def instructions(reader: Reader) -> str:
    """What a project starts with, for everybody."""
    text: str = json.loads(Path(__file__).with_name("instructions.json").read_text())[reader][0]
    return text


def enhanced(generator: ChatGenerator, reader: Reader, prompts: Sequence[HeldOut]) -> list[str]:
    """One answer a prompt, its seed fixed, asked as a job of an enhanced type asks."""
    answers: dict[int, str] = {}

    def keep(place: int, end: Said | Exception) -> None:
        answers[place] = end.text if isinstance(end, Said) else ""

    askings = [
        Asking(
            ChatRequest(
                messages=[
                    ChatTurn(role="system", content=f"{instructions(reader)}\nBe brief.\nWrite in English."),
                    ChatTurn(role="user", content=entry.prompt),
                ],
                max_tokens=150,
                seed=entry.seed,
            ),
            lambda _: None,
            lambda: False,
            lambda end, place=place: keep(place, end),  # type: ignore[misc]
        )
        for place, entry in enumerate(prompts)
    ]
    for start in range(0, len(askings), _BATCH):
        generator.answer_together(askings[start : start + _BATCH])
    return [answers[place] for place in range(len(prompts))]


def kept(reader: Reader, prompts: Sequence[HeldOut], answers: Sequence[str]) -> tuple[float, ...]:
    """Shares of the answers, 0 to 1, in the order of ``COLUMNS``; the center is kept where no other place is told."""
    rows = [_kept(entry, answer) for entry, answer in zip(prompts, answers, strict=True)]
    told = [(*row, all(row), _is_usable(reader, e, a)) for row, e, a in zip(rows, prompts, answers, strict=True)]
    return tuple(sum(column) / len(told) for column in zip(*told, strict=True))


def table() -> str:
    """The card's table, in Markdown, over all held-out prompts."""
    prompts, generator = held_out(), load_generator()
    lines = [f"| {len(prompts)} held-out prompts | {' | '.join(COLUMNS)} |", f"|---|{'---|' * len(COLUMNS)}"]
    for reader in READERS[:3]:
        shares = kept(reader, prompts, enhanced(generator, reader, prompts))
        lines.append(f"| for {reader} | {' | '.join(f'{share:.1%}' for share in shares)} |")
    return "\n".join(lines)


def _kept(entry: HeldOut, answer: str) -> tuple[bool, bool, bool]:
    shape, color, background, position = entry.scene
    text = answer.lower()
    told = [place for place in PLACES.values() if place and place in text]
    wanted = [PLACES[POSITION_NAMES[position]]] if position else []
    return (
        f"{COLOR_NAMES[color]} {SHAPES[shape]}" in text,
        f"{COLOR_NAMES[background]} background" in text,
        told == wanted,
    )


def _is_usable(reader: Reader, entry: HeldOut, answer: str) -> bool:
    family: Family = "sdxl" if reader == "sdxl" else "wan"
    asked = Asked(prompt=entry.prompt, instructions=instructions(reader), reader=family, content_mode="sfw")
    try:
        usable(answer, asked, is_broken_off=False)
    except Unusable:
        return False
    return True
