# mypy: allow-untyped-calls
# (transformers annotates little.)
"""Which token comes next, for each row of a batch by its own request and its own random numbers."""

from collections.abc import Sequence
from typing import Any

import torch
from transformers import LogitsProcessor, TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

from shared.conversation import ChatRequest


class Sampling:
    """One row's: the library's own warpers in the library's order, and a generator that no other row draws from.

    ``top_k`` is the published model's. Temperature 0 takes the likeliest token and draws nothing.
    """

    def __init__(self, request: ChatRequest, seed: int, top_k: int | None, device: torch.device) -> None:
        self._warpers: list[Any] = []
        self._random: torch.Generator | None = None
        if request.temperature == 0:
            return
        self._random = torch.Generator(device).manual_seed(seed)
        self._warpers.append(TemperatureLogitsWarper(request.temperature))
        if top_k:
            self._warpers.append(TopKLogitsWarper(top_k))
        if request.top_p < 1:
            self._warpers.append(TopPLogitsWarper(request.top_p))

    def choose(self, tokens: Any, scores: torch.Tensor) -> torch.Tensor:
        """The scores (1, vocabulary) with all but the next token at minus infinity; as they are where it is greedy."""
        if self._random is None:
            return scores
        for warper in self._warpers:
            scores = warper(tokens, scores)
        chosen = torch.multinomial(scores.softmax(dim=-1), 1, generator=self._random)
        return torch.full_like(scores, -torch.inf).scatter(1, chosen, 0.0)


class RowSampler(LogitsProcessor):
    """``generate`` runs greedy over what this leaves of the scores, so each row takes what its ``Sampling`` chose."""

    def __init__(self, rows: Sequence[Sampling]) -> None:
        self._rows = rows

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        chosen = [row.choose(input_ids[place, None], scores[place, None]) for place, row in enumerate(self._rows)]
        return torch.cat(chosen)  # type: ignore[return-value]
