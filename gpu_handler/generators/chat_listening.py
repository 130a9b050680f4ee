# mypy: allow-untyped-calls
# (transformers annotates little.)
"""What ``generate`` says, token by token: turned into text as it comes, and stopped when nobody listens any more."""

from collections.abc import Callable
from typing import Any, Final, Literal

import torch
from transformers import StoppingCriteria

_UNFINISHED: Final = "\N{REPLACEMENT CHARACTER}"
"""What a decoder gives for a character of which not all bytes have come."""
_MOST_HELD_BACK: Final = 16
"""Tokens. A token may end one character and begin the next, so a few may wait for each other; only noise goes on so."""


class Listener(StoppingCriteria):
    """A stopping criterion, because that is asked after each token."""

    def __init__(
        self,
        tokenizer: Any,
        prompt_length: int,
        ends: frozenset[int],
        on_text: Callable[[str], None],
        is_stopped: Callable[[], bool],
    ) -> None:
        self._tokenizer = tokenizer
        self._heard = prompt_length
        self._ends = ends
        self._on_text = on_text
        self._is_stopped = is_stopped
        self._pending: list[int] = []
        self._pieces: list[str] = []
        self.count = 0
        """Tokens of the answer, its end among them."""
        self.finish_reason: Literal["stop", "length", "stopped"] = "length"

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor, **_: Any) -> torch.BoolTensor:  # noqa: ARG002
        new: list[int] = input_ids[0, self._heard :].tolist()
        self._heard += len(new)
        for token in new:
            self._hear(token)
        stopped = self.finish_reason == "length" and self._is_stopped()
        if stopped:
            self.finish_reason = "stopped"
        return torch.full((1,), stopped, dtype=torch.bool, device=input_ids.device)  # type: ignore[return-value]

    def finish(self) -> str:
        """The whole answer; tells what was still held back."""
        self._tell()
        return "".join(self._pieces)

    def _hear(self, token: int) -> None:
        self.count += 1
        if token in self._ends:
            self.finish_reason = "stop"
            return
        self._pending.append(token)
        if len(self._pending) >= _MOST_HELD_BACK or not self._text().endswith(_UNFINISHED):
            self._tell()

    def _tell(self) -> None:
        text = self._text()
        self._pending.clear()
        if text:
            self._pieces.append(text)
            self._on_text(text)

    def _text(self) -> str:
        # A NUL is text to a model and to no database.
        decoded: str = self._tokenizer.decode(self._pending, skip_special_tokens=True)
        return decoded.replace("\0", _UNFINISHED)
