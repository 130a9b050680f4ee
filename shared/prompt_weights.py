"""Prompt weights in the syntax of the AUTOMATIC1111 web UI.

``(words)`` and ``[words]`` multiply and divide by 1.1, ``(words:1.4)`` multiplies by 1.4; brackets nest, an unclosed
one reaches to the end, and ``\\(`` is a plain bracket
(https://github.com/AUTOMATIC1111/stable-diffusion-webui/wiki/Features#attentionemphasis).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Final

TERM_LIMIT: Final = 6
"""Of ``compel_weights``: how many terms are used."""
WEIGHT_RANGE: Final = (0.0, 2.0)
"""Weights outside are moved to its end: beyond it every model draws noise."""
_STEP: Final = 1.1
_HUGE: Final = 1e6
_PIECE: Final = re.compile(
    r"\\(?P<escaped>[()\[\]\\])"
    r"|(?P<open>[(\[])"
    # Possessive: never looked at twice, however long.
    r"|:\s*+(?P<weight>[+-]?+(?:\d++(?:\.\d*+)?+|\.\d++))\s*+\)"
    r"|(?P<close>[)\]])"
    r"|(?P<text>[^\\()\[\]:]+|.)",
    re.DOTALL,
)
_SPACES: Final = re.compile(r"\s+")
_LOOSE: Final = re.compile(r"\s*([:()\[\]])\s*")


@dataclass(frozen=True, slots=True)
class Fragment:
    text: str
    weight: float


def parse(*prompts: str) -> list[Fragment]:
    """The prompts, one after the other, in pieces of one weight each, brackets and numbers gone.

    Every text can be parsed. A bracket ends with its prompt at the latest.
    """
    weighed = [piece for prompt in prompts for piece in _weigh(prompt)]
    return [
        Fragment("".join(text for text, _ in run), weight) for weight, run in groupby(weighed, key=lambda pair: pair[1])
    ]


def _weigh(prompt: str) -> list[tuple[str, float]]:
    texts: list[str] = []
    weights: list[float] = []
    open_brackets: list[tuple[str, int]] = []

    def multiply(factor: float, start: int) -> None:
        weights[start:] = [min(weight * factor, _HUGE) for weight in weights[start:]]

    for piece in _PIECE.finditer(prompt):
        opened = open_brackets[-1][0] if open_brackets else ""
        if piece["open"]:
            open_brackets.append((piece["open"], len(texts)))
        elif piece["weight"] and opened == "(":
            multiply(min(max(float(piece["weight"]), 0.0), _HUGE), open_brackets.pop()[1])
        elif piece["close"] and opened + piece["close"] in ("()", "[]"):
            multiply(_STEP if opened == "(" else 1 / _STEP, open_brackets.pop()[1])
        else:
            texts.append(piece["escaped"] or piece[0])
            weights.append(1.0)
    for bracket, start in open_brackets:
        multiply(_STEP if bracket == "(" else 1 / _STEP, start)
    low, high = WEIGHT_RANGE
    return [(text, round(min(max(weight, low), high), 4)) for text, weight in zip(texts, weights, strict=True)]


def readings(prompt: str) -> tuple[str, str, str]:
    """As it is written; without brackets; and without the words that weigh less than 1, which a model may not see."""
    fragments = parse(prompt)
    return (
        prompt,
        "".join(fragment.text for fragment in fragments),
        "".join(fragment.text for fragment in fragments if fragment.weight >= 1),
    )


def with_terms(prompt: str, used: Iterable[str]) -> str:
    """What is drawn: the terms follow the prompt."""
    return ", ".join((prompt, *used))


def terms(compel_weights: str | None) -> list[str]:
    """The terms between the commas outside brackets, the first of equal ones only, six at most."""
    return _different(compel_weights or "")[:TERM_LIMIT]


def count(compel_weights: str | None) -> int:
    """How many different terms there are, used or not."""
    return len(_different(compel_weights or ""))


def _different(compel_weights: str) -> list[str]:
    found: dict[str, str] = {}
    for term in _split(compel_weights):
        tidy = _SPACES.sub(" ", term).strip()
        if tidy:
            # Case and spaces make no difference between terms; what is drawn keeps them.
            found.setdefault(_LOOSE.sub(r"\1", tidy).casefold(), tidy)
    return list(found.values())


def _split(text: str) -> list[str]:
    parts, depth = [""], 0
    for piece in re.findall(r"\\.|.", text, re.DOTALL):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(piece, 0)
        if piece == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += piece
    return parts
