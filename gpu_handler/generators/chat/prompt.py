"""From the turns of a conversation to the tokens a model reads: none of the users' words is ever a control token."""

import json
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final

from gpu_handler.failures import BadInput
from shared.conversation import ChatTurn

_MARK: Final = "\0{}\0"
"""Where a turn's words belong in the template's text. No template holds a NUL."""


class ChatPrompts:
    """``tokenizer`` is a fast one with a chat template; the template is only trusted to put each turn somewhere."""

    def __init__(self, tokenizer: Any) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = tokenizer
        # The same vocabulary without its added tokens: "<|im_start|>" is thirteen letters to it.
        plain = json.loads(tokenizer.backend_tokenizer.to_str())
        self._plain = Tokenizer.from_str(json.dumps({**plain, "added_tokens": [], "post_processor": None}))

    def encode(self, turns: Sequence[ChatTurn], limit: int) -> tuple[list[int], int]:
        """At most ``limit`` tokens, and how many turns were left out for it.

        What comes first is left out first and by whole turns, so that the rest begins with a user's; a system prompt at
        the beginning and the last turn always stay. Raises ``BadInput`` where those two alone are too long.
        """
        # Each turn's words once, however often turns are left out.
        words: Callable[[str], list[int]] = cache(self._words)
        system = [turn for turn in turns[:1] if turn.role == "system"]
        said = list(turns[len(system) :])
        while len(tokens := self._tokens([*system, *said], words)) > limit:
            if len(said) == 1:
                raise BadInput(f"The last message and the system prompt together are longer than {limit} tokens.")
            del said[0]
            while len(said) > 1 and said[0].role != "user":
                del said[0]
        return tokens, len(turns) - len(system) - len(said)

    def _tokens(self, turns: Sequence[ChatTurn], words: Callable[[str], list[int]]) -> list[int]:
        marked = [{"role": turn.role, "content": _MARK.format(place)} for place, turn in enumerate(turns)]
        text = self._tokenizer.apply_chat_template(marked, tokenize=False, add_generation_prompt=True)
        tokens: list[int] = []
        # The template's own text stands at the even places, the numbers of turns between them.
        for place, part in enumerate(text.split("\0")):
            if place % 2:
                tokens += words(turns[int(part)].content)
            else:
                tokens += self._tokenizer(part, add_special_tokens=False)["input_ids"] if part else []
        return tokens

    def _words(self, text: str) -> list[int]:
        ids: list[int] = self._plain.encode(text, add_special_tokens=False).ids
        return ids
