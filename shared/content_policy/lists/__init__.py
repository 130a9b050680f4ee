"""The word lists, as data.

``explicit``, ``suggestive``, ``minors``, ``sexualised_minors``, ``people_around``, ``public_figures`` and
``harmless`` are lists of terms: ``{"about", "terms": {group: [...]}, "verbs": [...]}``, lower case, sorted, no term
twice in a group. A term is one word or a phrase. The last word of a term also matches in its plural, a verb in its
forms, a phrase also written as one word. ``*`` is any one word. ``{slot}`` is each word of that slot in ``slots``;
``{age}`` is a number below 18, ``{school_age}`` one of 5 to 17, ``{lone_age}`` such a one at the end of a clause,
``{ordinal}`` one up to 17th, ``{number}`` any, as ``numbers`` spells them. ``look_alikes`` says which characters are
drawn like a letter, ``signs`` which digits and signs are written for one.
"""

import json
from pathlib import Path
from typing import Any


def read_list(name: str) -> Any:
    """The parsed ``<name>.json`` of this folder."""
    return json.loads(Path(__file__).with_name(f"{name}.json").read_text(encoding="utf-8"))
