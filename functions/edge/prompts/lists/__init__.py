"""The word lists, as data: each file's ``about`` says what it holds.

``aspects`` is what a prompt may say already, ``subjects`` and ``scenes`` what is in its picture; ``sdxl`` and ``wan``
are what may be added; ``negatives`` says which words of a prompt ask for what an automatic negative prompt excludes.
What workers need too is in ``shared/enhancement/lists``.
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
