# mypy: allow-untyped-calls
# (transformers annotates little.)
"""A language model's answers through transformers' ``generate``, told token by token."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from gpu_handler.generators.chat_prompt import ChatPrompts
from gpu_handler.models.catalog import CatalogEntry
from gpu_handler.models.weights import find_weights
from shared.bounds import SEED_LIMIT
from shared.conversation import ChatRequest

CONTEXT_TOKENS: Final = 8192
"""Of prompt and answer together, where the model itself does not know less: half a gigabyte of Qwen2.5-7B's cache."""


@dataclass(frozen=True, slots=True)
class Said:
    """One answer and what it was really made of. ``stopped`` before its end, it is what was said until then."""

    text: str
    finish_reason: Literal["stop", "length", "stopped"]
    seconds: float
    prompt_tokens: int
    answer_tokens: int
    turns_left_out: int
    seed: int


class ChatGenerator:
    """One language model. One thread at a time may use it. torch and transformers are imported by ``load``."""

    def __init__(self, entry: CatalogEntry, models_dir: Path | None) -> None:
        self._entry = entry
        self._models_dir = models_dir
        self._model: Any = None
        self.device = "not loaded"

    @property
    def variant(self) -> str:
        """The catalog entry that answers."""
        return self._entry.name

    @property
    def is_loaded(self) -> bool:
        return self._model is not None

    @property
    def context_tokens(self) -> int:
        """How long prompt and answer may be together. Needs a loaded model."""
        return min(CONTEXT_TOKENS, int(self._model.config.max_position_embeddings))

    def load(self) -> None:
        """A second call does nothing. Raises ``ModelUnavailable``."""
        if self.is_loaded:
            return
        found = find_weights(self._entry, self._models_dir)
        import torch

        from gpu_handler.models.chat_loading import load_chat

        model, self._tokenizer = load_chat(self._entry, found)
        self._prompts = ChatPrompts(self._tokenizer)
        self._ends = _ends_of_a_turn(model, self._tokenizer)
        self.device = torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"
        self._model = model

    def answer(self, request: ChatRequest, on_text: Callable[[str], None], is_stopped: Callable[[], bool]) -> Said:
        """``on_text`` gets each piece as it comes; together they are the answer. ``is_stopped`` is asked at each token.

        Raises ``BadInput`` where what has to be read does not fit.
        """
        import torch
        from transformers import StoppingCriteriaList

        from gpu_handler.generators.chat_listening import Listener

        started = time.monotonic()
        # An answer takes half of the context at most, so that there is room for what it answers.
        limit = min(request.max_tokens, self.context_tokens // 2)
        prompt, left_out = self._prompts.encode(request.messages, self.context_tokens - limit)
        seed = secrets.randbelow(SEED_LIMIT) if request.seed is None else request.seed
        listener = Listener(self._tokenizer, len(prompt), self._ends, on_text, is_stopped)
        device = self._model.device
        tokens = torch.tensor([prompt], device=device)
        # The library draws from torch's own generators: the caller's are put back.
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []), torch.inference_mode():
            torch.manual_seed(seed)
            self._model.generate(
                tokens,
                attention_mask=torch.ones_like(tokens),
                generation_config=self._how(request, limit),
                stopping_criteria=StoppingCriteriaList([listener]),
            )
        return Said(
            text=listener.finish(),
            finish_reason=listener.finish_reason,
            seconds=time.monotonic() - started,
            prompt_tokens=len(prompt),
            answer_tokens=listener.count,
            turns_left_out=left_out,
            seed=seed,
        )

    def _how(self, request: ChatRequest, limit: int) -> Any:
        """What is not named here is as the model was published: its ``top_k`` and its ``repetition_penalty``."""
        from transformers import GenerationConfig

        greedy = request.temperature == 0
        return GenerationConfig(
            max_new_tokens=limit,
            eos_token_id=sorted(self._ends),
            pad_token_id=self._tokenizer.pad_token_id,
            do_sample=not greedy,
            **({} if greedy else {"temperature": request.temperature, "top_p": request.top_p}),
        )


def _ends_of_a_turn(model: Any, tokenizer: Any) -> frozenset[int]:
    """The model's own and the tokenizer's: a base model's own does not end a turn of the chat template."""
    published = model.generation_config.eos_token_id
    ends = published if isinstance(published, list) else [published]
    return frozenset(end for end in (*ends, tokenizer.eos_token_id) if end is not None)
