"""One row of a batch: its prompt in tokens, and its answer until it ends."""

import secrets
import time
from typing import Any

from gpu_handler.generators.chat.answers import Asking, Said
from gpu_handler.generators.chat.listening import Listener
from shared.bounds import SEED_LIMIT


class Row:
    """``started`` is the batch's start by the monotonic clock. Without a seed in the request one is drawn."""

    def __init__(
        self,
        asking: Asking,
        prompt: list[int],
        turns_left_out: int,
        limit: int,
        tokenizer: Any,
        ends: frozenset[int],
        started: float,
    ) -> None:
        request = asking.request
        self.asking = asking
        self.prompt = prompt
        self.limit = limit
        self.seed = secrets.randbelow(SEED_LIMIT) if request.seed is None else request.seed
        self._turns_left_out = turns_left_out
        self._started = started
        self._listener = Listener(tokenizer, ends, limit, request.stop, asking.on_text, asking.is_stopped)

    def hear(self, token: int) -> bool:
        """Whether the answer is over; whoever waits for it has been told then. A listener's failure ends its row."""
        try:
            if not self._listener.hear(token):
                return False
            end: Said | Exception = self._said()
        except Exception as error:
            end = error
        self.asking.on_end(end)
        return True

    def _said(self) -> Said:
        text = self._listener.finish()
        assert self._listener.finish_reason is not None
        return Said(
            text=text,
            finish_reason=self._listener.finish_reason,
            seconds=time.monotonic() - self._started,
            prompt_tokens=len(self.prompt),
            answer_tokens=self._listener.count,
            turns_left_out=self._turns_left_out,
            seed=self.seed,
        )
