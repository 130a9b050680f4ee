"""One plain form for the many ways Unicode has to write the same letters."""

import unicodedata
from functools import cache, lru_cache

from shared.content_policy.lists import read_list


def normalise(text: str) -> str:
    """Lower-case letters without diacritics, ASCII digits, look-alikes of Latin letters folded into them.

    Characters that are not seen (zero-width, bidirectional controls, variation selectors) are gone; every kind of
    blank is a space, a line break stays one.
    """
    return "".join(map(_fold, unicodedata.normalize("NFKC", text)))


@lru_cache(maxsize=4096)
def _fold(char: str) -> str:
    if char in _look_alikes():
        return _look_alikes()[char]
    if char.isspace():
        return "\n" if char in "\n\r\u2028\u2029" else " "
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    letters = [each for each in unicodedata.normalize("NFD", char) if unicodedata.category(each) not in _UNSEEN]
    plain = "".join(_look_alikes().get(each, each) for each in "".join(letters).casefold())
    return unicodedata.normalize("NFC", plain)


# Marks over, under and around letters; format characters; controls.
_UNSEEN = frozenset({"Mn", "Me", "Cf", "Cc"})


@cache
def _look_alikes() -> dict[str, str]:
    return {char: letter for letter, chars in read_list("look_alikes").items() for char in chars}
