"""From what a model says to the prompt in it: no quotation marks, headings, remarks, lists, nor its instructions."""

# ruff: noqa: RUF001 -- Chinese has its own marks
import re
from typing import Final

ECHO_WORDS: Final = 6
"""So many words in a row of the instructions are no accident."""

_REFUSALS: Final = re.compile(
    r"(?:i(?:'m| am) (?:very |so )?sorry|sorry\b|i can(?:'t|not| not)\b|i(?:'m| am) (?:unable|not able)\b|i won't\b"
    r"|as an ai\b|抱歉|对不起|我无法|我不能)",
    re.IGNORECASE,
)
_OPENING: Final = re.compile(
    r"(?:(?:sure|certainly|of course|absolutely|okay|ok|great)\b[^\n:]{0,80}?[!,.:]\s*)?"
    r"(?:(?:here(?:'s| is| are)|below is|the following is|this is)\b[^\n:]{0,80}:\s*"
    r"|(?:my |the |your )?"
    r"(?:(?:enhanced|improved|rewritten|optimi[sz]ed|refined|revised|final|positive|better|new)\s+)*"
    r"(?:(?:image|video|sdxl|wan)\s+)?prompt\s*:\s*"
    r"|(?:优化后的|改写后的|增强后的)?提示词\s*[:：]\s*)?",
    re.IGNORECASE,
)
_REMARKS: Final = re.compile(
    r"\n\s*(?:negative(?: prompt)?\s*:|notes?\s*:|explanation\b|this (?:enhanced |rewritten )?prompt\b"
    r"|i(?:'ve| have) \w"
    r"|let me know\b|feel free\b|would you like\b|parameters\s*:|反向提示词|负面提示词|注[:：]|说明[:：]).*",
    re.IGNORECASE | re.DOTALL,
)
_BLANKS: Final = re.compile(r"[^\S\n]+")
_BLANK_LINES: Final = re.compile(r" ?\n\s*")
_MARKS: Final = re.compile(r"^\s*(?:[-*•#>]+\s+|\d+[.)]\s+)", re.MULTILINE)
_LABELS: Final = re.compile(
    r"(?:^|(?<=\n))\s*(?:subject|scene|style|lighting|camera|mood|composition|quality|background|setting|colou?rs?"
    r"|details?|atmosphere|action|environment)\s*:\s*",
    re.IGNORECASE,
)
_QUOTES: Final = {'"': '"', "'": "'", "“": "”", "‘": "’", "「": "」", "«": "»", "`": "`"}
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")
_WORD: Final = re.compile(r"[^\W_]+")


def cleaned(answer: str) -> str | None:
    """The prompt on one line; ``None`` where there is none, or the model refused."""
    # Runs of blanks first: what looks for remarks behind them takes the square of their length.
    text = _BLANK_LINES.sub("\n", _BLANKS.sub(" ", answer))
    text = text.replace("’", "'").replace("**", "").replace("```", "").strip()
    before = None
    # A heading may stand within quotation marks, and they within a heading.
    while text != before:
        before = text
        text = _unquoted(_OPENING.sub("", text, count=1).strip() if _OPENING.match(text) else text)
    text = _LABELS.sub("", _MARKS.sub("", _REMARKS.sub("", text)))
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    text = " ".join(line if line[-1] in ".,;!?。，；！？" else f"{line}," for line in lines)
    text = " ".join(text.split()).rstrip(" ,;，；")
    if not _WORD.search(text) or _REFUSALS.match(text):
        return None
    return text


def repeats(instructions: str, text: str, prompt: str) -> bool:
    """Whether words of the instructions stand in the text that the user did not say."""
    return bool((_runs(text) & _runs(instructions)) - _runs(prompt))


def has_chinese(text: str) -> bool:
    return _CHINESE.search(text) is not None


def _unquoted(text: str) -> str:
    closing = _QUOTES.get(text[:1])
    if closing is not None and len(text) > 1 and text.endswith(closing) and closing not in text[1:-1]:
        return text[1:-1].strip()
    return text


def _runs(text: str) -> set[tuple[str, ...]]:
    words = [word.lower() for word in _WORD.findall(text)]
    return {tuple(words[start : start + ECHO_WORDS]) for start in range(len(words) - ECHO_WORDS + 1)}
