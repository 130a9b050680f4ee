"""One plain form for the many ways Unicode has to write the same letters."""

import unicodedata
from functools import cache, lru_cache

from shared.content_policy.lists import read_list


def normalise(text: str) -> str:
    """Lower-case letters without diacritics, ASCII digits, look-alikes of Latin letters folded into them.

    Characters that are not seen (zero-width, bidirectional controls, variation selectors) are gone; every kind of
    blank is a space, a line break stays one.
    """
    # Look-alikes first: to Unicode, some are variants of quite another letter.
    return "".join(map(_fold, unicodedata.normalize("NFKC", text.translate(_look_alikes()))))


@lru_cache(maxsize=4096)
def _fold(char: str) -> str:
    if char.isspace():
        return "\n" if char in "\n\r\u2028\u2029" else " "
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    letters = [each for each in unicodedata.normalize("NFD", char) if unicodedata.category(each) not in _UNSEEN]
    return unicodedata.normalize("NFC", "".join(letters).casefold().translate(_look_alikes()))


# Marks over, under and around letters; format characters; controls.
_UNSEEN = frozenset({"Mn", "Me", "Cf", "Cc"})


@cache
def _look_alikes() -> dict[int, str]:
    return {ord(char): letter for letter, chars in read_list("look_alikes").items() for char in chars}
