"""What is refused in every mode, and what is refused unless the mode is ``nsfw``: a hard block on words.

It runs at submission, at chat and again in the worker. The word lists are data (``lists/*.json``), the code only
matches. A list of words is a floor, not the whole guard: ``sfw`` outputs are classified besides.

Where a word means both, the lists decide so:

- "girl", "young woman", "student" and the tag "1boy" are adults' words too; "boy", "teen", "daughter", "son", "baby",
  "young girl" and "schoolgirl" count as minors wherever the request is sexual, role-play among adults included.
- Any age below 18 is a person's, but for the ages of listed things: a 12 year old whisky.
- Nudity is sexual context beside a child, in art and in the family too; a nude statue alone is allowed in ``sfw``.
- "sexy", "lingerie" and "breasts" are suggestive: allowed in ``sfw``, sexual beside a minor or a real person.
- "my teacher", "my ex" and other people the user knows are real; "my wife" is when a picture of her is asked for.
- A word is no excuse for its neighbour: "nude lipstick" passes in ``sfw``, "nude, lipstick" does not.
- "not a child" and "no minors" excuse nothing: image models read the word and miss the "not".
"""

from shared.content_policy.policy import ContentMode, check
from shared.content_policy.refusal import Reason, Refusal

__all__ = ["ContentMode", "Reason", "Refusal", "check"]
