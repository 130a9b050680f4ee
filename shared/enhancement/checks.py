"""Is an enhancement any good? Checks that score it from 0 to 1 and say why."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from shared.bounds import PROMPT_CHARACTERS
from shared.enhancement.lists import read_list
from shared.enhancement.tokens import count_tokens, token_limit
from shared.enhancement.vocabulary import plain, says

ImageFamily = Literal["sdxl", "wan"]

_KEPT_TO_PASS: Final = 0.8
_TAGS_WANTED: Final = 3
_SENTENCE_WORDS: Final = 5
_WORDS_OF_A_PART: Final = 3
# A sign of a script without blanks is a word.
_WORDS: Final = re.compile(r"[\u3041-\u309f\u3400-\u9fff\uac00-\ud7af]|[^\W_\u3041-\u309f\u3400-\u9fff\uac00-\ud7af]+")
_SENTENCES: Final = re.compile(r"(?<=[.!?])\s+|(?<=[\u3002\uff01\uff1f])")
_PHRASES: Final = re.compile(r"[,.;!?\n\u3002\uff01\uff1f\uff0c\uff1b]+(?:\s|$|(?<=[\u3002\uff01\uff1f\uff0c\uff1b]))")


@dataclass(frozen=True, slots=True)
class Verdict:
    passed: bool
    score: float
    feedback: str


Check = Callable[[str, str, ImageFamily], Verdict]


def keeps_phrase(phrase: str, enhanced: str) -> Verdict:
    """Whether the phrase stands in the enhanced prompt; else the share of its words that do."""
    if plain(phrase) in plain(enhanced):
        return Verdict(True, 1.0, "The phrase is still there.")
    wanted, found = _content(phrase), _content(enhanced)
    score = len(wanted & found) / len(wanted) if wanted else 0.0
    return Verdict(
        False, round(score, 3), f"The phrase is gone; {len(wanted & found)} of its {len(wanted)} words remain."
    )


def _keeps_subject(original: str, enhanced: str, family: ImageFamily) -> Verdict:  # noqa: ARG001
    wanted = _content(original)
    missing = wanted - _content(enhanced)
    score = 1 - len(missing) / len(wanted) if wanted else 1.0
    if missing:
        feedback = f"Of {len(wanted)} words of the original these are missing: {', '.join(sorted(missing))}."
    else:
        feedback = "Every word of the original that carries meaning is still there."
    return Verdict(score >= _KEPT_TO_PASS, round(score, 3), feedback)


def _length(original: str, enhanced: str, family: ImageFamily) -> Verdict:  # noqa: ARG001
    before, after = len(original.strip()), len(enhanced.strip())
    if after > PROMPT_CHARACTERS:
        return Verdict(
            False,
            round(PROMPT_CHARACTERS / after, 3),
            f"{after} characters are more than the {PROMPT_CHARACTERS} of a prompt.",
        )
    if after <= before:
        score = 0.5 * after / before if before else 0.0
        return Verdict(
            False, round(score, 3), f"It has {after} characters and the original {before}: nothing was added."
        )
    return Verdict(True, 1.0, f"It grew from {before} to {after} characters.")


def _token_limit(original: str, enhanced: str, family: ImageFamily) -> Verdict:  # noqa: ARG001
    count, limit = count_tokens(enhanced, family), token_limit(family)
    counted = f"{count} tokens" if family == "sdxl" else f"At most {count} tokens"
    return Verdict(count <= limit, round(min(1.0, limit / max(count, 1)), 3), f"{counted}; {family} reads {limit}.")


def _tags(original: str, enhanced: str, family: ImageFamily) -> Verdict:  # noqa: ARG001
    if family == "sdxl":
        phrases = [phrase for phrase in enhanced.split(",") if phrase.strip()]
        score = min(1.0, len(phrases) / _TAGS_WANTED)
        return Verdict(
            score == 1.0, round(score, 3), f"It has {len(phrases)} phrases between commas; SDXL reads those best."
        )
    sentences = [sentence for sentence in _SENTENCES.split(enhanced) if sentence.strip()]
    whole = [sentence for sentence in sentences if _is_sentence(sentence)]
    score = len(whole) / len(sentences) if sentences else 0.0
    return Verdict(
        score >= _KEPT_TO_PASS,
        round(score, 3),
        f"{len(whole)} of {len(sentences)} are whole sentences; Wan reads those best.",
    )


def _no_instruction_text(original: str, enhanced: str, family: ImageFamily) -> Verdict:  # noqa: ARG001
    words = read_list("instructions")
    before, after = plain(original), plain(enhanced)
    found = [term for term in words["anywhere"] if says(after, [term]) and not says(before, [term])]
    found += [term for term in words["openings"] if after.startswith(term) and not before.startswith(term)]
    if found:
        return Verdict(False, 0.0, f"It speaks to or as a language model: {', '.join(found)}.")
    return Verdict(True, 1.0, "It speaks of the picture only.")


def _no_repetition(original: str, enhanced: str, family: ImageFamily) -> Verdict:  # noqa: ARG001
    phrases = [plain(phrase) for phrase in _PHRASES.split(enhanced) if phrase.strip()]
    repeated = sorted({phrase for phrase in phrases if phrases.count(phrase) > 1})
    score = len(set(phrases)) / len(phrases) if phrases else 1.0
    if repeated:
        return Verdict(False, round(score, 3), f"Said more than once: {'; '.join(repeated)}.")
    return Verdict(True, 1.0, "Nothing is said twice.")


CHECKS: Final[Mapping[str, Check]] = MappingProxyType(
    {
        "keeps_subject": _keeps_subject,
        "length": _length,
        "token_limit": _token_limit,
        "tags": _tags,
        "no_instruction_text": _no_instruction_text,
        "no_repetition": _no_repetition,
    }
)
"""By name: of the original prompt, the enhanced one and the model family that reads it."""


def _is_sentence(text: str) -> bool:
    """Not a list of tags."""
    words = len(_WORDS.findall(text))
    parts = 1 + sum(map(text.count, (",", "\uff0c", "\u3001")))
    return words >= _SENTENCE_WORDS and words >= _WORDS_OF_A_PART * parts


def _content(text: str) -> set[str]:
    """The words that carry meaning, plurals as singulars."""
    words = set(_WORDS.findall(plain(text))).difference(read_list("instructions")["small"])
    return {word.removesuffix("s") if len(word) > 3 else word for word in words}
