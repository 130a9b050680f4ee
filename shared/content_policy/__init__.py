"""What is refused in every mode, and what is refused unless the mode is ``nsfw``: a hard block on words.

It runs at submission, at chat and again in the worker. The word lists are data (``lists/*.json``), the code only
matches. A list of words is a floor, not the whole guard: ``sfw`` outputs are classified besides.
"""

from shared.content_policy.policy import ContentMode, check
from shared.content_policy.refusal import Reason, Refusal

__all__ = ["ContentMode", "Reason", "Refusal", "check"]
