"""The word lists, as data: each file's ``about`` says what it holds.

``instructions`` is what never belongs into a prompt, ``optimizations`` what an enhancement for SDXL is looked through
for; ``pairs`` and ``punctuation`` serve the counting of tokens and the cutting of texts.
Words are lower case. A Latin word or phrase is matched whole, its last word in the plural too; ``*`` at the end of a
word stands for any ending; a term in Chinese is matched anywhere.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def read_list(name: str) -> Any:
    """The parsed ``<name>.json`` of this folder."""
    return json.loads(Path(__file__).with_name(f"{name}.json").read_text(encoding="utf-8"))
