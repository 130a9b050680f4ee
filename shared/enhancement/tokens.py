"""How many tokens a text costs a model, and where to cut one that costs too many."""

import html
import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final, Protocol

from shared.enhancement.lists import read_list
from shared.job_types import Family

_LIMITS: Final[dict[Family, int]] = {"sdxl": 75, "wan": 511, "chat": 2048}
_COMMON: Final = ("latin-1", "gb2312")


class _Clip(Protocol):
    def encode(self, text: str) -> list[int]: ...


def token_limit(family: Family) -> int:
    """How many tokens of a text the model reads.

    ``sdxl``: CLIP's 77 less its two marks. ``wan``: umT5 as Wan uses it reads 512, the end mark among them (Wan2.1,
    ``wan/configs/shared_config.py``, ``text_len = 512``; diffusers' ``WanPipeline``, ``max_sequence_length``).
    ``chat``: what the templates of chat and role-play set aside for a system prompt.
    """
    return _LIMITS[family]


def count_tokens(text: str, family: Family) -> int:
    """The tokens of the text without begin and end marks: exact for ``sdxl``, an upper bound for the others.

    ``sdxl``: CLIP's own byte pairs; a mark written out (``<|endoftext|>``) counts by its letters, which is more.

    ``wan``: one for the blank that SentencePiece puts in front, then, over the text as it is read (HTML entities
    resolved, NFKC, single blanks), one for a blank and the letter behind it, one for each of the commonest pairs of
    English letters (``lists/pairs.json``), and for any other character one if it is Latin-1 or GB 2312, else one for
    each of its UTF-8 bytes. It holds where umT5's vocabulary (256,384 pieces of 107 languages, with a fallback to
    bytes) has these pairs and characters as pieces, as any of its kind and size does; real words are made of longer
    ones. No light package carries the vocabulary, so it was never counted against it. A text that costs more all the
    same, of letters that no language puts together, loses its end in Wan.

    ``chat``: the UTF-8 bytes of the text in NFC. Qwen2.5 pairs bytes, and a token is one byte at least.
    """
    if family == "sdxl":
        return len(_clip().encode(unicodedata.normalize("NFC", text)))
    if family == "wan":
        read = " ".join(unicodedata.normalize("NFKC", html.unescape(html.unescape(text))).split())
        return 1 + sum(map(_most_tokens, _pieces().findall(read))) if read else 0
    return len(unicodedata.normalize("NFC", text).encode())


def cut(text: str, family: Family) -> str:
    """The text, or its beginning within the model's limit: up to a sentence or a comma, a word where neither is near.

    A pair of brackets, which may be a weight, is kept or left out whole where the text allows it.
    """
    text = text.strip()
    limit = token_limit(family)
    if count_tokens(text, family) <= limit:
        return text
    longest = _longest_prefix(text, family, limit)
    places = dict(_places(text, longest))
    # Prose ends with a sentence; in a list of tags a comma is as good.
    ends = [places.get("sentence", 0), places.get("clause", 0)]
    for end in [max(ends)] if family == "sdxl" else ends:
        if 2 * end >= longest:
            return text[:end].strip()
    end = places.get("word") or places.get("inside") or longest
    return text[:end].rstrip(read_list("punctuation")["clause_ends"] + " ")


@cache
def _clip() -> _Clip:
    # Reads its vocabulary: 70 ms that only a count has to wait for.
    from instant_clip_tokenizer import Tokenizer  # type: ignore[import-untyped]

    clip: _Clip = Tokenizer()
    return clip


@cache
def _pieces() -> re.Pattern[str]:
    return re.compile("|".join([" [A-Za-z]", *read_list("pairs")["pairs"], "."]))


@lru_cache(maxsize=4096)
def _most_tokens(piece: str) -> int:
    if len(piece) == 2:
        return 1
    for encoding in _COMMON:
        try:
            piece.encode(encoding)
        except UnicodeEncodeError:
            continue
        return 1
    return len(piece.encode())


def _longest_prefix(text: str, family: Family, limit: int) -> int:
    """How many characters fit."""
    fits, too_long = 0, len(text)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if count_tokens(text[:middle], family) <= limit:
            fits = middle
        else:
            too_long = middle
    while fits and unicodedata.combining(text[fits]):
        fits -= 1
    return fits


def _places(text: str, longest: int) -> Iterator[tuple[str, int]]:
    """Where the text may end, in order: after a sentence, before a comma, before a blank, before one in brackets."""
    marks = read_list("punctuation")
    depth = 0
    escaped = False
    for index, character in enumerate(text[: longest + 1]):
        if not escaped:
            depth = max(0, depth + {"(": 1, "[": 1, ")": -1, "]": -1}.get(character, 0))
        escaped = character == "\\" and not escaped
        if character in marks["sentence_ends"] and depth == 0 and index < longest:
            following = text[index + 1 : index + 2]
            if character in marks["wide"] or following.isspace():
                yield "sentence", index + 1
        elif character in marks["clause_ends"] and depth == 0:
            yield "clause", index
        elif character.isspace():
            yield ("word" if depth == 0 else "inside"), index
