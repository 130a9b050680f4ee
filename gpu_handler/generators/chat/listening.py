# mypy: allow-untyped-calls
# (transformers annotates little.)
"""What ``generate`` says, token by token: turned into text as it comes, and ended where its request ends it."""

from collections.abc import Callable, Sequence
from typing import Any, Final, Literal

import torch
from transformers import StoppingCriteria

_UNFINISHED: Final = "\N{REPLACEMENT CHARACTER}"
"""What a decoder gives for a character of which not all bytes have come."""
_MOST_HELD_BACK: Final = 16
"""Tokens. A token may end one character and begin the next, so a few may wait for each other; only noise goes on so."""


class Listener:
    """One answer. ``on_text`` never gets a part of a text in ``stops``, nor what comes behind it."""

    def __init__(
        self,
        tokenizer: Any,
        ends: frozenset[int],
        limit: int,
        stops: Sequence[str],
        on_text: Callable[[str], None],
        is_stopped: Callable[[], bool],
    ) -> None:
        self._tokenizer = tokenizer
        self._ends = ends
        self._limit = limit
        self._stops = stops
        self._on_text = on_text
        self._is_stopped = is_stopped
        self._pending: list[int] = []
        self._held = ""
        self._pieces: list[str] = []
        self.count = 0
        """Tokens of the answer, its end among them."""
        self.finish_reason: Literal["stop", "length", "stopped"] | None = None
        """``None`` while it goes on."""

    def hear(self, token: int) -> bool:
        """Whether the answer is over with this token."""
        self.count += 1
        if token in self._ends:
            self.finish_reason = "stop"
        else:
            self._pending.append(token)
            if len(self._pending) >= _MOST_HELD_BACK or not self._text().endswith(_UNFINISHED):
                self._take()
        if self.finish_reason is None and self.count >= self._limit:
            self.finish_reason = "length"
        if self.finish_reason is None and self._is_stopped():
            self.finish_reason = "stopped"
        return self.finish_reason is not None

    def finish(self) -> str:
        """The whole answer; tells what was still held back."""
        self._take()
        self._tell(self._held)
        self._held = ""
        return "".join(self._pieces)

    def _take(self) -> None:
        self._held += self._text()
        self._pending.clear()
        found = [place for stop in self._stops if (place := self._held.find(stop)) >= 0]
        if found:
            self.finish_reason = "stop"
            self._held = self._held[: min(found)]
            return
        keep = max((_beginning(self._held, stop) for stop in self._stops), default=0)
        told = self._held[: len(self._held) - keep]
        self._held = self._held[len(told) :]
        self._tell(told)

    def _tell(self, text: str) -> None:
        if text:
            self._pieces.append(text)
            self._on_text(text)

    def _text(self) -> str:
        # A NUL is text to a model and to no database.
        decoded: str = self._tokenizer.decode(self._pending, skip_special_tokens=True)
        return decoded.replace("\0", _UNFINISHED)


def _beginning(text: str, stop: str) -> int:
    """How many characters at the end of the text may be the beginning of ``stop``."""
    return next((length for length in range(min(len(stop) - 1, len(text)), 0, -1) if text.endswith(stop[:length])), 0)


class RowsListener(StoppingCriteria):
    """A stopping criterion, because that is asked after each token, and answers for each row by itself.

    ``hear`` gets a row and its new token until it says that the row is over.
    """

    def __init__(self, rows: int, hear: Callable[[int, int], bool]) -> None:
        self._over = [False] * rows
        self._hear = hear

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor, **_: Any) -> torch.BoolTensor:  # noqa: ARG002
        for row, token in enumerate(input_ids[:, -1].tolist()):
            self._over[row] = self._over[row] or self._hear(row, token)
        return torch.tensor(self._over, device=input_ids.device)  # type: ignore[return-value]
