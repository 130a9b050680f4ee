# mypy: allow-untyped-calls
# (diffusers counts as typed and annotates little.)
"""From words to umT5's embeddings. Those of the last few texts are kept: a deployment's negative prompt is constant."""

import re
from functools import lru_cache
from typing import Any, Final

import torch

TOKEN_LIMIT: Final = 512
"""Of umT5 in Wan's training; more would be dropped within a word."""
_KEPT_TEXTS: Final = 8
_SENTENCE: Final = re.compile(r"[^.!?。！？]*[.!?。！？]*\s*")  # noqa: RUF001 -- Chinese has its own marks


class WanPrompts:
    """Of one ``WanPipeline``."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline
        self.embeddings = lru_cache(_KEPT_TEXTS)(self._embeddings)
        """Of a text: (1, 512, width), zeros behind its last token."""

    @torch.no_grad()
    def _embeddings(self, text: str) -> torch.Tensor:
        embeddings: torch.Tensor
        embeddings, _ = self._pipeline.encode_prompt(
            text,
            do_classifier_free_guidance=False,
            max_sequence_length=TOKEN_LIMIT,
            dtype=self._pipeline.transformer.dtype,
        )
        return embeddings

    def cut(self, text: str) -> str:
        """As much of the text from its beginning as is read, by whole sentences, or by words where one is too long."""
        for pieces in (_SENTENCE.findall(text), re.findall(r"\S+\s*", text), list(text)):
            if kept := self._longest(pieces):
                return kept
        return text

    def _longest(self, pieces: list[str]) -> str:
        """Of the texts that the first so many pieces make."""
        shortest, longest = 0, len(pieces)
        while shortest < longest:
            middle = (shortest + longest + 1) // 2
            shortest, longest = (middle, longest) if self._fits("".join(pieces[:middle])) else (shortest, middle - 1)
        return "".join(pieces[:shortest]).strip()

    def _fits(self, text: str) -> bool:
        return len(self._pipeline.tokenizer(text)["input_ids"]) <= TOKEN_LIMIT
